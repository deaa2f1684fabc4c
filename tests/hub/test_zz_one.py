import time, threading
from tests.hub.test_database_silent import *
from tests.hub.test_database_silent import Asked
from sharp_eyes.hub.store import patience as P
def test_one(asked, postgresql):
    import sharp_eyes.hub.api.patience as A
    log=[]
    orig=A.PatienceMiddleware.__call__
    async def timed_call(self, scope, receive, send):
        b=time.monotonic(); c=time.process_time()
        await orig(self, scope, receive, send)
        log.append((scope.get("path"), round(time.monotonic()-b,2)))
    A.PatienceMiddleware.__call__=timed_call
    time.sleep(1)
    with frozen(processes_of(postgresql)):
        for w in asked.ways()[:3]+asked.ways()[-4:]:
            a,s=timed(w); print(a.request.url.path, a.status_code, round(s,2))
        print(log); log.clear()
        ways=asked.ways()*4
        with ThreadPoolExecutor(60) as crowd:
            c=time.process_time(); b=time.monotonic()
            ans=list(crowd.map(timed, ways))
            print("wall",time.monotonic()-b,"cpu",time.process_time()-c)
        print(sorted(log,key=lambda x:x[1]))
    A.PatienceMiddleware.__call__=orig

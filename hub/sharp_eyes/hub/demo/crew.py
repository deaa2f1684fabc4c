"""The demo's crew: every role of a command centre, so that each case of each scene comes to its end.

The clerk files, the dispatcher sends the unit, its handlers accept, wait until the place is clear, send a photo and
report it handled; the checker follows the camera's second look, and the shift lead closes. All of them are clients
like any other: they sign in and use the same HTTP interface as the page. Before each move they wait some seconds, so
that somebody at the page can be quicker.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

FILE_AFTER = 10.0
DISPATCH_AFTER = 8.0
ACCEPT_AFTER = 3.0
CHECK_AFTER = 8.0
CLOSE_AFTER = 5.0
"""Seconds that a case stands in a state before the crew takes it on."""

NEGLECTED = {("ebike_stairwell", "reported"): 210.0, ("fire_lane_blocked", "accepted"): 255.0}
"""Seconds that cases of a scene are left in a state, beyond the district's limits: so that somebody who looks on sees
reminders, lateness and escalations. The city pack's limits of these scenes are chosen for them."""

LONGEST_WORK = 60.0
"""Seconds after which the handlers report even if the camera still sees the cause."""

LONGEST_LOOK = 45.0
"""Seconds that the checker waits for the camera's answer before going by what the handlers say."""

MOST_REWORKS = 1
"""How often the checker sends a case to rework: a recording that is played again shows its cause again."""

RETRY_AFTER = 10.0
"""Seconds that a case is left alone after a move of it has failed."""

PAGE = 200
"""Cases that are asked for at once."""

HANDLED = "演示处置员：已劝离，现场已恢复。Demo crew: the place is clear."
REWORK = "演示核查员：画面中仍有问题。Demo checker: the camera still sees it."
STILL_THERE = "still_there"
"""The district's code of that reason."""

CHECKED = "演示核查员：已到场核实。Demo checker: checked on site."
AGAIN = "演示派遣员：请再次到场。Demo dispatcher: please go there again."

OPEN_STATES = ("reported", "filed", "dispatched", "accepted", "handled", "checked")

_log = logging.getLogger(__name__)

ReportLine = Callable[[str], None]
Login = tuple[str, str]
"""User name and password."""


@dataclass(frozen=True, slots=True)
class CrewAccounts:
    """Who the crew are.

    Attributes:
        staff: by role, such as ``clerk``.
        handlers: by unit.
        unit_of: where the dispatcher sends cases of a scene, or of a kind of report.
    """

    staff: dict[str, Login]
    handlers: dict[str, Login]
    unit_of: dict[str, str]


@dataclass(slots=True)
class _Job:
    since: float = field(default_factory=time.monotonic)
    state: str = ""
    not_before: float = 0.0
    refused: bool = False
    reworks: int = 0


@dataclass(frozen=True, slots=True)
class _Step:
    who: Login
    move: str
    body: dict[str, Any] = field(default_factory=dict)


class Crew:
    """All roles; they work in a thread of their own."""

    def __init__(
        self,
        url: str,
        viewer: Login,
        accounts: CrewAccounts,
        report: ReportLine,
        leaves: Callable[[dict[str, Any]], bool] = lambda _case: False,
    ) -> None:
        """``viewer``: who sees all cases; ``report``: takes a line for people to read; ``leaves``: cases of others."""
        self._url = url
        self._viewer = viewer
        self._accounts = accounts
        self._report = report
        self._leaves = leaves
        self._clients: dict[Login, httpx.Client] = {}
        self._jobs: dict[int, _Job] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="crew", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """End the work."""
        self._stop.set()
        self._thread.join(timeout=5)
        for client in self._clients.values():
            client.close()

    def _run(self) -> None:
        while not self._stop.wait(1.0):
            try:
                self._poll()
            except httpx.HTTPError as error:
                _log.warning("the crew cannot reach the hub: %s", error)
                self._clients.clear()

    def _poll(self) -> None:
        cases = self._open_cases()
        for gone in self._jobs.keys() - {case["id"] for case in cases}:
            self._note(self._get(f"/api/cases/{gone}"))
            del self._jobs[gone]
        for case in cases:
            job = self._note(case)
            if time.monotonic() < job.not_before or self._stop.is_set() or self._leaves(case):
                continue
            try:
                self._attend(case, job)
            except httpx.HTTPError as error:
                # One case that cannot be moved must not keep the others waiting.
                job.not_before = time.monotonic() + RETRY_AFTER
                _log.warning("case %s: the crew could not move it: %s", case["number"], error)

    def _open_cases(self) -> list[dict[str, Any]]:
        """All of them, however many: one that has once been missed would stay open for ever."""
        found: list[dict[str, Any]] = []
        before: str | None = None
        while True:
            cursor = {} if before is None else {"before": before}
            page = self._get("/api/cases", {"state": list(OPEN_STATES), "limit": PAGE, **cursor})
            found += page["items"]
            before = page["next"]
            if before is None:
                return found

    def _note(self, case: dict[str, Any]) -> _Job:
        job = self._jobs.setdefault(case["id"], _Job())
        if job.state != case["state"]:
            job.state, job.since, job.refused = case["state"], time.monotonic(), False
            self._report(f"case {case['number']} ({_subject(case)}, {case['zone'] or case['area']}): {case['state']}")
        return job

    def _attend(self, case: dict[str, Any], job: _Job) -> None:
        step = self._next_step(case, job, time.monotonic() - job.since)
        if step is None:
            return
        if step.move in {"file", "dispatch"} and self._waits_for_list(case):
            job.not_before = time.monotonic() + RETRY_AFTER
            return
        body = step.body
        if step.move == "handle":
            body = body | {"photo_ids": self._photo(step.who, case)}
        answer = self._client(step.who).post(f"/api/cases/{case['id']}/moves/{step.move}", json=body)
        if answer.is_error:
            # Somebody at the page may have been quicker; a later round sees how the case stands.
            job.not_before, job.refused = time.monotonic() + RETRY_AFTER, True
            _log.warning("%s, %s of case %s: %s", step.who[0], step.move, case["number"], answer.text)
        elif step.move == "fail":
            job.reworks += 1

    def _next_step(self, case: dict[str, Any], job: _Job, waited: float) -> _Step | None:
        staff = self._accounts.staff
        step: _Step | None = None
        if waited < NEGLECTED.get((case["scene"], case["state"]), 0.0):
            return None
        match case["state"]:
            case "reported" if waited >= FILE_AFTER:
                step = _Step(staff["clerk"], "file")
            case "filed" if waited >= DISPATCH_AFTER:
                unit = self._accounts.unit_of[_subject(case)]
                # A unit that sent the case back must be told why it comes again.
                step = _Step(staff["dispatcher"], "dispatch", {"unit": unit, "note": AGAIN if job.refused else ""})
            case "dispatched" | "accepted" if waited >= ACCEPT_AFTER:
                step = self._work(case, done=case["event_phase"] == "closed" or waited >= LONGEST_WORK)
            case "handled" if waited >= CHECK_AFTER:
                step = self._check(case["verdict"], job, waited)
            case "checked" if waited >= CLOSE_AFTER:
                step = _Step(staff["shift_lead"], "close")
        return step

    def _work(self, case: dict[str, Any], *, done: bool) -> _Step | None:
        """What the units do: whoever was sent takes it, and once it is done each says so, a group's lead at last."""
        turns = self._get(f"/api/cases/{case['id']}")["assignments"]
        left = [one for one in turns if one["until"] is None and one["unit"] in self._accounts.handlers]
        for one in left:
            if one["accepted_at"] is None:
                return _Step(self._accounts.handlers[one["unit"]], "accept")
        if not done or not left:
            return None
        last = min(left, key=lambda one: bool(one["is_lead"]))
        return _Step(self._accounts.handlers[last["unit"]], "handle", {"note": HANDLED})

    def _waits_for_list(self, case: dict[str, Any]) -> bool:
        """Whether somebody has whistled: then the week's list files and sends the case."""
        log = self._get(f"/api/cases/{case['id']}")["log"]
        said = [line["what"] for line in log if line["what"] in {"whistled", "whistle_called_off"}]
        return said[-1:] == ["whistled"]

    def _check(self, verdict: str | None, job: _Job, waited: float) -> _Step | None:
        """What the checker does: as the camera says, and by their own eye where it cannot tell or never answers."""
        checker = self._accounts.staff["checker"]
        if verdict == "fail" and job.reworks < MOST_REWORKS:
            return _Step(checker, "fail", {"reason": STILL_THERE, "note": REWORK})
        if verdict is None and waited < LONGEST_LOOK:
            return None
        return _Step(checker, "pass", {"note": "" if verdict == "pass" else CHECKED})

    def _photo(self, who: Login, case: dict[str, Any]) -> list[str]:
        """Photograph the place: in the demo, what its camera shows now."""
        client = self._client(who)
        picture = client.get(f"/api/cameras/{case['gateway']}/{case['camera']}/snapshot")
        if picture.status_code != httpx.codes.OK:
            return []
        files = {"file": ("place.jpg", picture.content, "image/jpeg")}
        uploaded = client.post(f"/api/cases/{case['id']}/photos", files=files)
        uploaded.raise_for_status()
        return [str(uploaded.json()["id"])]

    def _get(self, path: str, query: dict[str, Any] | None = None) -> Any:
        answer = self._client(self._viewer).get(path, params=query)
        answer.raise_for_status()
        return answer.json()

    def _client(self, who: Login) -> httpx.Client:
        client = self._clients.get(who)
        if client is None:
            client = httpx.Client(base_url=self._url, headers={"X-Requested-With": "sharp-eyes"}, timeout=10)
            answer = client.post("/api/session", json={"username": who[0], "password": who[1]})
            answer.raise_for_status()
            self._clients[who] = client
        return client


def _subject(case: dict[str, Any]) -> str:
    """What a case is about: a kind of report, or a scene."""
    return str(case["kind"] or case["scene"])

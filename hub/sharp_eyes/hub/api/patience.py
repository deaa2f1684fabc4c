"""Gives every request its time: whatever the database does, it is answered within five seconds."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sharp_eyes.hub.store.patience import Patience, waiting


class PatienceMiddleware:
    """ASGI layer that starts a request's time; that in which its sender was waited for does not count."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        patience = Patience()

        async def timed() -> Message:
            begun = patience.now
            message = await receive()
            patience.add(patience.now - begun)
            return message

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                patience.lengthen()
            await send(message)

        with waiting(patience):
            await self._app(scope, timed, watched)

"""What no window of a test may do: fail, ask another host for anything, or want what the page's policy forbids."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError, WebSocket

_OWN = ("blob:", "data:", "about:blank")


class Watch:
    """Notes what every page of the windows that it follows does wrong, also of those that are opened later.

    Attributes:
        faults: what was wrong, in words.
    """

    def __init__(self, address: str) -> None:
        """``address``: the hub's, the only one that may be asked."""
        self.faults: list[str] = []
        self._address = f"{address}/"
        self._stream = self._address.replace("http", "ws", 1)

    def follow(self, context: BrowserContext) -> Callable[[], None]:
        """Begin; gives what ends it, for a window that is used again."""
        context.on("weberror", self._error)
        context.on("console", self._line)
        context.on("request", self._request)
        context.on("page", self._page)
        for page in context.pages:
            self._page(page)

        def end() -> None:
            context.remove_listener("weberror", self._error)
            context.remove_listener("console", self._line)
            context.remove_listener("request", self._request)
            context.remove_listener("page", self._page)

        return end

    def _error(self, error: WebError) -> None:
        self.faults.append(str(error.error))

    def _line(self, line: ConsoleMessage) -> None:
        if "Content Security" in line.text:
            self.faults.append(line.text)

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self._address, *_OWN)):
            self.faults.append(f"request to {request.url}")

    def _page(self, page: Page) -> None:
        page.on("websocket", self._socket)

    def _socket(self, socket: WebSocket) -> None:
        if not socket.url.startswith(self._stream):
            self.faults.append(f"line to {socket.url}")

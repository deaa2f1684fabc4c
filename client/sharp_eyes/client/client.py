"""A hub's HTTP interface for Python programs."""

import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any
from uuid import UUID, uuid4

import httpx
from pydantic_core import to_jsonable_python
from typing_extensions import Self

from sharp_eyes.client.answers import Answer, Case, CaseDetail, Change, Me, Report, Task
from sharp_eyes.client.event_stream import read_changes
from sharp_eyes.client.problem import problem_of, unreachable

TIMEOUT = 30.0
"""Seconds that an answer may take."""

_QUIET = 60.0
"""Seconds of silence after which a stream of changes is taken for dead; the hub says something every 15."""

_AGAIN = 2.0
_OURS = {"X-Requested-With": "sharp-eyes"}
_SIGNS = ((b"\xff\xd8", "image/jpeg"), (b"\x89PNG", "image/png"), (b"RIFF", "image/webp"))


class Client:
    """Somebody at a hub: a person who signs in, or a program with a token. For one thread.

    Every method raises :class:`ProblemError` where the hub refuses or gives no answer.
    """

    def __init__(
        self, url: str = "", *, token: str | None = None, timeout: float = TIMEOUT, http: httpx.Client | None = None
    ) -> None:
        """``url``: the page's address. ``http``: a client with a base address of its own, in the place of ``url``."""
        self._own = http is None
        self._http = http or httpx.Client(base_url=url, timeout=timeout)
        self._headers = _OURS | ({} if token is None else {"Authorization": f"Bearer {token}"})

    def __enter__(self) -> Self:
        """Nothing is asked before it is needed."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections; one that was given stays open."""
        self.close()

    def close(self) -> None:
        """Close the connections that are its own."""
        if self._own:
            self._http.close()

    # --- who one is

    def sign_in(self, username: str, password: str, code: str = "") -> Me:
        """Sign in; ``code``: of the second factor, which the hub asks for with ``code_needed``."""
        body = {"username": username, "password": password, "code": code}
        return Me.model_validate(self.request("POST", "/api/session", json=body))

    def sign_out(self) -> None:
        """End the session."""
        self.request("DELETE", "/api/session")

    def me(self) -> Me:
        """Who is signed in, or what the token is."""
        return Me.model_validate(self.request("GET", "/api/session"))

    def city(self) -> Answer:
        """What the city pack says that a page needs: areas, units, ``kinds`` of reports, ``may_report``."""
        return Answer.model_validate(self.request("GET", "/api/city"))

    # --- cases

    def cases(self, *, order: str = "newest", **only: Any) -> Iterator[Case]:
        """Give all cases that one may see, page after page, the newest first; ``order="rank"``: as the queue has them.

        ``only``: filters of ``GET /api/cases``, such as ``state=["reported"]``, ``unit``, ``overdue=True``, ``q``.
        """
        cursor = "after" if order == "rank" else "before"
        query = {"order": order, **only}
        for row in self._pages("/api/cases", query, cursor):
            yield Case.model_validate(row)

    def case(self, case: int) -> CaseDetail:
        """Give one case."""
        return CaseDetail.model_validate(self.request("GET", f"/api/cases/{case}"))

    def move(self, case: int, move: str, *, key: UUID | None = None, **given: Any) -> CaseDetail:
        """Make a move, such as ``accept`` or ``handle``, and give the case after it.

        ``given``: what it needs: ``reason``, ``note``, ``unit``, ``photo_ids`` … ``key``: sent again with the same
        one, it is one move.
        """
        path = f"/api/cases/{case}/moves/{move}"
        return CaseDetail.model_validate(self.request("POST", path, json=given, key=key))

    def add_photo(self, case: int, picture: bytes, *, moment: str | None = None, key: UUID | None = None) -> UUID:
        """Add a photo (JPEG, PNG or WebP), ``moment`` ``before`` or ``after`` the work; name it in ``handle``."""
        return self._photo(f"/api/cases/{case}/photos", picture, key, moment)

    def evidence(self, evidence: UUID) -> bytes:
        """Give a file of evidence."""
        return self.file(f"/api/evidence/{evidence}")

    def tasks(self) -> list[Task]:
        """Give what one's unit has open, what is due first at the head."""
        return [Task.model_validate(row) for row in self.request("GET", "/api/tasks")["tasks"]]

    # --- reports

    def report(self, source: str, kind: str, *, key: UUID | None = None, **told: Any) -> Report:
        """Report something; ``told``: ``words``, ``position``, ``address``, ``area``, ``contact``.

        ``key``: keep it and send it again where no answer came: it is one report. Made here where it is not given.
        """
        body = {"source": source, "kind": kind, **told}
        return Report.model_validate(self.request("POST", "/api/reports", json=body, key=key or uuid4()))

    def add_report_photo(self, report: UUID, picture: bytes, *, key: UUID | None = None) -> UUID:
        """Add a photo to a report of one's own."""
        return self._photo(f"/api/reports/{report}/photos", picture, key or uuid4(), None)

    def my_reports(self) -> Iterator[Report]:
        """Give one's own reports and what has become of them, the newest first."""
        for row in self._pages("/api/reports", {}, "before"):
            yield Report.model_validate(row)

    # --- figures and changes

    def figures(self, **only: Any) -> Answer:
        """Give the figures; ``only``: ``reported_from`` and ``reported_to`` (days), ``area``, ``scene``, ``unit``."""
        return Answer.model_validate(self.request("GET", "/api/figures", params=only))

    def changes(self, after: str | None = None) -> Iterator[Change]:
        """Give what is committed as it comes, for ever; a lost line is taken up again where it broke off.

        ``after``: the ``id`` of the last change that was heard; what was missed since comes first.
        """
        while True:
            try:
                for change in self._stream(after):
                    after = change.id or after
                    yield change
            except httpx.TransportError:
                pass
            time.sleep(_AGAIN)

    def file(self, path: str) -> bytes:
        """Give what an address answers as it is, such as a camera's snapshot or a table (CSV)."""
        return self._send("GET", path).content

    def request(self, method: str, path: str, *, key: UUID | None = None, **more: Any) -> Any:
        """Ask for anything else of the OpenAPI document; gives the answer's JSON, or ``None`` where it has none.

        ``more``: ``params``, ``json`` (moments and UUIDs as they are), ``files`` … as httpx has them.
        """
        if "json" in more:
            more["json"] = to_jsonable_python(more["json"])
        answer = self._send(method, path, key=key, **more)
        return answer.json() if answer.content else None

    def _send(self, method: str, path: str, *, key: UUID | None = None, **more: Any) -> httpx.Response:
        headers = self._headers | ({} if key is None else {"Idempotency-Key": str(key)})
        try:
            answer = self._http.request(method, path, headers=headers, **more)
        except httpx.HTTPError as error:
            raise unreachable(error) from error
        if not answer.is_success:
            raise problem_of(answer)
        return answer

    def _pages(self, path: str, query: dict[str, Any], cursor: str) -> Iterator[Any]:
        while True:
            page = self.request("GET", path, params=query)
            yield from page["items"]
            if page["next"] is None:
                return
            query = query | {cursor: page["next"]}

    def _photo(self, path: str, picture: bytes, key: UUID | None, moment: str | None) -> UUID:
        media = next((media for sign, media in _SIGNS if picture.startswith(sign)), "application/octet-stream")
        form = {} if moment is None else {"moment": moment}
        files = {"file": ("photo", picture, media)}
        return UUID(self.request("POST", path, files=files, data=form, key=key)["id"])

    def _stream(self, after: str | None) -> Iterator[Change]:
        headers = self._headers | ({} if after is None else {"Last-Event-ID": after})
        timeout = httpx.Timeout(TIMEOUT, read=_QUIET)
        with self._http.stream("GET", "/api/stream", headers=headers, timeout=timeout) as answer:
            if not answer.is_success:
                answer.read()
                raise problem_of(answer)
            yield from read_changes(answer.iter_lines())

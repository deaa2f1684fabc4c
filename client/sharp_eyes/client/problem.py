"""The one error of this client: what a hub refused, or that it could not be asked."""

from collections.abc import Mapping
from typing import Any

import httpx


class ProblemError(Exception):
    """A hub's refusal, in the words of RFC 9457, or that it gave no answer.

    Attributes:
        status: of the answer; 0 where there was none.
        code: what programs ask for, such as ``illegal_move``; ``unreachable`` where there was no answer.
        title: the status in words.
        detail: what is wrong, in a sentence.
        retry_after: seconds after which to come again, where the hub says so.
        members: all else that the hub says of it.
    """

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str,
        *,
        retry_after: int | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.retry_after = retry_after
        self.members: Mapping[str, Any] = members or {}


def problem_of(answer: httpx.Response) -> ProblemError:
    """Read a refusal; also one that a proxy gives, which knows no problem details."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        body = {}
    error = body.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    wait = answer.headers.get("retry-after", "")
    return ProblemError(
        answer.status_code,
        str(code or f"http_{answer.status_code}"),
        str(body.get("title") or answer.reason_phrase),
        str(body.get("detail") or answer.reason_phrase),
        retry_after=int(wait) if wait.isdecimal() else None,
        members=body,
    )


def unreachable(error: httpx.HTTPError) -> ProblemError:
    """Say that there was no answer."""
    return ProblemError(0, "unreachable", "No answer", f"the hub did not answer: {error or type(error).__name__}")

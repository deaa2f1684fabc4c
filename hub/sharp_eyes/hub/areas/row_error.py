"""What is wrong with something that somebody gives, such as a row of a file: a stable code, and what it names."""

from collections.abc import Iterable

from sharp_eyes.hub.errors import RequestError


class RowError(ValueError):
    """One thing that is wrong; its text says it in English.

    Attributes:
        code: stable word for the page.
        said: what it is about, by the names that the page's words have for it.
    """

    def __init__(self, code: str, words: str, **said: object) -> None:
        super().__init__(words)
        self.code = code
        self.said = {name: str(value) for name, value in said.items()}

    @classmethod
    def of(cls, error: RequestError) -> "RowError":
        """Say a refusal of one thing as a fault of its row."""
        return cls(error.code, str(error))


def wrong_file(words: str, faults: Iterable[tuple[int, RowError]]) -> RequestError:
    """Refuse a file of rows. ``faults``: each with its line, 0 where it is the file as a whole."""
    said = [{"line": line, "code": one.code, "said": one.said, "message": str(one)} for line, one in faults]
    return RequestError(422, "wrong_file", words, members={"file_faults": said})

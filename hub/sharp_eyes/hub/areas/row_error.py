"""What is wrong with something that somebody gives, such as a row of a file: a stable code, and what it names."""

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

"""Where figures for Prometheus are given out, and to whom."""

from pathlib import Path

from pydantic import Field, model_validator
from typing_extensions import Self

from sharp_eyes.configuration import NamedPath, Settings, absolute
from sharp_eyes.configuration.addresses import is_loopback

LEAST_TOKEN = 32
"""Characters of a token at least: it is not braked, so it must be beyond guessing."""


class MetricsSettings(Settings):
    """A listener of its own, which has nothing to do with the page or the broker; off where it is not set."""

    listen: str = Field("127.0.0.1", title="Address to listen on; any other than this machine's own needs a token")
    port: int = Field(9842, title="Port", ge=0, le=65535)
    token_file: NamedPath | None = Field(
        None, title=f"File that holds the token which a scrape must show, {LEAST_TOKEN} characters or more"
    )

    @model_validator(mode="after")
    def _others_show_a_token(self) -> Self:
        if self.token_file is None and not is_loopback(self.listen):
            raise ValueError(
                f"metrics.listen {self.listen} lets other machines in: name a metrics.token_file, "
                "or listen on 127.0.0.1"
            )
        return self

    def token(self, error_type: type[Exception]) -> str | None:
        """Read the token; None where none is set.

        Raises:
            error_type: the file cannot be read, or what it holds is too short.
        """
        if self.token_file is None:
            return None
        try:
            token = self.token_file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise error_type(f"metrics.token_file {self.token_file}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise error_type(f"metrics.token_file {self.token_file}: is not text in UTF-8") from error
        if len(token) < LEAST_TOKEN:
            raise error_type(
                f"metrics.token_file {self.token_file}: {len(token)} characters, and {LEAST_TOKEN} are the least; "
                "make one: openssl rand -hex 32"
            )
        return token


def metrics_rooted(settings: MetricsSettings | None, base: Path) -> MetricsSettings | None:
    """The same with the path of its file, which starts at the settings file's folder, made absolute."""
    return settings and settings.model_copy(update={"token_file": absolute(base, settings.token_file)})

"""``sharp-eyes-hub oidc``: the provider is tried, and accounts are linked, from the command line."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from tests.hub.databases import lay
from tests.hub.provider_bench import CLIENT, SECRET, PretendProvider, pretend_provider
from typer.testing import CliRunner, Result

from sharp_eyes.hub.cli import app


@pytest.fixture
def provider() -> Iterator[PretendProvider]:
    with pretend_provider(lambda: datetime.now(UTC)) as made:
        yield made


class Line:
    """A command line with a hub's settings."""

    def __init__(self, folder: Path, issuer: str | None) -> None:
        self.config = folder / "hub.yaml"
        lay(f"sqlite:///{folder / 'data' / 'hub.db'}")
        (folder / "oidc.secret").write_text(SECRET, encoding="utf-8")
        settings: dict[str, object] = {"data": "data"}
        if issuer is not None:
            oidc = {"issuer": issuer, "client_id": CLIENT, "client_secret_file": "oidc.secret"}
            settings["oidc"] = oidc | {"page": "https://eyes.example.org/"}
        self.config.write_text(yaml.safe_dump(settings), encoding="utf-8")

    def __call__(self, *words: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(app, [*words, "--config", str(self.config)], input=stdin)

    def add(self, name: str) -> None:
        words = ("user", "add", name, "--role", "clerk", "--password-stdin")
        assert self(*words, stdin="a long test password\n").exit_code == 0


def test_the_provider_is_tried(tmp_path: Path, provider: PretendProvider) -> None:
    """Before anybody needs it; what the provider must know of the hub is said."""
    done = Line(tmp_path, provider.url)("oidc", "test")
    assert done.exit_code == 0, done.output
    assert "answers, with 1 key" in done.output
    assert "https://eyes.example.org/api/session/provider/callback" in done.output
    assert provider.asked == ["/.well-known/openid-configuration", "/keys"]


def test_what_is_wrong_is_said(tmp_path: Path, provider: PretendProvider) -> None:
    """A provider that is away, another issuer, or none at all."""
    line = Line(tmp_path, provider.url)
    provider.down = {"/keys"}
    assert "answers 503" in str(line("oidc", "test").exception)
    provider.down = set()
    provider.describe = lambda metadata: metadata | {"issuer": "https://another.example"}
    assert "another issuer" in str(line("oidc", "test").exception)
    other = tmp_path / "other"
    other.mkdir()
    assert "no section 'oidc'" in str(Line(other, None)("oidc", "test").exception)


def test_accounts_are_linked_and_unlinked(tmp_path: Path, provider: PretendProvider) -> None:
    """By what the provider will say of somebody; twice the same is refused."""
    line = Line(tmp_path, provider.url)
    line.add("ann")
    line.add("bob")
    assert "ann@city.example" in line("oidc", "expect", "ann", "ann@city.example").output
    assert "'ann'" in str(line("oidc", "expect", "bob", "Ann@city.example").exception)
    assert "ann@city.example" in line("oidc", "list").output.replace("\n", "")
    assert line("oidc", "unlink", "ann").exit_code == 0
    assert "not linked" in str(line("oidc", "unlink", "ann").exception)
    assert line("oidc", "expect", "bob", "ann@city.example").exit_code == 0

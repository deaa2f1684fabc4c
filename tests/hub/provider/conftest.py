"""A hub and its provider, for the tests of this folder."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.hub.bench import START
from tests.hub.provider.desk import ANN, Desk, MakeDesk
from tests.hub.provider_bench import PretendProvider, pretend_provider


@pytest.fixture
def provider() -> Iterator[PretendProvider]:
    with pretend_provider(lambda: START) as made:
        made.person = ANN
        yield made


@pytest.fixture
def make(tmp_path: Path, provider: PretendProvider) -> Iterator[MakeDesk]:
    made: list[Desk] = []

    def desk(database: str | None = None, **settings: Any) -> Desk:
        made.append(Desk(tmp_path / "data", database, provider, **settings))
        return made[-1]

    yield desk
    for one in made:
        one.bench.close()


@pytest.fixture
def desk(make: MakeDesk, database_url: str) -> Desk:
    """On both databases; Ann has an account and is expected."""
    made = make(database_url)
    made.person()
    made.expect()
    return made

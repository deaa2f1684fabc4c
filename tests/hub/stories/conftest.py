"""The stories' hub: the demo's district, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.hub.bench import Bench

from sharp_eyes.hub.demo.footage import find_district
from sharp_eyes.hub.open311_settings import Open311Settings


@pytest.fixture
def district(tmp_path: Path, database_url: str) -> Iterator[Bench]:
    """A hub of the demo's district."""
    made = Bench(tmp_path / "data", database_url, city=find_district(), open311=Open311Settings(enabled=True))
    yield made
    made.close()

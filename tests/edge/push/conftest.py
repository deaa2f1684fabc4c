"""What the tests of the road to the hub share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sharp_eyes.edge.push.outbox import Outbox


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    made = Outbox(tmp_path / "outbox", 1024**3)
    yield made
    made.close()

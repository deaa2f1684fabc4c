"""Sealed originals end with their term, whatever the gateway's clock says."""

import errno
import os
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.edge.push.makers import scene_event

from sharp_eyes.configuration.believed_clock import EARLIEST
from sharp_eyes.edge.privacy import terms

DAY = 86_400.0


class Machine:
    """Its clocks, and the gateway's hourly look at what is over its term."""

    def __init__(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begins: float) -> None:
        pytest.importorskip("nacl", reason="sealed originals need PyNaCl: pip install pynacl")
        from sharp_eyes.edge.privacy.originals import make_keys

        self.wall, self.passed, self.number = begins, 0.0, 0
        monkeypatch.setattr(terms, "time", SimpleNamespace(time=lambda: self.wall, monotonic=lambda: self.passed))
        self._data, self._key = tmp_path, tmp_path / "public"
        make_keys(tmp_path / "private", self._key)
        self._terms = terms.Terms(tmp_path)
        self._terms.end()

    def seal(self, days: float = 30, max_bytes: int = 10_000, camera: str = "cam") -> Path:
        from sharp_eyes.edge.privacy.originals import Originals

        self.number += 1
        event, folder = scene_event(self.number).event_id, self._data / terms.FOLDER / camera
        Originals(folder, self._key, days, max_bytes).keep(event, "image/jpeg", b"x" * 3000)
        return folder / f"{event}.jpg.sealed"

    def run(self, **by: float) -> None:
        end = self.passed + timedelta(**by).total_seconds()
        while self.passed < end:
            self.passed, self.wall = self.passed + 3600, self.wall + 3600
            self._terms.end()

    def restart(self, wall: float) -> None:
        """The clock says this, and nobody knows how long it was off."""
        self.wall = wall
        self._terms = terms.Terms(self._data)


NOW = 1_795_000_000.0
"""Late in 2026."""


def test_sealed_originals_end_with_their_term(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though nothing new is sealed and their camera is gone; the oldest of what is too much goes first."""
    machine = Machine(tmp_path, monkeypatch, NOW)
    gone, long = machine.seal(2, camera="gone"), machine.seal(100)
    machine.run(days=2)
    assert gone.exists()
    machine.run(hours=2)
    assert not gone.exists()
    assert long.exists()
    machine.seal(1)  # a shorter term holds for what is there
    machine.run(hours=1)
    assert not long.exists()
    for _ in range(6):
        machine.seal()
    assert sum(path.stat().st_size for path in long.parent.iterdir()) <= 10_000 + 4000


def test_a_clock_that_is_wrong_ends_no_term_of_sealed_originals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was not set yet when they were sealed, or it is years ahead."""
    machine = Machine(tmp_path, monkeypatch, begins=100.0)  # 1970
    kept = machine.seal()
    assert kept.stat().st_mtime == EARLIEST.timestamp()
    machine.run(hours=2)
    machine.restart(NOW)  # a time server has answered
    machine.run(hours=3)
    assert kept.exists()
    machine.run(days=20)
    machine.restart(NOW + 10 * 365 * DAY)
    fresh = machine.seal()
    machine.run(days=2)
    assert fresh.exists()


def test_a_clock_that_nobody_ever_sets_ends_the_terms_of_sealed_originals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It begins anew with each start; the days that the gateway ran are counted."""
    machine = Machine(tmp_path, monkeypatch, begins=100.0)
    kept = machine.seal()
    for _ in range(30):
        machine.restart(100.0)
        machine.run(days=1)
    assert kept.exists()
    machine.restart(100.0)
    machine.run(days=1)
    assert not kept.exists()


def test_sealed_originals_of_an_earlier_version_end_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their files bear the time of a clock that may have been ahead, and no term beside them."""
    machine = Machine(tmp_path, monkeypatch, NOW)
    kept = machine.seal()
    (kept.parent / "days").unlink()
    os.utime(kept, (NOW + 1000 * DAY,) * 2)
    machine.run(days=30)
    assert kept.exists()
    machine.run(hours=2)
    assert not kept.exists()


def test_what_was_being_sealed_when_the_gateway_was_killed_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no term, and nothing counts it; nor does a full disk leave anything. What is sealed stays as it is."""
    machine = Machine(tmp_path, monkeypatch, NOW)
    sealed = machine.seal()
    half = sealed.with_name(f"{scene_event(9).event_id}.mp4.new")
    half.write_bytes(b"half of it")
    machine.restart(NOW)
    assert not half.exists()

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    machine.seal()
    assert sorted(path.name for path in sealed.parent.iterdir()) == sorted(["days", sealed.name])

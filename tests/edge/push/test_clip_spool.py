"""Unfinished clips on disk: what a killed gateway, or a full disk, leaves of them."""

import errno
import os
from pathlib import Path

import pytest
from tests.edge.push.makers import event_id, scene_event

from sharp_eyes.edge.push.clip_spool import ClipSpool
from sharp_eyes.edge.snap.ring import EncodedClip

WHOLE = b"the clip as it was a moment ago"


def test_what_was_being_written_when_the_gateway_was_killed_is_no_clip(tmp_path: Path) -> None:
    """Its first line names the event, and the video ends somewhere: the whole one before it is sent, and it alone."""
    spool = ClipSpool(tmp_path)
    spool.keep(scene_event(1), lambda: EncodedClip(WHOLE, 1.0, 5.0))
    torn = (tmp_path / str(event_id(1))).read_bytes()[:-10]
    (tmp_path / f"{event_id(1)}.new").write_bytes(torn)
    (tmp_path / f"{event_id(2)}.new").write_bytes(torn)
    found = [(event.event_id, clip.data) for event, clip in ClipSpool(tmp_path).recover()]
    assert found == [(event_id(1), WHOLE)]
    assert [path.name for path in tmp_path.iterdir()] == [str(event_id(1))]


def test_a_full_disk_is_not_filled_with_what_could_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The clip is held in memory alone, as the log says once; the one before it is still whole."""
    spool = ClipSpool(tmp_path)
    spool.keep(scene_event(1), lambda: EncodedClip(WHOLE, 1.0, 5.0))

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    monkeypatch.setattr("sharp_eyes.edge.push.clip_spool.KEEP_EVERY", 0.0)
    for number in (1, 2, 2):
        spool.keep(scene_event(number), lambda: EncodedClip(WHOLE * 2, 1.0, 9.0))
    assert [path.name for path in tmp_path.iterdir()] == [str(event_id(1))]
    assert caplog.text.count("held in memory only") == 1
    assert [clip.data for _, clip in ClipSpool(tmp_path).recover()] == [WHOLE]


def test_a_disk_that_can_only_be_read_keeps_no_gateway_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What is whole is sent; what cannot be removed is said."""
    ClipSpool(tmp_path).keep(scene_event(1), lambda: EncodedClip(WHOLE, 1.0, 5.0))
    (tmp_path / f"{event_id(2)}.new").write_bytes(b"torn")
    (tmp_path / str(event_id(3))).write_bytes(b"no clip")

    def refuse(path: Path, *, missing_ok: bool = False) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    monkeypatch.setattr(Path, "unlink", refuse)
    assert [clip.data for _, clip in ClipSpool(tmp_path).recover()] == [WHOLE]
    assert "cannot be removed" in caplog.text
    assert "cannot be tidied" in caplog.text

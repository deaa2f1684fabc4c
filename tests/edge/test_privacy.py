"""What must not leave the gateway does not, and what must not be looked at is not."""

import io
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import av
import cv2
import numpy as np
import pytest
from pydantic import ValidationError
from tests.edge.command import edge, open_to_others, usual_umask
from tests.edge.extract.models import exact_detectors
from tests.edge.privacy_scenes import ALL, LEFT, frame_of, gateway_settings, street_picture, worker_of
from tests.edge.push.makers import scene_event
from tests.edge.snap.test_orientation import stored, write

from sharp_eyes.contract.envelope import EvidenceMessage, parse_durable
from sharp_eyes.contract.event import EvidenceKind
from sharp_eyes.contract.status import CameraHealth, CameraState
from sharp_eyes.edge import leaving as leaving_module
from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.frame import Picture
from sharp_eyes.edge.leaving import LeavingEvidence
from sharp_eyes.edge.pipeline import CameraPipeline
from sharp_eyes.edge.privacy.clips import masked_clip
from sharp_eyes.edge.privacy.masker import Masker
from sharp_eyes.edge.privacy.painting import GREY
from sharp_eyes.edge.privacy.regions import head_in, plate_in
from sharp_eyes.edge.privacy_settings import MaskArea, PrivacySettings
from sharp_eyes.edge.push import evidence as evidence_module
from sharp_eyes.edge.push.clip_spool import ClipSpool
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.settings import FileSource
from sharp_eyes.edge.snap import PacketRing, read_frames
from sharp_eyes.edge.snap.ring import EncodedClip

PERIMETER = {"scene": "perimeter_intrusion", "zones": [{"id": "all", "polygon": ALL}]}


def is_grey(part: Picture, tolerance: int = 6) -> bool:
    return bool(part.size) and bool((np.abs(part.astype(int) - GREY[0]) <= tolerance).all())


def bright(width: int = 320, height: int = 180) -> Picture:
    """Nothing in it is grey."""
    return np.full((height, width, 3), 230, np.uint8)


@pytest.fixture
def outbox(tmp_path: Path) -> Any:
    outbox = Outbox(tmp_path / "outbox", 2**30)
    yield outbox
    outbox.close()


def files_in(outbox: Outbox) -> dict[EvidenceKind, bytes]:
    found = {}
    for row in outbox.pending(100):
        message = parse_durable(row.payload)
        if isinstance(message, EvidenceMessage) and row.attachment:
            parts = [outbox.read_part(row.attachment, number) for number in range(row.attachment.parts)]
            found[message.data.kind] = b"".join(parts)
    return found


def decoded(jpeg: bytes) -> Picture:
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def test_an_area_that_is_never_watched_is_seen_by_no_detector_and_no_scene(tmp_path: Path) -> None:
    """The same picture holds people or vehicles; with all of it masked, nothing is detected and nothing tracked."""
    seen = {}
    for name, privacy in (("open", {}), ("masked", {"never_watch": [{"id": "all", "polygon": ALL}]})):
        settings = gateway_settings(tmp_path, privacy, [{"scene": "illegal_parking", "zones": PERIMETER["zones"]}])
        pipeline = CameraPipeline("gw", settings.cameras[0], Detectors.open(settings.model))
        analysis = pipeline.process(frame_of(street_picture())).analysis
        assert analysis is not None
        seen[name] = pipeline._detectors.detect([analysis.frame])[0]
        if name == "masked":
            assert is_grey(analysis.frame.picture(), 0)
            assert is_grey(analysis.frame.picture(64, 36), 0)
    assert len(seen["open"]) > 0
    assert len(seen["masked"]) == 0


def test_areas_are_masked_in_everything_that_leaves(tmp_path: Path, outbox: Outbox) -> None:
    """Full picture, crop, before, after and live snapshot; what lies beside the area stays as it was."""
    privacy = {"areas": [{"id": "window", "polygon": LEFT}]}
    worker = worker_of(gateway_settings(tmp_path, privacy, [PERIMETER]), outbox)
    frame = frame_of(bright())
    event = scene_event(1).model_copy(update={"camera": "cam", "box": (0.3, 0.2, 0.7, 0.8)})
    outbox.put(worker._leaving.pictures(event, frame, frame))
    found = files_in(outbox)
    assert set(found) == {EvidenceKind.FULL, EvidenceKind.CROP, EvidenceKind.BEFORE}
    for jpeg in found.values():
        picture = decoded(jpeg)
        half = picture.shape[1] // 2
        assert is_grey(picture[:, : half - 8])
        assert picture[:, half + 12 :].mean() == pytest.approx(230, abs=3)
    worker._latest = frame
    online = CameraHealth(camera="cam", state=CameraState.ONLINE, since=scene_event(1).observed_at)
    worker._reader.health = lambda: online  # type: ignore[method-assign]
    snapshot = worker.snapshot()
    assert snapshot is not None
    assert is_grey(decoded(snapshot)[:, :150])


def test_each_kind_of_evidence_can_have_its_own_masks(tmp_path: Path) -> None:
    """The area is masked in the snapshot only."""
    settings = PrivacySettings.model_validate(
        {"areas": [{"id": "window", "polygon": LEFT}], "hide": [], "hide_in": {"snapshot": ["areas"]}}
    )
    masker = Masker("cam", settings, exact_detectors())
    frame = frame_of(bright())
    assert masker.masked(frame, "full") is frame
    assert not masker.changes("clip")
    assert is_grey(masker.masked(frame, "snapshot").picture()[:, :150], 0)


def clip_of(picture: Picture, frames: int = 12) -> EncodedClip:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=10, options={"g": "5"})
        stream.height, stream.width = picture.shape[:2]
        stream.pix_fmt = "yuv420p"
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, 10)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return EncodedClip(buffer.getvalue(), 1000.0, 1000.0 + frames / 10)


def test_a_clip_is_masked_in_every_picture_and_keeps_its_time(tmp_path: Path, outbox: Outbox) -> None:
    """Encoded anew as H.264 with the same number of pictures at the same times."""
    privacy = {"areas": [{"id": "window", "polygon": LEFT}], "never_watch": [{"id": "door", "polygon": DOOR}]}
    settings = gateway_settings(tmp_path, privacy, [PERIMETER])
    masker = Masker("cam", settings.cameras[0].privacy, Detectors.open(settings.model))
    leaving = LeavingEvidence(settings, settings.cameras[0], masker, outbox)
    done: list[int] = []
    leaving.send_clip(scene_event(1), clip_of(bright()), lambda: done.append(1))
    leaving.finish()
    assert done == [1]
    with av.open(io.BytesIO(files_in(outbox)[EvidenceKind.CLIP]), "r") as container:
        assert container.streams.video[0].codec_context.name == "h264"
        pictures = [
            (frame.time, np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)) for frame in container.decode(video=0)
        ]
    assert [time for time, _ in pictures] == pytest.approx([number / 10 for number in range(12)], abs=0.002)
    for _, picture in pictures:
        assert is_grey(picture[:, :145], 12)
        assert is_grey(picture[145:, 262:], 12)
        assert picture[:120, 180:].mean() == pytest.approx(230, abs=6)


@pytest.mark.parametrize(
    ("degrees", "mirrored", "aspect"), [(90, False, 1), (180, True, 1), (-90, True, 2), (0, False, 2)]
)
def test_a_clip_of_a_turned_recording_is_masked_where_it_is_shown(
    tmp_path: Path, degrees: int, mirrored: bool, aspect: int
) -> None:
    """Upright, and what stands in the area is nowhere else: its corners were drawn on the picture as people see it."""
    seen = np.full((120, 160, 3), 230, np.uint8)
    seen[:50, :60] = (200, 20, 20)
    ring = PacketRing(60)
    recording = write(tmp_path / "a.mp4", stored(seen, degrees, mirrored), degrees, mirrored, Fraction(aspect))
    frames = list(read_frames(FileSource(path=recording, pace="fast"), "cam", "all", ring=ring))
    clip = ring.cut(frames[0].time, frames[-1].time)
    assert clip is not None
    area = MaskArea(id="window", polygon=((0, 0), (0.5, 0), (0.5, 0.6), (0, 0.6)))
    masker = Masker("cam", PrivacySettings(areas=(area,)), cast(Detectors, SimpleNamespace(classes=())))
    masked = tmp_path / "masked.mp4"
    masked.write_bytes(masked_clip("cam", clip, masker).data)
    shown = next(iter(read_frames(FileSource(path=masked, pace="fast"), "cam", "all")))
    assert (shown.width, shown.height) == (frames[0].width, frames[0].height)
    picture = shown.picture(160, 120)
    assert is_grey(picture[:66, :74], 12)
    assert np.abs(picture[78:].astype(int) - 230).max() < 20
    assert np.abs(picture[:, 86:].astype(int) - 230).max() < 20


QUARTER_TURN = bytes.fromhex("00000007 06 2f 03 080009 80")
"""A unit in MP4: its length, then SEI message 47 of three bytes: 0x4000 of 0x10000 against the clock, from here on."""


def test_what_a_video_says_once_of_how_it_is_turned_holds_for_what_follows(tmp_path: Path) -> None:
    """Display orientation beside the first picture alone (H.264, D.2.27): all pictures are shown so, and masked so,
    also in a clip that begins behind it and lies on disk for a while.
    """
    path, upright = tmp_path / "turned.mp4", clip_of(bright())
    with av.open(io.BytesIO(upright.data), "r") as source, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(one for one in source.demux(video=0) if one.size):
            said = packet if number else av.Packet(QUARTER_TURN + bytes(packet))
            said.pts, said.dts, said.time_base = packet.pts, packet.dts, packet.time_base
            said.is_keyframe, said.stream = packet.is_keyframe, stream
            target.mux(said)
    ring = PacketRing(60)
    frames = list(read_frames(FileSource(path=path, pace="fast"), "cam", "all", ring=ring, start_time=1000.0))
    assert {(frame.width, frame.height) for frame in frames} == {(180, 320)}
    clip = ring.cut(1000.5, 1001.2)
    assert clip is not None
    spool = ClipSpool(tmp_path / "clips", private=True)
    spool.keep(scene_event(1), lambda: clip)
    kept = next(ClipSpool(tmp_path / "clips", private=True).recover())[1]
    masker = Masker("cam", PrivacySettings(areas=(MaskArea(id="left", polygon=LEFT),)), exact_detectors())
    with av.open(io.BytesIO(masked_clip("cam", kept, masker).data), "r") as masked:
        shown = [np.asarray(frame.to_ndarray(format="bgr24"), np.uint8) for frame in masked.decode(video=0)]
    assert all(picture.shape[:2] == (320, 180) for picture in shown)
    assert all(is_grey(picture[:, :80]) and not is_grey(picture[:, 100:]) for picture in shown)


def test_a_clip_without_masks_stays_as_the_camera_sent_it(tmp_path: Path, outbox: Outbox) -> None:
    """To the byte."""
    settings = gateway_settings(tmp_path, {"hide": ["areas"]}, [PERIMETER])
    masker = Masker("cam", settings.cameras[0].privacy, Detectors.open(settings.model))
    clip = clip_of(bright())
    LeavingEvidence(settings, settings.cameras[0], masker, outbox).send_clip(scene_event(1), clip, lambda: None)
    assert files_in(outbox)[EvidenceKind.CLIP] == clip.data


def test_a_clip_that_may_not_leave_is_named_with_the_limit(
    tmp_path: Path, outbox: Outbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The contract's own, whatever that is."""
    for module in (leaving_module, evidence_module):
        monkeypatch.setattr(module, "MAX_EVIDENCE_SIZE", 2**19)
    settings = gateway_settings(tmp_path, {"hide": []}, [PERIMETER])
    masker = Masker("cam", settings.cameras[0].privacy, Detectors.open(settings.model))
    clip = EncodedClip(bytes(2**19 + 1), 1000.0, 1008.0)
    LeavingEvidence(settings, settings.cameras[0], masker, outbox).send_clip(scene_event(1), clip, lambda: None)
    assert "it is larger than 0.5 MiB" in caplog.text


def test_a_mask_that_cannot_be_made_holds_the_picture_back(
    tmp_path: Path, outbox: Outbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Pictures and clip stay on the gateway, and the log says why."""
    settings = gateway_settings(tmp_path, {"hide": ["heads"]}, [PERIMETER])
    masker = Masker("cam", settings.cameras[0].privacy, Detectors.open(settings.model))

    def fails(*_: object) -> list[object]:
        raise ModelError("the network fails")

    monkeypatch.setattr(masker._detectors, "detect", fails)
    leaving = LeavingEvidence(settings, settings.cameras[0], masker, outbox)
    assert leaving.pictures(scene_event(1), frame_of(bright()), None) == []
    leaving.send_clip(scene_event(1), clip_of(bright()), lambda: None)
    leaving.finish()
    assert files_in(outbox) == {}
    assert "stays here, its mask fails" in caplog.text


def test_heads_and_plates_are_masked_where_people_and_vehicles_are() -> None:
    """In a street picture: of each box the upper or the lower part is grey."""
    picture = street_picture()
    detectors = exact_detectors()
    masker = Masker("cam", PrivacySettings(hide=("heads", "plates")), detectors)
    frame = frame_of(picture)
    regions = masker.regions(frame, frozenset({"heads", "plates"}))
    assert regions
    shown = masker.masked(frame, "full").picture()
    height, width = shown.shape[:2]
    for x1, y1, x2, y2 in regions:
        box = slice(max(0, int(y1 * height)), int(y2 * height)), slice(max(0, int(x1 * width)), int(x2 * width))
        assert is_grey(shown[box], 0)


def test_where_a_head_and_a_plate_are_taken_to_be() -> None:
    """Of who is cut off below, more is masked; of a vehicle the lower half."""
    standing = head_in((0.4, 0.2, 0.5, 0.8), 1.0)
    assert standing[1] < 0.2
    assert standing[3] == pytest.approx(0.2 + 0.22 * 0.6)
    cut_off = head_in((0.4, 0.7, 0.6, 1.0), 1.0)
    assert cut_off[3] == pytest.approx(0.7 + 0.6 * 0.2)
    assert plate_in((0.1, 0.4, 0.5, 0.8))[1] == pytest.approx(0.6)


def test_an_original_is_sealed_for_whoever_holds_the_key(tmp_path: Path, outbox: Outbox) -> None:
    """The gateway's files are no pictures; with the private key they are, and with another one they are not."""
    pytest.importorskip("nacl", reason="sealed originals need PyNaCl: pip install pynacl")
    from sharp_eyes.edge.errors import ConfigError
    from sharp_eyes.edge.privacy.originals import make_keys, open_sealed

    private, public, other = tmp_path / "private", tmp_path / "public", tmp_path / "other"
    make_keys(private, public)
    make_keys(other, tmp_path / "other.pub")
    privacy = {"areas": [{"id": "w", "polygon": LEFT}], "original": "sealed", "original_key": str(public)}
    worker = worker_of(gateway_settings(tmp_path, privacy, [PERIMETER]), outbox)
    worker._leaving.pictures(scene_event(1), frame_of(bright()), None)
    sealed = sorted((tmp_path / "originals" / "cam").glob("*.sealed"))
    assert len(sealed) == 2
    assert all(path.stat().st_mode & 0o077 == 0 for path in sealed)
    assert all(b"JFIF" not in path.read_bytes() for path in sealed)
    picture = decoded(open_sealed(sealed[0], private))
    assert not is_grey(picture[:, :20])
    with usual_umask():
        (tmp_path / "seen").mkdir(mode=0o700)
        edge("originals", "open", str(sealed[0]), "--key", str(private), "--out", str(tmp_path / "seen" / "it.jpg"))
    assert (tmp_path / "seen" / "it.jpg").read_bytes() == open_sealed(sealed[0], private)
    assert open_to_others(tmp_path / "seen") == []
    with pytest.raises(ConfigError, match="another key"):
        open_sealed(sealed[0], other)
    with pytest.raises(ConfigError, match="never written over"):
        make_keys(private, public)


@pytest.mark.parametrize(
    "wrong",
    [
        {"hide": ["noses"]},
        {"original": "sealed"},
        {"areas": [{"id": "line", "polygon": [[0, 0], [1, 1]]}]},
        {"areas": [{"id": "bow", "polygon": [[0.1, 0.1], [0.9, 0.9], [0.9, 0.1], [0.1, 0.9]]}]},
        {"never_watch": [{"id": "flat", "polygon": [[0.1, 0.1], [0.5, 0.5], [0.9, 0.9]]}]},
    ],
)
def test_wrong_settings_are_named(wrong: dict[str, Any]) -> None:
    """An unknown subject, sealing without a key, a mask that hides nothing or only a part of what was drawn."""
    with pytest.raises(ValidationError):
        PrivacySettings.model_validate(wrong)


DOOR = [[0.8, 0.75], [1.0, 0.75], [1.0, 1.0], [0.8, 1.0]]

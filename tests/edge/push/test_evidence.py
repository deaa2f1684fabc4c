"""Pictures and clips as evidence."""

import cv2
import numpy as np
import pytest
from tests.edge.push.makers import GATEWAY, START, event_id, scene_event

from sharp_eyes.contract.envelope import EvidenceMessage
from sharp_eyes.contract.event import MAX_EVIDENCE_SIZE, Evidence, EvidenceKind
from sharp_eyes.edge.frame import Frame, Picture
from sharp_eyes.edge.push.entry import Entry, Priority
from sharp_eyes.edge.push.evidence import clip_entry, picture_entries, picture_entry
from sharp_eyes.edge.snap.ring import EncodedClip


def frame(width: int, height: int) -> Frame:
    """Dark, with a bright red square over the tenths 4 to 6 of both sides."""
    picture = np.full((height, width, 3), 30, dtype=np.uint8)
    picture[height * 4 // 10 : height * 6 // 10, width * 4 // 10 : width * 6 // 10] = (0, 0, 255)
    return Frame.of_picture("cam-1", START.timestamp(), picture)


def announced(entry: Entry) -> Evidence:
    assert isinstance(entry.message, EvidenceMessage)
    return entry.message.data


def decoded(entry: Entry) -> Picture:
    assert entry.content is not None
    picture = cv2.imdecode(np.frombuffer(entry.content, dtype=np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture, dtype=np.uint8)


def test_full_and_crop_are_announced_with_the_frames_time() -> None:
    """An event with a box gives a full picture and a crop, both of the event and of the frame's moment."""
    event = scene_event(1)
    full, crop = picture_entries(event, frame(640, 360), GATEWAY)
    assert [announced(full).kind, announced(crop).kind] == [EvidenceKind.FULL, EvidenceKind.CROP]
    for entry in (full, crop):
        assert announced(entry).event_id == event.event_id
        assert announced(entry).captured_at == START
        assert entry.priority is Priority.PICTURE


def test_an_event_without_a_box_has_no_crop() -> None:
    """Without a place in the picture there is nothing to cut out."""
    event = scene_event(1).model_copy(update={"box": None})
    [full] = picture_entries(event, frame(640, 360), GATEWAY)
    assert announced(full).kind is EvidenceKind.FULL


def test_pictures_have_bounded_width_and_keep_their_shape() -> None:
    """A 4K picture becomes 1920 wide, its crop at most 640; a small picture is not blown up."""
    event = scene_event(1).model_copy(update={"box": (0.3, 0.3, 0.7, 0.7)})
    full, crop = picture_entries(event, frame(3840, 2160), GATEWAY)
    assert decoded(full).shape == (1080, 1920, 3)
    assert decoded(crop).shape == (360, 640, 3)
    small, _ = picture_entries(event, frame(320, 200), GATEWAY)
    assert decoded(small).shape == (200, 320, 3)


def test_the_crop_shows_the_box_with_a_quarter_more() -> None:
    """The box is centred in the crop, which is a quarter wider and higher than it."""
    event = scene_event(1).model_copy(update={"box": (0.4, 0.4, 0.6, 0.6)})
    _, crop = picture_entries(event, frame(1000, 500), GATEWAY)
    picture = decoded(crop)
    assert picture.shape == (126, 250, 3)  # whole pixels, rounded outwards
    red = picture[:, :, 2] > 150
    rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
    assert (rows[0], rows[-1]) == pytest.approx((13, 112), abs=2)
    assert (columns[0], columns[-1]) == pytest.approx((25, 225), abs=2)


@pytest.mark.parametrize(
    "box", [(0.0, 0.0, 1.0, 1.0), (0.95, 0.95, 1.0, 1.0), (1.0, 1.0, 1.0, 1.0), (0.5, 0.5, 0.5, 0.5)]
)
def test_a_crop_stays_inside_the_picture(box: tuple[float, float, float, float]) -> None:
    """Boxes at the edge, and even empty ones, give a crop of at least one pixel inside the picture."""
    event = scene_event(1).model_copy(update={"box": box})
    _, crop = picture_entries(event, frame(100, 60), GATEWAY)
    rows, columns, _ = decoded(crop).shape
    assert 1 <= rows <= 60
    assert 1 <= columns <= 100


def test_the_same_evidence_has_the_same_id() -> None:
    """Ids follow from event, kind and moment, so that making it again doubles nothing."""
    event, picture = scene_event(1), frame(64, 48)
    first = [entry.message.id for entry in picture_entries(event, picture, GATEWAY)]
    second = [entry.message.id for entry in picture_entries(event, picture, GATEWAY)]
    assert first == second
    after = picture_entry(event.event_id, EvidenceKind.AFTER, picture, GATEWAY)
    other_event = picture_entry(event_id(2), EvidenceKind.FULL, picture, GATEWAY)
    later = Frame.of_picture("cam-1", START.timestamp() + 0.04, picture.picture())
    other_moment = picture_entry(event.event_id, EvidenceKind.FULL, later, GATEWAY)
    assert len({*first, after.message.id, other_event.message.id, other_moment.message.id}) == 5


def test_a_clip_goes_last_and_starts_when_it_really_starts() -> None:
    """A clip is announced with its own first moment and the lowest priority."""
    clip = EncodedClip(data=b"\0" * 500_000, start=START.timestamp() - 4, end=START.timestamp() + 4)
    entry = clip_entry(scene_event(1), clip, GATEWAY)
    assert entry is not None
    assert entry.priority is Priority.CLIP
    assert announced(entry).media_type == "video/mp4"
    assert (START - announced(entry).captured_at).total_seconds() == 4
    assert announced(entry).parts == 3


def test_a_clip_too_large_for_the_contract_is_left_out() -> None:
    """More than 32 MiB is not announced at all."""
    clip = EncodedClip(data=bytes(MAX_EVIDENCE_SIZE + 1), start=0.0, end=8.0)
    assert clip_entry(scene_event(1), clip, GATEWAY) is None

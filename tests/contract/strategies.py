"""Hypothesis strategies for everything that the contract can say."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from sharp_eyes.contract.base import Message
from sharp_eyes.contract.command import Ack, LookAgain, Refusal, Watch
from sharp_eyes.contract.envelope import DurableMessage, wrap
from sharp_eyes.contract.event import (
    MAX_EVIDENCE_SIZE,
    Evidence,
    EvidenceKind,
    Grade,
    LookAgainAnswer,
    Measure,
    ModelNote,
    Outcome,
    Phase,
    SceneEvent,
    SceneName,
)
from sharp_eyes.contract.status import (
    Birth,
    CameraHealth,
    CameraNote,
    CameraState,
    Heartbeat,
    LooksState,
    OutboxState,
    Will,
)
from sharp_eyes.contract.topics import Channel, Topic

identifiers = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,62}", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1970, 1, 3), datetime(2199, 12, 29), timezones=st.one_of(st.just(UTC), offsets))
shares = st.floats(0, 1)
boxes = st.tuples(shares, shares, shares, shares)
numbers = st.floats(allow_nan=False, allow_infinity=False)
amounts = st.floats(0, allow_nan=False, allow_infinity=False)
scenes = st.sampled_from(SceneName)

measures = st.builds(
    Measure,
    name=identifiers,
    value=numbers,
    unit=texts,
    threshold=st.none() | numbers,
    uncertainty=st.none() | amounts,
)


@st.composite
def scene_events(draw: st.DrawFn) -> SceneEvent:
    phase = draw(st.sampled_from(Phase))
    sequence = 0 if phase is Phase.OPENED else draw(st.integers(1, 10_000))
    ended = draw(moments) if phase is Phase.CLOSED else None
    return draw(
        st.builds(
            SceneEvent,
            event_id=st.uuids(),
            sequence=st.just(sequence),
            phase=st.just(phase),
            scene=scenes,
            gateway=identifiers,
            camera=identifiers,
            zone=identifiers,
            started_at=moments,
            observed_at=moments,
            ended_at=st.just(ended),
            grade=st.sampled_from(Grade),
            score=shares,
            measures=st.lists(measures, min_size=1, max_size=3).map(tuple),
            box=st.none() | boxes,
            object_class=st.none() | texts,
            model=st.none() | st.builds(ModelNote, name=identifiers, version=texts, measured_on_real=st.booleans()),
        )
    )


evidence = st.builds(
    Evidence,
    evidence_id=st.uuids(),
    event_id=st.uuids(),
    kind=st.sampled_from(EvidenceKind),
    media_type=st.sampled_from(["image/jpeg", "image/png", "video/mp4"]),
    size=st.integers(1, MAX_EVIDENCE_SIZE),
    sha256=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    part_size=st.integers(1, 8 * 1024 * 1024),
    captured_at=moments,
)

answers = st.builds(
    LookAgainAnswer,
    command_id=st.uuids(),
    event_id=st.uuids(),
    camera=identifiers,
    scene=scenes,
    zone=identifiers,
    outcome=st.sampled_from(Outcome),
    reason=texts,
    observed_at=moments,
    measures=st.lists(measures, max_size=3).map(tuple),
    evidence_id=st.none() | st.uuids(),
)

health = st.builds(
    CameraHealth,
    camera=identifiers,
    state=st.sampled_from(CameraState),
    since=moments,
    detail=texts,
    frames_per_second=st.none() | amounts,
    looks=st.integers(0, 2**53),
    skipped=st.dictionaries(texts, st.integers(-(2**53), 2**53), max_size=4),
    keyframe_interval=st.none() | amounts,
    late=st.none() | st.integers(0, 2**53),
    lateness=st.none() | amounts,
)

camera_notes = st.builds(
    CameraNote,
    camera=identifiers,
    name=texts,
    area=st.none() | texts,
    longitude=st.none() | st.floats(-180, 180),
    latitude=st.none() | st.floats(-90, 90),
    scenes=st.lists(scenes, max_size=3).map(tuple),
)

counts = st.integers(0, 2**53)

durable_messages: st.SearchStrategy[DurableMessage] = st.builds(
    wrap, identifiers, st.one_of(scene_events(), evidence, answers, health)
)

other_messages: st.SearchStrategy[Message] = st.one_of(
    st.builds(
        Birth,
        gateway=identifiers,
        session=texts,
        time=moments,
        version=texts,
        cameras=st.lists(camera_notes, max_size=3).map(tuple),
    ),
    st.builds(Will, gateway=identifiers, session=texts),
    st.builds(
        Heartbeat,
        gateway=identifiers,
        session=texts,
        sequence=counts,
        time=moments,
        cameras=st.lists(health, max_size=3).map(tuple),
        outbox=st.builds(OutboxState, pending=counts, bytes=counts, refused=counts, lost=counts),
        looks=st.none() | st.builds(LooksState, late=counts, lateness=amounts, busy=shares),
    ),
    st.builds(
        Ack,
        ids=st.lists(texts, max_size=3).map(tuple),
        refused=st.lists(st.builds(Refusal, id=texts, reason=texts), max_size=3).map(tuple),
    ),
    st.builds(Watch, camera=identifiers, seconds=st.floats(0.1, 600)),
    st.builds(
        LookAgain,
        command_id=st.uuids(),
        event_id=st.uuids(),
        camera=identifiers,
        scene=scenes,
        zone=identifiers,
        box=st.none() | boxes,
        asked_at=moments,
        expires_at=moments,
    ),
)

plain_channels = st.sampled_from([one for one in Channel if one not in (Channel.SNAPSHOT, Channel.EVIDENCE)])
topics = st.one_of(
    st.builds(Topic, identifiers, plain_channels),
    st.builds(Topic, identifiers, st.just(Channel.SNAPSHOT), camera=identifiers),
    st.builds(
        Topic,
        identifiers,
        st.just(Channel.EVIDENCE),
        evidence_id=st.uuids(),
        part=st.integers(0, 999_999),
    ),
)

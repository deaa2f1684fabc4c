"""Many gateways at once, as after a power cut: what it costs does not grow with each of them and each camera."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event, func, select
from tests.hub.bench import EAST, START, Bench

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
from sharp_eyes.hub.intake.fair_queue import Item
from sharp_eyes.hub.store.tables import Camera, Gateway

GATEWAYS, CAMERAS = 40, 20
FEW = 20
"""Statements; one for each gateway would be more."""


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is asked of the database meanwhile; one that is given many rows counts once."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def names(bench: Bench) -> list[str]:
    """Registered gateways."""
    names = [f"many-{number}" for number in range(GATEWAYS)]
    with bench.transaction() as work:
        for name in names:
            row = Gateway(name=name, area=EAST, bcrypt_hash="", pbkdf2_hash="", created_at=work.now)
            work.session.add(row)
    return names


def births(bench: Bench, names: list[str], session: str) -> list[Item]:
    notes = tuple(CameraNote(camera=f"cam-{number}", name=f"camera {number}") for number in range(CAMERAS))
    said = (
        Birth(gateway=name, session=session, time=bench.clock(), version="1", cameras=notes, settings_from="file")
        for name in names
    )
    return [(Topic(one.gateway, Channel.STATUS), one.model_dump_json().encode()) for one in said]


def heartbeats(
    bench: Bench, names: list[str], sequence: int, state: CameraState = CameraState.ONLINE, session: str = "s1"
) -> list[Item]:
    cameras = tuple(
        CameraHealth(camera=f"cam-{number}", state=state, since=START, looks=sequence) for number in range(CAMERAS)
    )
    said = (
        Heartbeat(
            gateway=name,
            session=session,
            sequence=sequence,
            time=bench.clock(),
            cameras=cameras,
            outbox=OutboxState(pending=0, bytes=0),
            looks=LooksState(busy=sequence / 100),
        )
        for name in names
    )
    return [(Topic(one.gateway, Channel.HEARTBEAT), one.model_dump_json().encode()) for one in said]


def states(bench: Bench) -> dict[str, int]:
    """How many cameras are in which state."""
    with bench.hub.database.read() as session:
        return dict(session.execute(select(Camera.state, func.count()).group_by(Camera.state)).tuples().all())


def test_a_storm_after_a_power_cut_costs_few_statements(bench: Bench, names: list[str]) -> None:
    """First births, heartbeats, wills, births again: each is one batch, whatever its gateways and cameras."""
    router = bench.hub.intake.router
    wills = [
        (Topic(name, Channel.STATUS), Will(gateway=name, session="s1").model_dump_json().encode()) for name in names
    ]
    for batch, expected in (
        (births(bench, names, "s1"), {"starting": GATEWAYS * CAMERAS}),
        (heartbeats(bench, names, 1), {"online": GATEWAYS * CAMERAS}),
        (wills, {"online": GATEWAYS * CAMERAS}),
        (births(bench, names, "s2"), {"starting": GATEWAYS * CAMERAS}),
    ):
        told = len(bench.told())
        with statements() as asked:
            router.take_together(batch)
        assert len(asked) <= FEW, "\n".join(asked)
        assert states(bench) == expected
        assert len(bench.told()) - told <= 2 * GATEWAYS
    assert sorted(bench.out.reports_wanted) == sorted(2 * names)


def test_heartbeats_without_news_write_no_cameras(bench: Bench, names: list[str]) -> None:
    """Where many beat, the running figures of their cameras are written now and then; a changed state at once."""
    router = bench.hub.intake.router
    router.take_together(births(bench, names, "s1"))
    router.figures.a_second = 1.0
    for sequence in (1, 2):
        told = len(bench.told())
        with statements() as asked:
            router.take_together(heartbeats(bench, names, sequence))
        bench.clock.forward(seconds=5)
    assert not [one for one in asked if one.startswith("UPDATE camera ")]
    assert len(bench.told()) == told
    router.take_together(heartbeats(bench, names[:1], 3, CameraState.LOST))
    assert states(bench) == {"lost": CAMERAS, "online": (GATEWAYS - 1) * CAMERAS}
    bench.clock.forward(seconds=GATEWAYS)
    router.take_together(heartbeats(bench, names, 9))
    with bench.hub.database.read() as session:
        assert session.scalars(select(Camera.looks).distinct()).all() == [9]


def test_all_that_fall_silent_are_taken_as_gone_together(bench: Bench, names: list[str]) -> None:
    """And nobody of whom a heartbeat came."""
    router = bench.hub.intake.router
    router.take_together(births(bench, names, "s1"))
    for sequence in range(3):
        bench.clock.forward(seconds=5)
        router.take_together(heartbeats(bench, names, sequence))
    bench.clock.forward(seconds=16)
    router.take_together(heartbeats(bench, names[:1], 9))
    with statements() as asked:
        router.mark_silent_gateways()
    assert len(asked) <= FEW, "\n".join(asked)
    with bench.hub.database.read() as session:
        assert session.scalars(select(Gateway.name).where(Gateway.online)).all() == names[:1]


def test_one_bad_birth_among_many_takes_no_other_with_it(bench: Bench, names: list[str]) -> None:
    """What the database cannot keep is dropped alone."""
    batch = births(bench, names, "s1")
    bad = (
        b'{"state":"online","gateway":"many-1","session":"s1","time":"2026-03-01T08:00:00Z","version":"1","cameras":1}'
    )
    batch[1] = (batch[1][0], bad)
    stranger = (Topic("nobody", Channel.STATUS), batch[0][1].replace(b"many-0", b"nobody"))
    bench.hub.intake.router.take_together([stranger, *batch])
    assert states(bench) == {"starting": (GATEWAYS - 1) * CAMERAS}

"""Who is there: birth, last will, heartbeat, silence, and where cameras lie."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from tests.hub.bench import CAMERA, EAST, GATEWAY, JPEG, STREET, Bench, Clock, health

from sharp_eyes.contract.event import SceneName
from sharp_eyes.contract.status import (
    Birth,
    CameraNote,
    CameraState,
    LooksState,
    MachineState,
    ModelParity,
    RunningModel,
)
from sharp_eyes.contract.topics import Channel
from sharp_eyes.hub.intake.snapshots import MAX_SNAPSHOT
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.case_tables import CaseLog
from sharp_eyes.hub.store.tables import CameraChange


def cameras(bench: Bench) -> dict[str, dict[str, Any]]:
    page = bench.client(Role.CLERK)
    return {row["camera"]: row for row in page.get("/api/cameras").json()}


def online(bench: Bench) -> bool:
    page = bench.client(Role.CLERK)
    answer: bool = page.get("/api/gateways").json()[0]["online"]
    return answer


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        (None, STREET),
        (EAST, EAST),
        (STREET, STREET),
        ("demo", STREET),
        ("demo/second-street", STREET),
        ("x" * 300, STREET),
    ],
)
def test_a_camera_lies_at_or_below_its_gateways_area(
    bench: Bench, area: str | None, expected: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A gateway cannot put cameras, and so cases, into another's area; the log says so."""
    bench.birth(cameras=(CameraNote(camera=CAMERA, name="x", area=area),))
    assert cameras(bench)[CAMERA]["area"] == expected
    assert ("not within" in caplog.text) == (area not in (None, expected))


def test_birth_registers_and_updates_cameras(bench: Bench) -> None:
    """A new name replaces the old one; a camera that is no longer there has ended, and its cases stay."""
    bench.birth(cameras=(CameraNote(camera="a", name="one"), CameraNote(camera="b", name="two")))
    bench.birth(session="s2", cameras=(CameraNote(camera="a", name="new"),))
    rows = cameras(bench)
    assert (rows["a"]["name"], rows["a"]["state"]) == ("new", "starting")
    assert rows["b"]["state"] == "ended"


def test_a_gateway_of_another_version_is_seen(quick: Bench) -> None:
    """In the list of gateways of page and command line: which version it has, and which the hub."""
    from typer.testing import CliRunner

    from sharp_eyes.configuration.version import __version__
    from sharp_eyes.hub.cli import app

    def listed() -> str:
        said = CliRunner().invoke(app, ["gateway", "list", "--data", str(quick.hub.settings.data)]).output
        return " ".join(said.replace("│", " ").split())

    quick.birth()
    row = quick.client(Role.CLERK).get("/api/gateways").json()[0]
    assert (row["version"], row["hub_version"]) == ("1", __version__)
    assert f"1 (hub {__version__})" in listed()
    message = Birth(gateway=GATEWAY, session="s2", time=quick.clock(), version=__version__, cameras=())
    quick.post(Channel.STATUS, message.model_dump_json())
    assert "(hub" not in listed()


def test_a_birth_that_is_read_again_does_not_set_cameras_back(bench: Bench) -> None:
    """The broker hands out the retained birth at every connection of the hub."""
    bench.birth()
    bench.heartbeat(health(CAMERA, CameraState.ONLINE, bench.clock(), frames_per_second=5.0))
    bench.birth()
    row = cameras(bench)[CAMERA]
    assert (row["state"], row["frames_per_second"]) == ("online", 5.0)


def test_the_last_will_takes_gateway_and_cameras_offline(bench: Bench) -> None:
    """All its cameras show lost contact; the will of an earlier session says nothing."""
    bench.birth(session="s1")
    bench.birth(session="s2")
    bench.heartbeat(health(CAMERA, CameraState.ONLINE, bench.clock()), session="s2")
    bench.will(session="s1")
    assert online(bench)
    bench.will(session="s2")
    assert not online(bench)
    row = cameras(bench)[CAMERA]
    assert (row["state"], row["gateway_online"], row["detail"]) == ("lost", False, "no contact with its gateway")


def test_a_gateway_that_falls_silent_is_taken_as_gone_after_three_heartbeats(bench: Bench) -> None:
    """Its own pace counts: here one in five seconds. It is back with the next heartbeat."""
    router = bench.hub.intake.router
    bench.birth()
    for _ in range(3):
        bench.clock.forward(seconds=5)
        bench.heartbeat()
        router.mark_silent_gateways()
    bench.clock.forward(seconds=14)
    router.mark_silent_gateways()
    assert online(bench)
    bench.clock.forward(seconds=2)
    router.mark_silent_gateways()
    assert not online(bench)
    bench.heartbeat()
    assert online(bench)


def test_a_slow_heartbeat_is_no_silence(bench: Bench) -> None:
    """A gateway set to one heartbeat a minute is not taken as gone in between."""
    bench.birth()
    for _ in range(4):
        for _ in range(6):
            bench.clock.forward(seconds=10)
            bench.hub.intake.router.mark_silent_gateways()
            assert online(bench)
        bench.heartbeat()


def test_a_heartbeat_tells_health_and_outbox(bench: Bench) -> None:
    """Counts of looks and skipped frames by reason reach the page; a stranger's heartbeat does not."""
    bench.birth()
    said = health(CAMERA, CameraState.ONLINE, bench.clock(), looks=7, skipped={"replaced": 3})
    bench.heartbeat(said, health("unknown", CameraState.ONLINE, bench.clock()), pending=4)
    bench.heartbeat(said.model_copy(update={"looks": 99}), session="another")
    row = cameras(bench)[CAMERA]
    assert (row["looks"], row["skipped"]) == (7, {"replaced": 3})
    assert set(cameras(bench)) == {CAMERA}
    assert bench.client(Role.CLERK).get("/api/gateways").json()[0]["outbox"]["pending"] == 4


def test_a_heartbeat_tells_how_late_looks_are(bench: Bench) -> None:
    """Of each camera and of the whole gateway; a gateway that is gone, or does not count it, says nothing."""
    page = bench.client(Role.CLERK)

    def told() -> tuple[Any, Any, Any]:
        row = cameras(bench)[CAMERA]
        return row["late"], row["lateness"], page.get("/api/gateways").json()[0]["looks"]

    bench.birth()
    bench.heartbeat(health(CAMERA, CameraState.ONLINE, bench.clock()))
    assert told() == (None, None, None)
    said = health(CAMERA, CameraState.ONLINE, bench.clock(), late=7, lateness=3.4)
    bench.heartbeat(said, looks=LooksState(late=9, lateness=3.4, busy=0.97))
    assert told() == (7, 3.4, {"late": 9, "lateness": 3.4, "busy": 0.97})
    bench.will()
    assert told() == (7, None, None)


def test_a_heartbeat_tells_of_machine_and_models(bench: Bench) -> None:
    """What is not said any more is not known any more."""
    page = bench.client(Role.CLERK)
    bench.birth()
    parity = ModelParity(agrees=True, share=0.97, wanted=0.93, measured_at=bench.clock())
    model = RunningModel(
        name="street",
        version="2",
        computed_by="openvino",
        checked=True,
        sha256="f0" * 32,
        precision="int8",
        computing="int8",
        kind="detector",
        licence="AGPL-3.0-or-later",
        scenes=(SceneName.SMOKE,),
        parity=parity,
    )
    of_before = RunningModel(name="ground", version="1")
    bench.heartbeat(machine=MachineState(temperature=91.5, throttled=True, detail="too hot"), models=(model, of_before))
    (row,) = page.get("/api/gateways").json()
    assert row["machine"] == {"temperature": 91.5, "throttled": True, "detail": "too hot"}
    assert row["models"][0] == model.model_dump(mode="json")
    assert (row["models"][1]["sha256"], row["models"][1]["parity"]) == (None, None)
    bench.heartbeat()
    (row,) = page.get("/api/gateways").json()
    assert (row["machine"], row["models"]) == (None, None)


def test_pages_hear_of_changes_only(bench: Bench) -> None:
    """A heartbeat that says nothing new tells nobody anything."""
    bench.birth()
    bench.heartbeat(health(CAMERA, CameraState.ONLINE, bench.clock()))
    count = len(bench.told())
    assert {notice.topic for notice in bench.told()} == {"gateway", "camera"}
    for busy in (0.1, 0.2, 0.3):
        bench.clock.forward(seconds=5)
        bench.heartbeat(health(CAMERA, CameraState.ONLINE, bench.clock()), looks=LooksState(busy=busy))
    assert len(bench.told()) == count
    bench.heartbeat(looks=LooksState(late=1, lateness=2.0, busy=1.0))
    overloaded = LooksState(late=2, lateness=2.2, busy=1.0)
    bench.heartbeat(looks=overloaded)
    assert [notice.topic for notice in bench.told()[count:]] == ["gateway"]
    count = len(bench.told())
    bench.heartbeat(health(CAMERA, CameraState.LOST, bench.clock()), looks=overloaded)
    bench.will()
    states = [(notice.topic, notice.data.get("states")) for notice in bench.told()[count:]]
    assert states == [("camera", {CAMERA: "lost"}), ("gateway", None), ("camera", {CAMERA: "lost"})]


def test_another_gateways_status_is_not_believed(bench: Bench) -> None:
    """Birth and heartbeat must name the gateway whose topic they come on."""
    bench.birth()
    bench.will(session="s1")
    bench.post(Channel.STATUS, b'{"state":"offline","gateway":"gate-02","session":"s1"}')
    bench.post(Channel.STATUS, b"")
    assert bench.hub.intake.replies.dropped.counts() == {"refused": 1}


@pytest.mark.parametrize(
    ("camera", "picture", "shown"),
    [
        (CAMERA, JPEG, True),
        (CAMERA, JPEG + b"x" * MAX_SNAPSHOT, False),
        (CAMERA, b"<svg/>", False),
        (CAMERA, b"", False),
        ("unknown", JPEG, False),
    ],
)
def test_a_snapshot_is_a_small_jpeg_of_a_known_camera(bench: Bench, camera: str, picture: bytes, shown: bool) -> None:
    """Anything else is counted and dropped."""
    bench.birth()
    bench.post(Channel.SNAPSHOT, picture, camera=camera)
    answer = bench.client(Role.CLERK).get(f"/api/cameras/{GATEWAY}/{camera}/snapshot")
    assert (answer.status_code == 200) == shown
    if shown:
        assert (answer.content, answer.headers["content-type"]) == (JPEG, "image/jpeg")
        assert cameras(bench)[CAMERA]["last_snapshot_at"] == "2026-03-01T08:00:00Z"
    assert bool(bench.hub.intake.replies.dropped.counts()) != shown


def test_a_gateway_is_told_while_somebody_watches(bench: Bench) -> None:
    """Each time the page asks, but not more often than its word needs; nobody else's camera is told of."""
    bench.birth()
    bench.post(Channel.SNAPSHOT, JPEG, camera=CAMERA)
    page = bench.client(Role.CLERK)
    assert bench.out.watches == []
    for _ in range(4):
        assert page.get(f"/api/cameras/{GATEWAY}/{CAMERA}/snapshot").status_code == 200
        bench.clock.forward(seconds=3)
    assert [(gateway, told.camera, told.seconds) for gateway, told in bench.out.watches] == [(GATEWAY, CAMERA, 20)] * 2
    assert page.get(f"/api/cameras/{GATEWAY}/unknown/snapshot").status_code == 404
    assert len(bench.out.watches) == 2


@pytest.mark.parametrize("hours", [-6, 6])
def test_a_gateway_that_dies_is_gone_however_the_hubs_clock_is_set(bench: Bench, hours: int) -> None:
    """Silence is measured by a clock that nobody sets; one that is set makes nobody silent either."""
    router = bench.hub.intake.router
    bench.birth()
    for _ in range(3):
        bench.clock.forward(seconds=5)
        bench.heartbeat()
    bench.clock.set_by(hours=hours)
    router.mark_silent_gateways()
    assert online(bench)
    bench.clock.forward(seconds=16)
    router.mark_silent_gateways()
    assert not online(bench)


def test_a_camera_that_is_lost_is_shown_so_though_its_gateways_clock_was_set_back(bench: Bench) -> None:
    """Heartbeats and messages of the session that runs are believed, whatever time they name."""
    bench.birth()
    then = bench.clock()
    bench.heartbeat(health(CAMERA, CameraState.ONLINE, then))
    bench.heartbeat(health(CAMERA, CameraState.LOST, then - timedelta(hours=5)))
    assert cameras(bench)[CAMERA]["state"] == "lost"
    bench.heartbeat(health(CAMERA, CameraState.ONLINE, then))
    bench.send(health(CAMERA, CameraState.LOST, then - timedelta(hours=6), session="s1"))
    assert cameras(bench)[CAMERA]["state"] == "lost"


def test_what_waited_since_an_earlier_session_changes_only_the_history(bench: Bench) -> None:
    """A message that a gateway sends after its restart says what was, though its clock was ahead then."""
    bench.birth(session="s2")
    now = bench.clock()
    bench.heartbeat(health(CAMERA, CameraState.ONLINE, now), session="s2")
    bench.send(health(CAMERA, CameraState.LOST, now + timedelta(days=30), session="s1"))
    assert cameras(bench)[CAMERA]["state"] == "online"
    with bench.transaction() as work:
        assert [row.state for row in work.session.scalars(select(CameraChange))] == ["lost"]


def test_a_heartbeat_that_was_overtaken_is_not_believed(bench: Bench) -> None:
    """The count tells the order."""
    bench.birth()
    bench.heartbeat(health(CAMERA, CameraState.ONLINE, bench.clock()))
    bench.heartbeat(health(CAMERA, CameraState.LOST, bench.clock()))
    bench._heartbeats = 0
    bench.heartbeat(health(CAMERA, CameraState.ONLINE, bench.clock()))
    assert cameras(bench)[CAMERA]["state"] == "lost"


def test_clocks_that_come_apart_are_told_once(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """With the number of seconds, and again when they agree."""
    bench.birth()
    ahead = Clock()
    ahead.set_by(days=30)
    theirs, bench.clock = bench.clock, ahead
    for _ in range(3):
        bench.heartbeat()
    bench.clock = theirs
    bench.heartbeat()
    assert caplog.text.count("its clock is 2592000 s ahead of the hub's") == 1


def test_the_log_of_a_case_says_that_its_time_is_doubtful(bench: Bench) -> None:
    """Whoever reads the case must know before an hour is held against anybody."""
    bench.birth()
    bench.report(clock_doubt="the gateway's clock was set back by 60 s")
    with bench.transaction() as work:
        notes = [row.payload.get("text") for row in work.session.scalars(select(CaseLog))]
    assert notes[0] == "the time is doubtful: the gateway's clock was set back by 60 s"

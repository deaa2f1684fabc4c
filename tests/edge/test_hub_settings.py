"""Cameras' settings from the hub, at a real gateway: checked, applied to that one camera, kept, answered."""

import base64
import json
import os
import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import pytest
from tests.e2e.stand import wait_for
from tests.edge.extract.models import EXACT
from tests.edge.snap.clips import cut

from sharp_eyes.contract.command import ChangeSettings, ReportSettings
from sharp_eyes.contract.envelope import SettingsMessage, TrialMessage, parse_durable
from sharp_eyes.contract.status import SettingsReport
from sharp_eyes.contract.trial import PastAlarm, PastOutcome, TrialReport, TrySettings
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.gateway import Gateway
from sharp_eyes.edge.hub_settings import footage, trial
from sharp_eyes.edge.hub_settings.merging import shown
from sharp_eyes.edge.hub_settings.trial import TrialDesk
from sharp_eyes.edge.look_back.segments import whole_name
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.settings import CameraSettings, GatewaySettings, LookBackSettings

ROOT = Path(__file__).parents[2]
KERB = [{"id": "kerb", "polygon": [[0.1, 0.5], [0.9, 0.5], [0.9, 0.9], [0.1, 0.9]]}]
PARKING = {"scene": "illegal_parking", "dwell": 180, "zones": KERB}
PAVEMENT = [{"id": "pavement", "polygon": [[0.2, 0.35], [0.56, 0.35], [0.56, 0.95], [0.2, 0.95]]}]
WALKERS = {"scene": "perimeter_intrusion", "dwell": 1, "look_interval": 0.5, "zones": PAVEMENT}
RAGGED = {"id": "ragged", "polygon": [*([n / 400, 0.1 + n % 2 / 10] for n in range(200)), [0.5, 1], [0, 1]]}
MANY = [{**KERB[0], "id": f"kerb-{number}"} for number in range(201)]
PASSWORD = "the-cameras-own-password"


def settings(folder: Path, **more: Any) -> GatewaySettings:
    def camera(name: str) -> dict[str, Any]:
        source = {"kind": "file", "path": str(ROOT / "media/street.mp4"), "loop": True}
        return {"id": name, "area": "demo", "source": source, "scenes": [PARKING]}

    lost = {
        "id": "lost",
        "source": {"kind": "rtsp", "url": f"rtsp://user:{PASSWORD}@127.0.0.1:9/live?token=secret"},
        "privacy": {"original_key": "/etc/secret-place.pub"},
    }
    raw = {
        "gateway": "gw",
        "data": str(folder),
        "settings_from": "hub",
        "hub": {"url": "mqtt://127.0.0.1:9"},
        "model": EXACT,
        "cameras": [camera("yard"), camera("gate"), lost],
        **more,
    }
    return GatewaySettings.model_validate(raw)


class Running:
    """A gateway whose hub is away: what it answers is found in its outbox."""

    def __init__(self, made: GatewaySettings) -> None:
        self.gateway = Gateway(made)
        self.version = 0

    def reports(self) -> list[SettingsReport]:
        messages = [parse_durable(one.payload) for one in self.gateway._outbox.pending(500)]
        return [one.data for one in messages if isinstance(one, SettingsMessage)]

    def change(self, changed: dict[str, Any], camera: str = "yard", version: int | None = None) -> SettingsReport:
        """Change it as the hub does; returns the answer."""
        self.version = version or self.version + 1
        before = len(self.reports())
        command = ChangeSettings(
            camera=camera, version=self.version, settings=changed, made_by="admin", made_at=datetime.now(UTC)
        )
        self.gateway._command(command)
        wait_for("the answer", lambda: len(self.reports()) > before)
        answer = self.reports()[-1]
        assert (answer.camera, answer.answers) == (camera, self.version)
        return answer

    def looks(self, camera: str) -> int:
        return self.gateway._workers[camera].health().looks


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    made = Running(settings(tmp_path_factory.mktemp("gateway")))
    with made.gateway:
        yield made


def test_a_change_holds_for_one_camera_and_leaves_the_others_alone(running: Running) -> None:
    """The other's worker is the same and goes on looking; the changed one looks with its new scene."""
    workers = dict(running.gateway._workers)
    wait_for("both look", lambda: running.looks("yard") > 0 and running.looks("gate") > 0)
    before = running.looks("gate")
    answer = running.change(
        {"name": "East yard", "scenes": [{**PARKING, "dwell": 240}, {"scene": "smoke", "zones": KERB}]}
    )
    assert answer.refused == ""
    assert (answer.version, answer.takes_changes) == (1, True)
    assert answer.settings["name"] == "East yard"
    assert answer.settings["scenes"][0]["dwell"] == 240
    now = running.gateway._workers
    assert now["gate"] is workers["gate"]
    assert now["lost"] is workers["lost"]
    assert now["yard"] is not workers["yard"]
    assert [scene.name for scene in now["yard"].note.scenes] == ["ILLEGAL_PARKING", "SMOKE"]
    assert [note.name for note in running.gateway._publisher._birth.cameras] == ["East yard", "gate", "lost"]
    wait_for("both look again", lambda: running.looks("yard") > 0 and running.looks("gate") > before)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"scenes": [{**PARKING, "dwel": 240}]}, ["camera yard", "dwel", "unknown key"]),
        ({"scenes": [{**PARKING, "scene": "parking"}]}, ["camera yard", "parking"]),
        ({"scenes": [{**PARKING, "zones": []}]}, ["camera yard", "zones"]),
        (
            {"scenes": [{**PARKING, "zones": [RAGGED]}]},
            ["camera yard", "zones.0 (ragged).polygon", "may have 200 points"],
        ),
        ({"scenes": [{**PARKING, "zones": MANY}]}, ["camera yard", "201 zones", "may have 200"]),
        ({"tiles": 9}, ["camera yard", "tiles"]),
        ({"calibration": {"nonsense": 1}}, ["camera yard", "nonsense"]),
        ({"source": {"kind": "file", "path": "/etc/passwd"}}, ["source: not changed from the hub"]),
        ({"privacy": {}}, ["privacy: not changed from the hub"]),
        ({"id": "other"}, ["id: not changed from the hub"]),
    ],
)
def test_what_is_wrong_is_refused_with_words_and_changes_nothing(
    running: Running, changed: dict[str, Any], words: list[str]
) -> None:
    """The camera goes on as it was, undisturbed."""
    worker = running.gateway._workers["yard"]
    holds = running.gateway._desk._cameras["yard"]
    before = holds.version, holds.changed
    answer = running.change(changed)
    for word in words:
        assert word in answer.refused
    assert (answer.version, answer.changed) == before
    assert running.gateway._workers["yard"] is worker


def test_a_change_that_is_said_again_is_answered_again_and_an_old_one_refused(running: Running) -> None:
    """The hub may not have heard the answer."""
    running.change({"tiles": 2}, version=50)
    worker = running.gateway._workers["yard"]
    assert running.change({"tiles": 2}, version=50).refused == ""
    assert "version 50 holds already" in running.change({"tiles": 3}, version=49).refused
    assert running.gateway._workers["yard"] is worker
    assert "has no camera attic" in running.change({"tiles": 2}, camera="attic", version=1).refused
    running.version = 50


def test_reports_tell_no_secret(running: Running) -> None:
    """Neither the camera's login nor paths of the gateway's disk."""
    before = len(running.reports())
    running.gateway._command(ReportSettings())
    wait_for("reports of all cameras", lambda: len(running.reports()) >= before + 3)
    found = {report.camera: report for report in running.reports()[before:]}
    assert set(found) == {"yard", "gate", "lost"}
    assert found["lost"].settings["source"] == {"kind": "rtsp", "address": "rtsp://127.0.0.1:9"}
    text = json.dumps([report.model_dump(mode="json") for report in found.values()])
    for secret in (PASSWORD, "token", "secret-place", "street.mp4"):
        assert secret not in text


@pytest.mark.parametrize(
    ("login", "place"),
    [("", "192.0.2.7:554"), ("us er:p?w@", "192.0.2.7:554"), ("user:12/34@", "…"), ("user:a@b#c@", "…")],
)
def test_an_address_is_shown_without_whatever_login_it_has(login: str, place: str) -> None:
    """Also with one that would have to be escaped; what cannot be told apart is not shown at all."""
    source = {"kind": "rtsp", "url": f"rtsp://{login}192.0.2.7:554/user=admin&password=x"}
    camera = CameraSettings.model_validate({"id": "x", "source": source})
    assert shown(camera, LookBackSettings())["source"] == {"kind": "rtsp", "address": f"rtsp://{place}"}


def test_what_was_taken_holds_over_a_restart_and_can_be_given_back(tmp_path: Path) -> None:
    """The last good settings hold, whatever was refused since; then the file's hold again."""
    first = Running(settings(tmp_path))
    with first.gateway:
        assert first.change({"tiles": 2}).refused == ""
        assert first.change({"tiles": 9}).refused != ""
    (kept,) = (tmp_path / "settings").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    second = Running(settings(tmp_path))
    assert second.gateway._workers["yard"].camera.tiles == 2
    with second.gateway:
        answer = second.change({}, version=3)
    assert (answer.refused, answer.version, answer.changed) == ("", 3, {})
    third = Gateway(settings(tmp_path))
    assert third._workers["yard"].camera.tiles == 1
    with third:
        pass


def test_the_file_alone_holds_where_it_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Changes are refused with what to do; what the hub had set before does not hold, and what fits no more neither."""
    first = Running(settings(tmp_path))
    with first.gateway:
        first.change({"tiles": 2})
    second = Running(settings(tmp_path, settings_from="file"))
    assert second.gateway._workers["yard"].camera.tiles == 1
    with second.gateway:
        answer = second.change({"tiles": 3}, version=9)
    assert "settings_from: hub" in answer.refused
    assert (answer.version, answer.takes_changes) == (0, False)
    (kept,) = (tmp_path / "settings").iterdir()
    kept.write_text(kept.read_text().replace('"tiles"', '"tils"'))
    third = Gateway(settings(tmp_path))
    assert third._workers["yard"].camera.tiles == 1
    assert "cannot be used any more, and the file's hold" in caplog.text
    with third:
        pass


def tried(
    running: Running,
    changed: dict[str, Any],
    camera: str = "yard",
    minutes: float = 10,
    past: tuple[PastAlarm, ...] = (),
) -> TrialReport:
    """Ask it as the hub does; returns the answer."""
    command = TrySettings(trial_id=uuid4(), camera=camera, settings=changed, minutes=minutes, past=past)
    running.gateway._command(command)

    def answer() -> TrialReport | None:
        messages = [parse_durable(one.payload) for one in running.gateway._outbox.pending(500)]
        said = [one.data for one in messages if isinstance(one, TrialMessage)]
        return next((one for one in said if one.trial_id == command.trial_id), None)

    return wait_for("the trial's answer", answer)


def test_changed_settings_are_tried_on_what_there_is(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a recording: what would have opened, with pictures; of a camera on the network there is nothing."""
    monkeypatch.setattr(footage, "LONGEST_RECORDING", 6.0)
    scene = WALKERS
    before = running.gateway._desk.cameras
    told = {"event_id": uuid4(), "score": 0.8, "started_at": datetime.now(UTC)}
    walked = PastAlarm(scene="perimeter_intrusion", object_class="person", box=(0.3, 0.4, 0.4, 0.8), seconds=5, **told)
    parked = PastAlarm(
        scene="illegal_parking",
        object_class="car",
        box=(0.3, 0.6, 0.5, 0.8),
        seconds=200,
        **told | {"event_id": uuid4()},
    )
    found = tried(running, {"scenes": [scene]}, "gate", past=(parked,))
    assert (found.state, found.count, found.camera) == ("done", 1, "gate"), found
    assert found.past == PastOutcome(quiet=(parked.event_id,)), "as gate holds it would have been raised"
    assert [(one.scene, one.zone) for one in found.alarms] == [("perimeter_intrusion", "pavement")]
    assert base64.b64decode(found.alarms[0].picture).startswith(b"\xff\xd8\xff")
    assert 0 < found.alarms[0].second <= found.seconds <= 6.2
    assert running.gateway._desk.cameras == before, "nothing holds that was only tried"
    refused = tried(running, {"scenes": [scene | {"dwel": 1}]})
    assert (refused.state, "dwel: unknown key" in refused.reason) == ("refused", True)
    nothing = tried(running, {"scenes": [scene]}, "lost", past=(walked, parked))
    assert (nothing.state, "keeps no video" in nothing.reason) == ("nothing", True)
    assert nothing.past == PastOutcome(raised=(walked.event_id,), untried=(parked.event_id,))


def test_changed_settings_are_tried_on_kept_video(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a camera on the network, over a gap, as far back as was asked; its time is said, and patience ends it."""
    folder, now = tmp_path / "look-back" / "lost", time.time()
    folder.mkdir(parents=True)
    clip = tmp_path / "clip.mp4"
    cut(ROOT / "media/street.mp4", clip, 6)
    starts = (now - 300, now - 40)
    for number, start in enumerate(starts):
        (folder / whole_name(number, start, start + 6)).write_bytes(clip.read_bytes())
    (folder / whole_name(7, now - 20, now - 18)).write_bytes(b"damaged")
    made = settings(tmp_path, look_back={"minutes": 30, "reserve_bytes": 0})
    running = Running(made.model_copy(update={"cameras": made.cameras[2:]}))
    with running.gateway:
        found = tried(running, {"scenes": [WALKERS]}, "lost")
        assert (found.state, found.count) == ("done", 1), found  # what stands on both sides of a gap is one event
        assert found.begins_at is not None
        assert found.begins_at.timestamp() == pytest.approx(starts[0], abs=0.2)
        assert found.seconds == pytest.approx(266, abs=1.5)
        assert found.alarms[0].second < 7
        later = tried(running, {"scenes": [WALKERS]}, "lost", minutes=4)  # a busy machine takes its time
        assert (later.count, round(later.seconds)) == (1, 6)
        assert later.begins_at is not None
        assert later.begins_at.timestamp() == pytest.approx(starts[1], abs=0.2)
        monkeypatch.setattr(trial, "PATIENCE", 0.0)
        assert tried(running, {"scenes": [WALKERS]}, "lost").seconds < 1
        native = running.gateway._trials._thread.native_id
        assert native is not None
        assert os.getpriority(os.PRIO_PROCESS, native) == trial.NICENESS


def test_a_flood_of_trials_is_refused_where_too_many_wait(tmp_path: Path) -> None:
    """Each is answered: those beyond at once, with words."""
    outbox, none = Outbox(tmp_path, 2**20), cast("Detectors", None)  # of a camera that is not there nothing is detected
    desk = TrialDesk("gw", none, outbox, *[lambda _: None] * 4)
    asked = [TrySettings(trial_id=uuid4(), camera="yard", settings={}, minutes=1) for _ in range(40)]
    for command in asked:
        desk.take(command)
    said = [parse_durable(one.payload).data for one in outbox.pending(500)]
    refused = [one.trial_id for one in said if isinstance(one, TrialReport) and "trials wait" in one.reason]
    assert refused == [command.trial_id for command in asked[trial.MOST_WAITING :]]
    desk.start()
    wait_for("the others' answers", lambda: len(outbox.pending(500)) == len(asked))
    desk.stop()
    outbox.close()

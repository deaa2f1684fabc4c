"""The demo's parts: its place beside other demos, its crew, and the tower's recording with one fall a round."""

import json
import subprocess
import sys
from pathlib import Path

import av
import pytest
import yaml
from sqlalchemy import delete, select
from tests.browser.pretend_gateway import PretendGateway
from tests.e2e.stand import wait_for
from tests.ports import free_port

from sharp_eyes.client import Client
from sharp_eyes.contract.event import Phase, SceneName
from sharp_eyes.contract.status import CameraNote
from sharp_eyes.hub.demo import crew as crew_module
from sharp_eyes.hub.demo.crew import Crew
from sharp_eyes.hub.demo.footage import find_footage, with_one_fall_a_round
from sharp_eyes.hub.demo.one_fall import quiet_spans
from sharp_eyes.hub.demo.places import Place
from sharp_eyes.hub.demo.prepare import GATEWAY, VIEWER, prepare
from sharp_eyes.hub.demo.processes import ChildProcess, wait_until_up
from sharp_eyes.hub.errors import HubError
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.settings import load_settings
from sharp_eyes.hub.store.tables import Account


def test_demos_beside_each_other_take_what_is_free(tmp_path: Path) -> None:
    """Also while none of them listens yet; what was asked for by name is taken or refused, never exchanged."""
    start = free_port()
    with Place() as first:
        assert first.take_folder(None, tmp_path / "demo") == tmp_path / "demo"
        port = first.take_port(None, start, "--port")
        with Place() as second:
            assert second.take_folder(None, tmp_path / "demo") == tmp_path / "demo-2"
            assert second.take_port(None, start, "--port") > port
        with pytest.raises(HubError, match=rf"port {port} is in use .* with --port"):
            Place().take_port(port, start, "--port")
        with pytest.raises(HubError, match=r"another demo is at work .* --data"):
            Place().take_folder(tmp_path / "demo", tmp_path / "other")
    with Place() as third:
        assert third.take_folder(None, tmp_path / "demo") == tmp_path / "demo"
        assert third.take_port(None, port, "--port") == port


@pytest.mark.slow
def test_the_crew_brings_every_case_of_every_scene_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty cases of all ten scenes, more than a page of the list holds: none stays open but what was whistled."""
    for name in ("FILE_AFTER", "DISPATCH_AFTER", "ACCEPT_AFTER", "CHECK_AFTER", "CLOSE_AFTER"):
        monkeypatch.setattr(crew_module, name, 0.0)
    monkeypatch.setattr(crew_module, "LONGEST_LOOK", 0.5)
    monkeypatch.setattr(crew_module, "PAGE", 7)
    monkeypatch.setattr(crew_module, "NEGLECTED", {})
    broker_port = free_port()
    demo = prepare(tmp_path, free_port(), broker_port)
    said: list[str] = []
    with ChildProcess("sharp_eyes.hub", ["serve", "--config", str(demo.hub_file)], tmp_path / "hub.log") as hub:
        wait_until_up(demo.url, hub)
        password = (tmp_path / "gateway.password").read_text(encoding="utf-8").strip()
        camera = CameraNote(camera="c", name="c", area="demo/first-street/east", scenes=tuple(SceneName))
        gateway = PretendGateway(GATEWAY, password, broker_port, (camera,))
        gateway.connect()
        try:
            for _ in range(2):
                for scene in SceneName:
                    event = gateway.event("c", scene)
                    gateway.send(event)
                    gateway.send(
                        event.model_copy(update={"sequence": 1, "phase": Phase.CLOSED, "ended_at": event.observed_at})
                    )
            with Client(demo.url) as worker:
                worker.sign_in("demo-grid-east", demo.credentials.others["demo-grid-east"])
                worker.move(worker.report("grid_worker", "road_hole", area=camera.area).case, "whistle")
            crew = Crew(demo.url, (VIEWER, demo.credentials.viewer), demo.crew, said.append)
            crew.start()
            wait_for("twenty closed cases", lambda: sum(line.endswith(": closed") for line in said) == 20, 300)
            crew.stop()
        finally:
            gateway.close()
    assert {line.split("(")[1].split(",")[0] for line in said if line.endswith(": closed")} == set(SceneName)
    assert [line.rpartition(": ")[2] for line in said if "road_hole" in line] == ["reported"]


def test_a_folder_of_an_earlier_version_gets_the_crews_new_roles(tmp_path: Path) -> None:
    """The passwords of those who were there stay, and the one that is typed is guarded against guessing."""
    before = prepare(tmp_path, free_port(), free_port()).credentials
    assert prepare(tmp_path, free_port(), free_port()).credentials == before
    kept = tmp_path / "credentials.json"
    hub = Hub(load_settings(tmp_path / "hub.yaml"))
    with hub.transaction() as work:
        dear = select(Account.username).where(Account.password_hash.like("$argon2id$v=19$m=65536,t=3,%"))
        assert list(work.session.scalars(dear)) == [VIEWER]
        work.session.execute(delete(Account).where(Account.username.like("demo-%")))
    hub.stop()
    old = {key: value for key, value in json.loads(kept.read_text(encoding="utf-8")).items() if key != "staff"}
    kept.write_text(json.dumps(old), encoding="utf-8")
    demo = prepare(tmp_path, free_port(), free_port())
    assert (demo.credentials.viewer, demo.credentials.crews) == (before.viewer, before.crews)
    assert demo.crew.staff.keys() == {"clerk", "dispatcher", "checker", "shift_lead"}


def test_the_tower_drops_one_thing_a_round(tmp_path: Path) -> None:
    """The scene itself, on the recording as the demo plays it, sees one fall in a minute; the suite's has four."""
    clips = with_one_fall_a_round(find_footage(), tmp_path).clips
    clip = next(one for one in clips if any(s["scene"] == "falling_object" for s in one["camera"]["scenes"]))
    with av.open(str(clip["clip"])) as made:
        assert 55 <= (made.duration or 0) / 1e6 <= 75
    config = tmp_path / "gateway.yaml"
    camera = clip["camera"] | {"source": {"kind": "file", "path": str(clip["clip"])}}
    config.write_text(yaml.safe_dump({"gateway": "g", "cameras": [camera]}), encoding="utf-8")
    out = tmp_path / "out"
    command = [sys.executable, "-m", "sharp_eyes.edge", "replay", str(clip["clip"]), "--config", str(config)]
    command += ["--camera", clip["camera"]["id"], "--no-video", "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    lines = [json.loads(line) for line in (out / "events.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line.get("phase", line.get("data", {}).get("phase")) for line in lines].count("opened") == 1


def test_the_quiet_parts_leave_every_later_fall_out() -> None:
    """Whatever the falls, only the first one is within a span."""
    falls = [(9.0, 11.0), (20.0, 22.0), (31.0, 33.0)]
    spans = quiet_spans(falls, 52.0)
    assert spans[0][0] == 0.0
    assert sum(stop - start for start, stop in spans) >= 60
    assert all(stop <= first or start >= last for start, stop in spans for first, last in falls[1:])
    assert sum(start <= 9.0 < stop for start, stop in spans) == 1

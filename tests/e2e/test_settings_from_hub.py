"""A camera's settings changed at a running hub: real broker, real gateway process, command line and interface."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from tests.e2e.killable import ROOT, Killable
from tests.e2e.stand import Stand, wait_for
from tests.edge.extract.models import EXACT
from tests.loaded import run

AREA = "demo/first-street/east"
KERB = [{"id": "kerb", "polygon": [[0.1, 0.5], [0.9, 0.5], [0.9, 0.9], [0.1, 0.9]]}]
GATEWAY = "gate-01"


class Site:
    """A hub, and a gateway with two cameras that takes settings from it."""

    def __init__(self, folder: Path) -> None:
        self.stand = Stand(folder)
        self.stand.add_user("admin", "administrator")
        password = self.stand.add_gateway(GATEWAY, AREA)
        self.stand.hub.start()
        self.stand.hub.wait_until_healthy()
        self.client = self.stand.client("admin")
        source = {"kind": "file", "path": str(ROOT / "media/street.mp4"), "loop": True}
        scenes = [{"scene": "illegal_parking", "dwell": 180, "zones": KERB}]
        self.config = folder / "gateway.yaml"
        settings = {
            "gateway": GATEWAY,
            "data": str(folder / "gateway"),
            "settings_from": "hub",
            "hub": {
                "url": f"mqtt://127.0.0.1:{self.stand.broker_port}",
                "password_file": str(password),
                "heartbeat": 1,
            },
            "model": EXACT,
            "cameras": [{"id": name, "source": source, "scenes": scenes} for name in ("yard", "gate")],
        }
        self.config.write_text(yaml.safe_dump(settings), encoding="utf-8")
        command = [sys.executable, "-m", "sharp_eyes.edge", "run", str(self.config)]
        self.stand.gateway = self.gateway = Killable(command, folder / "gateway.log")
        self.gateway.start()
        wait_for("the report", lambda: self.view("yard").status_code == 200)

    def view(self, camera: str) -> httpx.Response:
        return self.client.get(f"/api/cameras/{GATEWAY}/{camera}/settings")

    def newest(self, camera: str) -> dict[str, Any]:
        change: dict[str, Any] = self.view(camera).json()["changes"][0]
        return change

    def looks(self, camera: str) -> int:
        rows = {row["camera"]: row for row in self.client.get("/api/cameras").json()}
        return int(rows[camera]["looks"])

    def command(self, *words: str, code: int = 0) -> str:
        done = run(self.stand.hub.hub_command("camera", *words))
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("site"))
    yield made
    made.stand.close()


def test_a_change_at_the_command_line_holds_at_one_camera(site: Site) -> None:
    """Within the command's patience; the other camera goes on looking, its count does not begin anew."""
    wait_for("both look", lambda: site.looks("yard") > 0 and site.looks("gate") > 0)
    before = site.looks("gate")
    said = site.command("set", GATEWAY, "yard", "scenes.0.dwell=240", "name=East yard", "--wait", "120")
    assert "version 1 (scenes, name)" in said
    assert "applied" in said
    shown = yaml.safe_load(site.command("settings", GATEWAY, "yard"))
    assert (shown["scenes"][0]["dwell"], shown["name"]) == (240, "East yard")
    wait_for("its new name", lambda: any(one["name"] == "East yard" for one in site.client.get("/api/cameras").json()))
    wait_for("both look on", lambda: site.looks("gate") > before and site.looks("yard") > 0)
    assert site.view("gate").json()["settings"]["scenes"][0]["dwell"] == 180


def test_what_the_gateway_refuses_is_said_where_it_was_asked(site: Site) -> None:
    """At the command line with its exit code, and through the interface."""
    said = site.command("set", GATEWAY, "gate", "scenes.0.dwel=240", "--wait", "120", code=1)
    assert "refused" in said
    assert "dwel: unknown key" in said
    seen = site.view("gate").json()
    body = {"settings": {"scenes": [{"scene": "parking"}]}, "base_version": seen["newest_version"]}
    assert site.client.put(f"/api/cameras/{GATEWAY}/gate/settings", json=body).status_code == 202
    wait_for("the answer", lambda: site.newest("gate")["state"] == "refused")
    assert "camera gate" in site.newest("gate")["reason"]
    assert site.view("gate").json()["changed"] == {}
    assert "no such place" in site.command("set", GATEWAY, "gate", "scenes.7.dwell=240", code=1)


def test_a_change_waits_for_a_gateway_that_is_away_and_holds_over_its_restart(site: Site) -> None:
    """Killed, not stopped; the trail names who changed what."""
    site.gateway.kill()
    wait_for("gone", lambda: not site.client.get("/api/gateways").json()[0]["online"], 60)
    said = site.command("set", GATEWAY, "gate", "tiles=2", "--wait", "1")
    assert "waits for gateway" in said
    site.gateway.start()
    wait_for("taken", lambda: site.newest("gate")["state"] == "applied", 60)
    version = site.view("gate").json()["version"]
    site.gateway.kill()
    site.gateway.start()
    wait_for("a report of the new session", lambda: "gate: tiles as the hub has set it" in site.gateway.tail(200), 60)
    assert site.view("gate").json()["version"] == version
    trail = site.client.get("/api/audit", params={"action": "camera_settings_changed"}).json()["items"]
    assert trail[0]["subject"] == f"{GATEWAY}/gate"
    assert trail[0]["actor"].startswith("command line (")
    assert trail[0]["detail"]["settings"] == {"tiles": 2}


def test_a_threshold_is_rolled_out_refused_and_taken_back(site: Site) -> None:
    """By the interface, over the contract, to one scene of one camera; who and why stand beside each version."""
    path = f"/api/cameras/{GATEWAY}/gate/thresholds"
    before = site.view("gate").json()
    body = {"scene": "illegal_parking", "key": "dwell", "why": "they only let people out"}
    wanted = body | {"value": 200, "base_version": before["newest_version"]}
    made = site.client.put(path, json=wanted)
    assert made.status_code == 202, made.text
    version = made.json()["version"]
    wait_for("the answer", lambda: site.newest("gate")["state"] == "applied")
    assert site.view("gate").json()["settings"]["scenes"][0]["dwell"] == 200
    assert (site.newest("gate")["made_by"], site.newest("gate")["why"]) == ("admin", body["why"])
    wrong = body | {"value": -1, "base_version": version}
    assert site.client.put(path, json=wrong).status_code == 202
    wait_for("the refusal", lambda: site.newest("gate")["state"] == "refused")
    assert "dwell" in site.newest("gate")["reason"]
    assert site.view("gate").json()["settings"]["scenes"][0]["dwell"] == 200
    back = {"version": 0, "why": "it lost true ones", "base_version": version + 1}
    assert site.client.post(f"/api/cameras/{GATEWAY}/gate/settings/revert", json=back).status_code == 202
    wait_for("the way back", lambda: site.newest("gate")["state"] == "applied")
    assert site.view("gate").json()["settings"]["scenes"][0]["dwell"] == 180
    assert site.newest("gate")["why"] == "back to version 0: it lost true ones"

"""The walk through the whole house with real processes: from a clip to a closed case."""

import getpass
import io
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import httpx
import numpy as np
import pytest
from tests.e2e.killable import ROOT
from tests.e2e.stand import Stand, wait_for
from tests.hub.databases import cluster
from tests.monitoring import missing, scrape
from tests.ports import free_port

CLIP, TRUTH = ROOT / "media/street.mp4", ROOT / "media/street.json"
AREA = "demo/first-street/east"


def street_camera() -> dict[str, Any]:
    """The bundled clip as a live camera, with the zone of its ground truth."""
    polygon = json.loads(TRUTH.read_text(encoding="utf-8"))["zones"]["no_parking"]["polygon"]
    parking = {
        "scene": "illegal_parking",
        "dwell": 6,
        "grace": 4,
        "clear_after": 2,
        "zones": [{"id": "no-parking", "polygon": polygon}],
    }
    source = {"kind": "file", "path": str(CLIP), "loop": True}
    return {"id": "street", "name": "East 1", "area": AREA, "source": source, "scenes": [parking]}


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    made = Stand(tmp_path, metrics={"port": free_port()})
    yield made
    made.close()


def only_case(client: httpx.Client, **wanted: str) -> dict[str, Any] | None:
    """The first case that is as wanted."""
    items: list[dict[str, Any]] = client.get("/api/cases").json()["items"]
    fitting = [item for item in items if all(item[key] == value for key, value in wanted.items())]
    return fitting[-1] if fitting else None


def people_and_gateway(stand: Stand) -> Path:
    """Who takes part; returns the gateway's password file."""
    stand.add_user("lead", "shift_lead")
    stand.add_user("squad", "handler", "--unit", "traffic-police", "--area", AREA)
    return stand.add_gateway("gw-walk", AREA)


def walk(stand: Stand, password: Path) -> None:
    """Everything from the clip to the closed case, and what each station must have left behind."""
    stand.hub.start()
    stand.hub.wait_until_healthy()
    figures = {"port": free_port()}
    stand.gateway_settings["metrics"] = figures
    gateway = stand.start_gateway("gw-walk", password, [street_camera()])
    lead, squad = stand.client("lead"), stand.client("squad")

    camera = wait_for(
        "the camera to be online",
        lambda: next((item for item in lead.get("/api/cameras").json() if item["state"] == "online"), None),
        60,
    )
    assert (camera["camera"], camera["area"]) == ("street", AREA)

    case = wait_for("the badly parked car to be dispatched", lambda: only_case(lead, state="dispatched"), 90)
    assert case["scene"] == "illegal_parking"
    assert case["unit"] == "traffic-police"
    assert case["main_measure"]["value"] >= 6

    wait_for("full picture, crop and clip", lambda: kinds(lead, case) >= {"full", "crop", "clip"}, 40)
    check_evidence(lead, case)

    assert squad.post(f"/api/cases/{case['id']}/moves/accept", json={}).is_success
    wait_for(
        "the car to leave",
        lambda: squad.get(f"/api/cases/{case['id']}").json()["event_phase"] == "closed",
        90,
    )
    photo = squad.get("/api/cameras/gw-walk/street/snapshot")
    assert photo.is_success
    uploaded = squad.post(f"/api/cases/{case['id']}/photos", files={"file": ("place.jpg", photo.content, "image/jpeg")})
    assert uploaded.is_success, uploaded.text
    handled = squad.post(
        f"/api/cases/{case['id']}/moves/handle", json={"note": "moved on", "photo_ids": [uploaded.json()["id"]]}
    )
    assert handled.is_success, handled.text

    closed = wait_for("the case to close by itself", lambda: only_case(lead, id=case["id"], state="closed"), 40)
    detail = lead.get(f"/api/cases/{closed['id']}").json()
    assert detail["look_again"]["outcome"] == "gone"
    assert detail["look_again"]["draft"] == "pass"
    assert detail["look_again"]["before_id"]
    check_figures(stand, f"http://127.0.0.1:{figures['port']}")
    wait_for("the picture after", lambda: "after" in kinds(lead, case), 20)
    wanted = ["filed", "dispatched", "accepted", "handled", "looked_again", "passed", "closed"]
    assert [entry["what"] for entry in detail["log"] if entry["what"] in wanted] == wanted
    gateway.stop()
    assert gateway.status == 0, gateway.tail()
    wait_for(
        "the hub to see the gateway leave",
        lambda: not lead.get("/api/gateways").json()[0]["online"],
        15,
    )


def kinds(client: httpx.Client, case: dict[str, Any]) -> set[str]:
    """Kinds of evidence that have arrived."""
    return {item["kind"] for item in client.get(f"/api/cases/{case['id']}").json()["evidence"]}


def check_figures(stand: Stand, gateway: str) -> None:
    """What dashboards and alert rules ask for is what a hub and a gateway say, once they have seen a case through."""
    said = scrape(gateway)
    looks = httpx.get(f"{gateway}/health", timeout=60).json()
    assert {part["name"] for part in looks["parts"] if part["state"] == "failed"} == set(), looks
    if stand.hub.figures is None:
        return  # one hub says it for both
    assert missing(said | scrape(stand.hub.figures)) == []
    counted = httpx.get(f"{stand.hub.figures}/metrics", timeout=60).text
    assert 'sharp_eyes_hub_intake_messages_total{kind="scene"}' in counted
    assert 'responses_total{method="POST",route="/api/cases/{case_id}/moves/{move}",status="2xx"} 2.0' in counted
    assert 'sharp_eyes_hub_health{part="database",state="ok"} 1.0' in counted
    assert " password" not in counted


def check_evidence(client: httpx.Client, case: dict[str, Any]) -> None:
    """Pictures decode, the clip plays and covers the moment, and the crop shows part of the full picture."""
    evidence = client.get(f"/api/cases/{case['id']}").json()["evidence"]
    content = {item["kind"]: client.get(item["url"]).content for item in evidence}
    full = cv2.imdecode(np.frombuffer(content["full"], np.uint8), cv2.IMREAD_COLOR)
    crop = cv2.imdecode(np.frombuffer(content["crop"], np.uint8), cv2.IMREAD_COLOR)
    assert full is not None
    assert crop is not None
    assert full.shape == (720, 1280, 3)
    assert crop.shape[1] < full.shape[1]
    with av.open(io.BytesIO(content["clip"]), "r") as container:
        stamps = [frame.time for frame in container.decode(video=0)]
    assert stamps[-1] - stamps[0] >= 5


@pytest.mark.slow
def test_from_the_clip_to_the_closed_case(stand: Stand) -> None:
    """Noticed, filed, dispatched, accepted, handled with a photo, looked at again, closed: all by real processes."""
    walk(stand, people_and_gateway(stand))


@pytest.mark.slow
def test_the_same_with_mosquitto_and_postgresql(tmp_path: Path) -> None:
    """Another broker and another database by settings alone, with the files that the hub writes for Mosquitto."""
    program = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("Mosquitto is missing; install it with scripts/install-system-parts.sh")
    files = tmp_path / "mosquitto"
    port = free_port()
    broker = {"kind": "external", "url": f"mqtt://127.0.0.1:{port}", "password_file": str(files / "hub.password")}
    with cluster() as postgresql:
        postgresql.run("CREATE DATABASE walk")
        stand = Stand(tmp_path, port, database=postgresql.url("walk"), broker=broker)
        password = people_and_gateway(stand)
        stand.hub.run("broker-files", str(files), "--port", str(port))
        # As root Mosquitto would change to an account of its own, which cannot read these files.
        settings = files / "mosquitto.conf"
        own = f"user {getpass.getuser()}\npersistence_location {files}/\n"
        settings.write_text(settings.read_text(encoding="utf-8") + own, encoding="utf-8")
        mosquitto = subprocess.Popen([program, "-c", str(settings)])
        try:
            walk(stand, password)
        finally:
            stand.close()
            mosquitto.terminate()
            mosquitto.wait(10)

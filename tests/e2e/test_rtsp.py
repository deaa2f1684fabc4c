"""A camera on the network goes away and comes back; the hub shows it, and neither opens nor closes anything by it."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.e2e.killable import ROOT
from tests.e2e.stand import Stand, wait_for
from tests.edge.snap.clips import RtspCamera, make_clip
from tests.ports import free_port

AREA = "demo/first-street/east"
EVERYWHERE = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]


def camera_at(url: str) -> dict[str, Any]:
    """A network camera with a scene."""
    parking = {"scene": "illegal_parking", "zones": [{"id": "all", "polygon": EVERYWHERE}]}
    source = {"kind": "rtsp", "url": url, "timeout": 3}
    return {"id": "gate", "area": AREA, "source": source, "scenes": [parking]}


def shown(client: httpx.Client) -> dict[str, Any]:
    """The camera as the hub shows it; empty before it is known."""
    cameras: list[dict[str, Any]] = client.get("/api/cameras").json()
    return cameras[0] if cameras else {}


@pytest.mark.slow
def test_a_camera_that_is_unplugged_and_plugged_in_again_comes_back_by_itself(tmp_path: Path) -> None:
    """Online, lost with the reason and without the password, online again, with fresh snapshots each time."""
    clip = ROOT / "media/street.mp4"
    if not clip.is_file():
        clip = make_clip(tmp_path / "clip.mp4", seconds=20)
    stand = Stand(tmp_path)
    stand.add_user("lead", "shift_lead")
    password = stand.add_gateway("gw-rtsp", AREA)
    port = free_port()
    camera = RtspCamera(clip, port)
    try:
        stand.hub.start()
        stand.hub.wait_until_healthy()
        address = camera.url.replace("rtsp://", "rtsp://viewer:topsecret@")
        stand.start_gateway("gw-rtsp", password, [camera_at(address)])
        lead = stand.client("lead")
        wait_for("the camera to be online", lambda: shown(lead).get("state") == "online", 60)
        wait_for("looks at its picture", lambda: shown(lead)["looks"] >= 3, 40)
        first = wait_for("a snapshot", lambda: shown(lead)["last_snapshot_at"], 20)

        camera.stop()
        lost = wait_for("the loss to be seen", lambda: shown(lead) if shown(lead)["state"] == "lost" else None, 40)
        assert "next try" in lost["detail"]
        assert "topsecret" not in lost["detail"]
        assert lost["gateway_online"]

        camera = RtspCamera(clip, port)
        wait_for("the camera to be back", lambda: shown(lead)["state"] == "online", 90)
        wait_for("a fresh snapshot", lambda: shown(lead)["last_snapshot_at"] > first, 30)
        assert stand.gateway is not None
        assert stand.gateway.is_running
        assert "topsecret" not in stand.gateway.tail(1000)
    finally:
        camera.stop()
        stand.close()

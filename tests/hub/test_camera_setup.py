"""Cameras found, added and removed at their gateway: asked by administrators, answered, written down; no login kept."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import inspect, text
from tests.hub.bench import EAST, GATEWAY, Bench
from tests.hub.everybody import NORTH
from tests.hub.test_camera_settings import birth, report

from sharp_eyes.contract.camera_setup import AddCamera, FoundCamera, RemoveCamera, SetupReport
from sharp_eyes.hub.intake.camera_settings import is_anything_waiting
from sharp_eyes.hub.lifecycle.roles import Role

PATH = f"/api/gateways/{GATEWAY}"
KEY = "A" * 43 + "="
SEALED = {"key": KEY, "sender": KEY, "nonce": "B" * 32, "box": "c2VhbGVkLWFuZC1zZWNyZXQ="}
BODY = {"camera": "gate-1", "name": "东门", "area": EAST, "place": "http://10.0.0.7", "login": SEALED, "why": "新装"}


def answer(bench: Bench, request: Any, **fields: Any) -> None:
    bench.send(SetupReport(request_id=request, reported_at=bench.clock(), **fields))


def asked(page: TestClient, request: str) -> dict[str, Any]:
    said: dict[str, Any] = page.get(f"{PATH}/camera-setups/{request}").json()
    return said


def trail(page: TestClient) -> list[tuple[str, str, str]]:
    rows = page.get("/api/audit").json()["items"]
    return [(row["action"], row["subject"], row["actor"]) for row in reversed(rows) if "camera" in row["action"]]


def test_an_administrator_adds_and_removes_a_camera(bench: Bench) -> None:
    """Who, what and why is in the trail and among the camera's versions; what is sealed is in no table."""
    admin = bench.client(Role.ADMINISTRATOR, name="admin")
    birth(bench)
    search = admin.post(f"{PATH}/camera-searches").json()
    assert asked(admin, search["request_id"]) == search | {"state": "waiting", "report": None}
    found = FoundCamera(address="http://10.0.0.7/onvif", name="east")
    answer(bench, search["request_id"], state="done", key=KEY, found=(found,))
    assert asked(admin, search["request_id"])["report"]["found"][0]["address"] == "http://10.0.0.7/onvif"
    refused = admin.post(f"{PATH}/cameras", json=BODY).json()["request_id"]
    answer(bench, refused, state="refused", problem="login", reason="refuses the password")
    assert asked(admin, refused)["report"]["problem"] == "login"
    added = admin.post(f"{PATH}/cameras", json=BODY).json()["request_id"]
    _, command = bench.out.setups[-1]
    assert isinstance(command, AddCamera)
    assert (command.camera, command.version, command.made_by) == ("gate-1", 2, "admin")
    assert command.login.box == SEALED["box"]
    with bench.transaction() as work:
        assert not is_anything_waiting(work), "the command itself is all that is sent to this session"
    birth(bench, camera="gate-1")
    report(bench, 2, camera="gate-1", answers=2)
    answer(bench, added, state="done")
    view = admin.get(f"/api/cameras/{GATEWAY}/gate-1/settings").json()
    seen = [(one["version"], one["state"], one["made_by"], one["why"], one["reason"]) for one in view["changes"]]
    assert seen == [(2, "applied", "admin", "新装", ""), (1, "refused", "admin", "新装", "refuses the password")]
    removed = admin.delete(f"{PATH}/cameras/gate-1", params={"why": "拆除"}).json()["request_id"]
    assert isinstance(bench.out.setups[-1][1], RemoveCamera)
    answer(bench, removed, state="done")
    camera, gateway = f"{GATEWAY}/gate-1", f"gateway {GATEWAY}"
    assert trail(admin) == [
        ("cameras_searched", GATEWAY, "admin"),
        ("camera_adding_asked", camera, "admin"),
        ("camera_setup_refused", camera, gateway),
        ("camera_adding_asked", camera, "admin"),
        ("camera_settings_applied", camera, gateway),
        ("camera_added", camera, gateway),
        ("camera_removal_asked", camera, "admin"),
        ("camera_removed", camera, gateway),
    ]
    with bench.transaction() as work:
        tables = inspect(work.session.connection()).get_table_names()
        rows = [str(row) for table in tables for row in work.session.execute(text(f'select * from "{table}"'))]
    assert any("新装" in row for row in rows)
    assert not any(SEALED["box"] in row for row in rows)


def test_who_may_add_cameras_and_where(bench: Bench) -> None:
    """Administrators of the gateway's area, while it is there, into its area, by an address without a login."""
    admin = bench.client(Role.ADMINISTRATOR, name="admin")
    assert admin.post(f"{PATH}/camera-searches").json()["error"]["code"] == "gateway_away"
    birth(bench)
    request = admin.post(f"{PATH}/camera-searches").json()["request_id"]
    lead, other = bench.client(Role.SHIFT_LEAD), bench.client(Role.ADMINISTRATOR, NORTH)
    for page, status in ((lead, 403), (other, 404)):
        assert page.post(f"{PATH}/camera-searches").status_code == status
        assert page.post(f"{PATH}/cameras", json=BODY).status_code == status
        assert page.delete(f"{PATH}/cameras/gate-1").status_code == status
        assert page.get(f"{PATH}/camera-setups/{request}").status_code == status
    assert admin.post(f"{PATH}/cameras", json=BODY | {"area": NORTH}).status_code == 404
    assert admin.delete(f"{PATH}/cameras/nobody").status_code == 404
    assert len(bench.out.setups) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"place": "http://u:p@10.0.0.7"},
        {"place": "http://10.0.0.7/x?pwd=1"},
        {"camera": "A B"},
        {"login": {"key": KEY}},
    ],
)
def test_an_address_that_could_hold_a_login_is_not_taken(quick: Bench, wrong: dict[str, Any]) -> None:
    """Nor one that the gateway could not read."""
    assert quick.client(Role.ADMINISTRATOR).post(f"{PATH}/cameras", json=BODY | wrong).status_code == 422

"""Gateways by the interface: given to another area, and shut out, each by administrators of their area."""

from sqlalchemy import select
from tests.hub.bench import CAMERA, EAST, GATEWAY, STREET, Bench
from tests.hub.test_areas import acts, code, reported, told

from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.tables import Camera


def test_a_gateway_is_given_to_another_area(bench: Bench) -> None:
    """Cameras that lie outside of it are taken to lie there; its cases stay where they were seen."""
    chief = bench.client(Role.ADMINISTRATOR, name="chief")
    bench.birth()
    case = reported(bench)
    moved = chief.patch(f"/api/gateways/{GATEWAY}", json={"area": "demo/second-street"})
    assert moved.status_code == 200, moved.text
    assert moved.json()["area"] == "demo/second-street"
    with bench.hub.read_only() as work:
        assert work.session.scalars(select(Camera.area).where(Camera.camera == CAMERA)).all() == ["demo/second-street"]
    assert chief.get(f"/api/cases/{case}").json()["area"] == EAST
    assert acts(bench)[-1] == ("gateway_moved", GATEWAY, "demo/second-street")
    wrong = chief.patch(f"/api/gateways/{GATEWAY}", json={"area": "demo/nowhere"})
    assert code(wrong) == (422, "wrong_gateway")
    assert "it has demo, " in told(wrong)


def test_a_gateway_with_open_cases_is_shut_out_only_where_it_is_meant(bench: Bench) -> None:
    """The refusal names the cases; then it is gone from the list and may not connect."""
    chief = bench.client(Role.ADMINISTRATOR, name="chief")
    bench.birth()
    case = reported(bench)
    refused = chief.delete(f"/api/gateways/{GATEWAY}")
    assert code(refused) == (409, "gateway_in_use")
    assert chief.get(f"/api/cases/{case}").json()["number"] in told(refused)
    assert chief.delete(f"/api/gateways/{GATEWAY}?anyway=true").status_code == 204
    assert chief.get("/api/gateways").json() == []
    assert chief.get(f"/api/cases/{case}").status_code == 200
    assert acts(bench)[-1] == ("gateway_removed", GATEWAY, STREET)
    assert code(chief.delete(f"/api/gateways/{GATEWAY}")) == (404, "not_found")


def test_gateways_are_for_administrators_of_their_area(quick: Bench) -> None:
    """Others are refused; what lies elsewhere is not found, and cannot be taken or given away."""
    for role in set(Role) - {Role.ADMINISTRATOR}:
        page = quick.client(role, STREET, "parks" if role is Role.HANDLER else None)
        assert code(page.patch(f"/api/gateways/{GATEWAY}", json={"area": EAST})) == (403, "not_allowed")
        assert code(page.delete(f"/api/gateways/{GATEWAY}")) == (403, "not_allowed")
    for area in ("demo/second-street", EAST):
        page = quick.client(Role.ADMINISTRATOR, area)
        assert code(page.patch(f"/api/gateways/{GATEWAY}", json={"area": area})) == (404, "not_found")
        assert code(page.delete(f"/api/gateways/{GATEWAY}")) == (404, "not_found")
    mine = quick.client(Role.ADMINISTRATOR, STREET)
    assert code(mine.patch(f"/api/gateways/{GATEWAY}", json={"area": "demo"})) == (404, "not_found")
    assert mine.patch(f"/api/gateways/{GATEWAY}", json={"area": EAST}).json()["area"] == EAST

"""Areas and units by the interface: GeoJSON in and out, stable ids, and what is refused with words."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from tests.hub.bench import CAMERA, EAST, GATEWAY, STREET, Bench

from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.case_tables import Case, CaseLog
from sharp_eyes.hub.store.city_tables import CityVersion
from sharp_eyes.hub.store.tables import AuditEntry

RING = [[116.0, 39.0], [116.1, 39.0], [116.1, 39.1], [116.0, 39.1], [116.0, 39.0]]
SQUARE = {"type": "Polygon", "coordinates": [RING]}
BOW_TIE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]}
EAST_ID, STREET_ID, SECOND_ID = "demo.first-street.east", "demo.first-street", "demo.second-street"
NAME = {"zh": "新区", "en": "New"}
ANY = {"If-Match": "*"}


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def told(answer: Any) -> str:
    words: str = answer.json()["error"]["message"]
    return words


def paths(page: TestClient) -> dict[str, str]:
    """Each area's path by its id."""
    return {one["id"]: one["properties"]["path"] for one in page.get("/api/areas").json()["features"]}


def version(page: TestClient) -> int:
    number: int = page.get("/api/areas").json()["version"]
    return number


def acts(bench: Bench) -> list[tuple[str, str, str]]:
    with bench.hub.read_only() as work:
        rows = work.session.scalars(select(AuditEntry).where(AuditEntry.actor == "chief").order_by(AuditEntry.id))
        return [(row.action, row.subject, row.area) for row in rows]


def reported(bench: Bench) -> int:
    """A case of the camera in the east, filed by nobody; returns its id."""
    event = bench.report(scene=SceneName.GREENERY_DAMAGE)
    with bench.hub.read_only() as work:
        return work.session.query(Case).filter_by(event_id=event).one().id


def detail(page: TestClient, case: int) -> dict[str, Any]:
    found: dict[str, Any] = page.get(f"/api/cases/{case}").json()
    return found


def test_areas_go_out_and_come_in_as_geojson(bench: Bench) -> None:
    """The same collection put back changes nothing; with an outline it makes a version, which cases' logs name."""
    chief = bench.client(Role.ADMINISTRATOR, name="chief")
    answer = chief.get("/api/areas")
    assert answer.headers["content-type"] == "application/geo+json"
    given = answer.json()
    assert (given["type"], given["version"], answer.headers["etag"]) == ("FeatureCollection", 1, '"1"')
    east = next(one for one in given["features"] if one["id"] == EAST_ID)
    assert east["properties"] == {
        "path": EAST,
        "name": {"zh": "东社区", "en": "East Community"},
        "parent": STREET_ID,
    }
    assert east["geometry"] is None
    again = chief.put("/api/areas", json=given)
    assert again.status_code == 200, again.text
    before = bench.hub.city.fingerprint
    east["geometry"] = SQUARE
    changed = chief.put("/api/areas", json=given | {"version": again.json()["version"]})
    assert changed.status_code == 200, changed.text
    assert next(one for one in changed.json()["features"] if one["id"] == EAST_ID)["geometry"] == SQUARE
    assert chief.get("/api/areas").json() == changed.json()
    assert bench.hub.city.fingerprint != before
    bench.birth()
    case = reported(bench)
    with bench.hub.read_only() as work:
        kept = work.session.scalars(select(CityVersion.fingerprint).order_by(CityVersion.version)).all()
        log = work.session.scalars(select(CaseLog.pack).where(CaseLog.case_id == case)).all()
    assert (kept[0], len(kept)) == (before, 2)
    assert set(log) == {kept[-1]}
    assert acts(bench)[-1] == ("areas_replaced", "areas", "demo")


def test_an_area_that_something_hangs_on_is_not_retired(bench: Bench) -> None:
    """The refusal names it and all that hangs on it, in words and for programs; without that it goes."""
    chief = bench.client(Role.ADMINISTRATOR, name="chief")
    bench.client(Role.CLERK, EAST, name="ann")
    bench.birth()
    case = detail(chief, reported(bench))
    refused = chief.delete(f"/api/areas/{EAST_ID}", headers=ANY)
    assert code(refused) == (409, "area_in_use")
    camera = f"{GATEWAY}/{CAMERA}"
    for words in ("East Community", EAST_ID, f"1 open case ({case['number']})", f"1 camera ({camera})", "(ann)"):
        assert words in told(refused), words
    assert refused.json()["area"] == EAST_ID
    assert {one["kind"]: one["names"] for one in refused.json()["hangs_on"]} == {
        "open_cases": [case["number"]],
        "cameras": [camera],
        "people": ["ann"],
    }
    whole = chief.delete(f"/api/areas/{STREET_ID}", headers=ANY)
    assert {one["kind"] for one in whole.json()["hangs_on"]} == {"areas", "gateways"}
    given = chief.get("/api/areas").json()
    given["features"] = [one for one in given["features"] if one["id"] != EAST_ID]
    assert code(chief.put("/api/areas", json=given)) == (409, "area_in_use")
    assert len(paths(chief)) == 6
    assert chief.delete("/api/areas/demo.first-street.west", params={"version": version(chief)}).status_code == 204
    assert "demo.first-street.west" not in paths(chief)
    assert acts(bench)[-1] == ("area_retired", "demo.first-street.west", STREET)
    assert f"{STREET}/west" not in [one["path"] for one in chief.get("/api/city").json()["areas"]]


def test_two_who_change_at_once_do_not_undo_each_other(bench: Bench) -> None:
    """The second is told that what it saw is no more; without saying what one saw nothing is changed."""
    chief = bench.client(Role.ADMINISTRATOR)
    seen = version(chief)
    rename = {"name": NAME, "version": seen}
    assert chief.patch(f"/api/areas/{EAST_ID}", json=rename).headers["etag"] == f'"{seen + 1}"'
    assert code(chief.patch(f"/api/areas/{EAST_ID}", json=rename)) == (409, "changed_meanwhile")
    stale = {"If-Match": f'"{seen}"'}
    assert code(chief.delete("/api/areas/demo.second-street.north", headers=stale)) == (409, "changed_meanwhile")
    assert code(chief.post("/api/units", json={"id": "x", "name": NAME}, headers=stale)) == (409, "changed_meanwhile")
    assert code(chief.patch(f"/api/areas/{EAST_ID}", json={"name": NAME})) == (428, "version_missing")
    fresh = {"If-Match": f'W/"{seen + 1}"'}
    assert chief.patch(f"/api/areas/{EAST_ID}", json={"geometry": SQUARE}, headers=fresh).is_success
    assert version(chief) == seen + 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda one: one.update(geometry=BOW_TIE), f"area {EAST}: geometry.Polygon: Polygon is not valid: Self-inter"),
        (lambda one: one["geometry"]["coordinates"][0].pop(), f"area {EAST}: geometry.Polygon.coordinates.0: a ring"),
        (lambda one: one["geometry"]["coordinates"][0].append([200, 0]), "no longitude and latitude"),
        (lambda one: one.update(geometry={"type": "Point", "coordinates": [0, 0]}), "'Polygon'"),
        (lambda one: one["properties"].update(path="demo/no/such"), "has no parent 'demo/no'"),
        (lambda one: one["properties"].update(path="elsewhere/east"), "does not lie in 'demo'"),
        (lambda one: one["properties"].update(path=f"{STREET}/west"), f"area '{STREET}/west' stands twice"),
        (lambda one: one.update(id="demo"), "area id 'demo' stands 2 times"),
        (lambda one: one["properties"].update(name={"zh": "", "en": "x"}), f"area {EAST}: properties.name.zh"),
    ],
)
def test_what_does_not_fit_is_refused_with_words(
    quick: Bench, change: Callable[[dict[str, Any]], Any], words: str
) -> None:
    """The area is named; nothing is changed."""
    chief = quick.client(Role.ADMINISTRATOR)
    given = chief.get("/api/areas").json()
    east = next(one for one in given["features"] if one["id"] == EAST_ID)
    east["geometry"] = {"type": "Polygon", "coordinates": [[list(at) for at in RING]]}
    change(east)
    answer = chief.put("/api/areas", json=given)
    assert answer.status_code == 422, answer.text
    assert words in told(answer)
    assert version(chief) == 1


def test_outlines_come_as_other_programs_write_them(quick: Bench) -> None:
    """Heights, clockwise rings, further members and properties are taken; what goes out follows the standard."""
    chief = quick.client(Role.ADMINISTRATOR)
    ring = [[x, y, 12.5] for x, y in reversed(RING)]
    given = chief.get("/api/areas").json() | {"name": "export", "crs": {"type": "name"}}
    east = next(one for one in given["features"] if one["id"] == EAST_ID)
    east["geometry"] = {"type": "MultiPolygon", "coordinates": [[ring]], "bbox": [116.0, 39.0, 116.1, 39.1]}
    east["properties"]["population"] = 12000
    del east["id"]  # the path says which it is
    answer = chief.put("/api/areas", json=given, headers={"content-type": "application/geo+json"})
    assert answer.status_code == 200, answer.text
    out = next(one for one in answer.json()["features"] if one["id"] == EAST_ID)["geometry"]["coordinates"][0][0]
    twice_the_area = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(out))
    assert twice_the_area > 0  # counterclockwise
    assert {tuple(at) for at in out} == {tuple(at) for at in RING}


def test_administrators_look_after_their_own_areas_alone(quick: Bench) -> None:
    """What lies elsewhere is not found; the top of what one sees is moved by those who see more. Others only read."""
    mine = quick.client(Role.ADMINISTRATOR, STREET)
    assert set(paths(mine)) == {STREET_ID, EAST_ID, "demo.first-street.west"}
    new = {"parent": STREET_ID, "part": "south", "name": NAME}
    assert mine.post("/api/areas", json=new, headers=ANY).json()["id"] == "demo.first-street.south"
    assert mine.patch(f"/api/areas/{STREET_ID}", json={"name": NAME}, headers=ANY).is_success
    assert code(mine.patch(f"/api/areas/{STREET_ID}", json={"part": "x"}, headers=ANY)) == (409, "own_area")
    assert code(mine.delete(f"/api/areas/{STREET_ID}", headers=ANY)) == (409, "own_area")
    for answer in (
        mine.post("/api/areas", json=new | {"parent": "demo"}, headers=ANY),
        mine.patch(f"/api/areas/{SECOND_ID}", json={"name": NAME}, headers=ANY),
        mine.patch(f"/api/areas/{EAST_ID}", json={"parent": SECOND_ID}, headers=ANY),
        mine.delete("/api/areas/demo.second-street.north", headers=ANY),
    ):
        assert code(answer) == (404, "not_found")
    given = mine.get("/api/areas").json()
    given["features"].append({"type": "Feature", "id": SECOND_ID, "properties": {"path": f"{STREET}/x", "name": NAME}})
    assert code(mine.put("/api/areas", json=given)) == (404, "not_found")
    assert code(mine.post("/api/units", json={"id": "x", "name": NAME}, headers=ANY)) == (403, "not_allowed")
    for role in set(Role) - {Role.ADMINISTRATOR}:
        page = quick.client(role, STREET, "parks" if role is Role.HANDLER else None)
        assert set(paths(page)) == set(paths(mine))
        given = page.get("/api/areas").json()
        for answer in (
            page.put("/api/areas", json=given),
            page.post("/api/areas", json=new, headers=ANY),
            page.patch(f"/api/areas/{EAST_ID}", json={"name": NAME}, headers=ANY),
            page.delete(f"/api/areas/{EAST_ID}", headers=ANY),
            page.post("/api/units", json={"id": "x", "name": NAME}, headers=ANY),
            page.patch("/api/units/parks", json={"name": NAME}, headers=ANY),
            page.delete("/api/units/parks", headers=ANY),
        ):
            assert code(answer) == (403, "not_allowed")


def test_units_are_made_renamed_and_retired(bench: Bench) -> None:
    """One that has people, cases or rules stays, and the refusal names them."""
    chief = bench.client(Role.ADMINISTRATOR, name="chief")
    first = {"If-Match": chief.get("/api/units").headers["etag"]}
    made = chief.post("/api/units", json={"id": "grid", "name": NAME}, headers=first)
    assert (made.status_code, made.json()) == (201, {"id": "grid", "name": NAME})
    assert code(chief.post("/api/units", json={"id": "grid", "name": NAME}, headers=ANY)) == (422, "wrong_city")
    other = {"zh": "网格", "en": "Grid"}
    assert chief.patch("/api/units/grid", json={"name": other}, headers=ANY).json()["name"] == other
    bench.client(Role.HANDLER, EAST, "grid", name="gus")
    bench.birth()
    case = reported(bench)
    lead = bench.client(Role.SHIFT_LEAD)
    assert lead.post(f"/api/cases/{case}/moves/file", json={}).is_success
    assert lead.post(f"/api/cases/{case}/moves/dispatch", json={"unit": "grid"}).is_success
    refused = chief.delete("/api/units/grid", headers=ANY)
    assert code(refused) == (409, "unit_in_use")
    assert {one["kind"] for one in refused.json()["hangs_on"]} == {"open_cases", "people"}
    assert "gus" in told(refused)
    assert {one["kind"] for one in chief.delete("/api/units/parks", headers=ANY).json()["hangs_on"]} == {"rules"}
    assert code(chief.delete("/api/units/none", headers=ANY)) == (404, "not_found")
    chief.post("/api/units", json={"id": "idle", "name": NAME}, headers=ANY)
    assert chief.delete("/api/units/idle", headers=ANY).status_code == 204
    assert [one[0] for one in acts(bench)] == ["unit_added", "unit_changed", "unit_added", "unit_retired"]


def test_a_tree_has_eight_levels(quick: Bench) -> None:
    """Also by moving what lies below: the area that would be too deep is named, and nothing is changed."""
    chief = quick.client(Role.ADMINISTRATOR)
    at = EAST_ID
    for level in range(5):
        at = chief.post("/api/areas", json={"parent": at, "part": f"l{level}", "name": NAME}, headers=ANY).json()["id"]
    before = paths(chief)
    ninth = chief.post("/api/areas", json={"parent": at, "part": "l5", "name": NAME}, headers=ANY)
    moved = chief.patch(f"/api/areas/{EAST_ID}", json={"parent": "demo.second-street.north"}, headers=ANY)
    for answer in (ninth, moved):
        assert code(answer) == (422, "wrong_city")
        assert "path: String should match pattern" in told(answer)
    assert "north/east/l0/l1/l2/l3/l4'" in told(moved)
    assert paths(chief) == before

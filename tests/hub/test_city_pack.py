"""The whole city pack by the interface, a channel that is tried, and areas that are split and merged."""

from typing import Any

import pytest
from sqlalchemy import select
from tests.hub.bench import EAST, GATEWAY, STREET, Bench
from tests.hub.test_areas import ANY, EAST_ID, NAME, acts, code, paths, reported
from tests.hub.test_calendar_change import WEEK
from tests.hub.test_city import raw

from sharp_eyes.hub.areas.city_differences import differences
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.areas.pack_reading import read_pack
from sharp_eyes.hub.audit import Action
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.tables import AuditEntry, Camera, Gateway

WEST_ID = "demo.first-street.west"
SQUARE = [[116.0, 39.0], [116.2, 39.0], [116.2, 39.1], [116.0, 39.1], [116.0, 39.0]]
HALF = [[115.9, 38.9], [116.1, 38.9], [116.1, 39.2], [115.9, 39.2], [115.9, 38.9]]


def polygon(ring: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [ring]}


def test_a_pack_goes_out_is_checked_and_comes_in_as_a_version(bench: Bench) -> None:
    """With its comments; the reason stands in the trail; an older version is refused."""
    chief = bench.client(Role.ADMINISTRATOR, name="chief")
    pack = chief.get("/api/city/pack").json()
    text = pack["text"].replace("东社区", "东苑社区") + "\n# by hand\n"
    checked = chief.post("/api/city/pack/check", json={"text": text}).json()
    assert (checked["faults"], checked["lost"], checked["areas"] > 3) == ([], [], True)
    assert [(one["part"], [each["id"] for each in one["changed"]]) for one in checked["differences"]] == [
        ("areas", [EAST_ID])
    ]
    body = {"text": text, "version": pack["version"], "why": "renamed by the council"}
    answer = chief.put("/api/city/pack", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["version"] == pack["version"] + 1
    assert answer.json()["text"].endswith("# by hand\n")
    assert (answer.json()["versions"][0]["made_by"], answer.json()["versions"][0]["origin"]) == ("chief", "interface")
    assert code(chief.put("/api/city/pack", json=body)) == (409, "changed_meanwhile")
    with bench.hub.read_only() as work:
        row = work.session.scalar(select(AuditEntry).where(AuditEntry.action == Action.CITY_IMPORTED))
        assert row is not None
        assert row.detail["reason"] == "renamed by the council"
    first = chief.get(f"/api/city/pack/versions/{pack['version']}").json()
    assert first["text"] == pack["text"]
    assert code(chief.get("/api/city/pack/versions/99")) == (404, "not_found")


def test_two_packs_are_told_apart_part_by_part() -> None:
    """By what each thing is called for good: what was added, changed, removed, or is another as a whole."""
    before = CityPack.model_validate(raw())
    changed = raw() | {"timezone": "Asia/Urumqi", "calendar": WEEK}
    changed["areas"] = [*changed["areas"], {"path": "demo/third-street", "name": NAME}]
    changed["units"] = [one for one in changed["units"] if one["id"] != "drainage"]
    changed["rules"] = [one for one in changed["rules"] if one["unit"] != "drainage"]
    changed["rules"][0] = changed["rules"][0] | {"limit_minutes": 17}
    found = {one.part: one for one in differences(before, CityPack.model_validate(changed))}
    assert found.keys() == {"timezone", "areas", "units", "rules", "calendar"}
    assert [one.id for one in found["areas"].added] == ["demo.third-street"]
    assert [one.name and one.name.en for one in found["units"].removed] == ["Drainage Office"]
    assert [one.id for one in found["rules"].changed] == [changed["rules"][0]["scene"]]
    assert found["calendar"].added == found["timezone"].changed == ()
    assert list(differences(before, before)) == []


def test_a_packs_faults_are_said_at_their_lines(bench: Bench) -> None:
    """Each with its key, all at once; what the hub has and the pack lacks refuses it as well."""
    chief = bench.client(Role.ADMINISTRATOR, name="chief")
    text = chief.get("/api/city/pack").json()["text"]
    wrong = text.replace("timezone:", "timezoom:", 1)
    lines = wrong.splitlines()
    place = next(number for number, line in enumerate(lines, 1) if "timezoom" in line)
    (fault,) = chief.post("/api/city/pack/check", json={"text": wrong}).json()["faults"]
    assert (fault["place"], fault["line"], "unknown key" in fault["words"]) == ("timezoom", place, True)
    refused = chief.put("/api/city/pack", json={"text": wrong, "version": 1})
    assert code(refused) == (422, "wrong_city")
    assert f"line {place}" in refused.json()["error"]["message"]
    (broken,) = chief.post("/api/city/pack/check", json={"text": "a: [1\nb: 2"}).json()["faults"]
    assert broken["line"] == 2
    twice = f"{text}\ntimezone: Asia/Shanghai\n"
    (doubled,) = chief.post("/api/city/pack/check", json={"text": twice}).json()["faults"]
    assert (doubled["code"], doubled["line"]) == ("key_twice", len(text.splitlines()) + 2)
    bench.client(Role.CLERK, EAST)
    moved = text.replace(EAST, f"{STREET}/elsewhere")
    check = chief.post("/api/city/pack/check", json={"text": moved}).json()
    assert "accounts see it" in check["lost"][0]
    lacking = check["lacking"][0]
    assert (lacking["code"], lacking["values"]) == ("lost_accounts", {"thing": "area", "name": EAST, "n": "1"})
    refused = chief.put("/api/city/pack", json={"text": moved, "version": 1})
    assert code(refused) == (422, "wrong_city")
    assert refused.json()["city_faults"] == check["lacking"]
    assert chief.get("/api/city/pack").json()["version"] == 1


def test_a_fault_has_the_line_of_the_nearest_key_there_is() -> None:
    """A key that is missing is missed in its row."""
    _, found = read_pack("name: {zh: a, en: b}\nareas:\n  - path: demo\n  - path: x y\n    name: {zh: a, en: b}\n")
    lines = {one.place: one.line for one in found}
    assert lines["areas.0.name"] == 3
    assert lines["areas.1.path"] == 4
    assert lines["units"] is None


def test_an_area_is_split_and_merged_again(bench: Bench) -> None:
    """Ground is cut and joined; a merge takes people, gateways, cameras and open cases along."""
    bench.birth()
    case = reported(bench)
    chief = bench.client(Role.ADMINISTRATOR, name="chief")
    part = {"part": "half", "name": NAME, "geometry": polygon(HALF)}
    assert code(chief.post(f"/api/areas/{EAST_ID}/split", json=part, headers=ANY)) == (422, "wrong_city")
    chief.patch(f"/api/areas/{EAST_ID}", json={"geometry": polygon(SQUARE)}, headers=ANY).raise_for_status()
    made = chief.post(f"/api/areas/{EAST_ID}/split", json=part, headers=ANY)
    assert made.status_code == 201, made.text
    west, east = edges(made.json()), edges(area(chief, EAST_ID))
    assert (min(west), max(west), min(east), max(east)) == (116.0, 116.1, 116.1, 116.2)
    beside = {**part, "part": "none", "geometry": polygon([[0, 0], [1, 0], [1, 1], [0, 0]])}
    assert code(chief.post(f"/api/areas/{EAST_ID}/split", json=beside, headers=ANY)) == (422, "wrong_city")
    half = made.json()["id"]
    held = chief.get(f"/api/areas/{EAST_ID}/contents").json()["holds"]
    assert {one["kind"]: one["count"] for one in held} == {"open_cases": 1, "cameras": 1}
    assert chief.get(f"/api/areas/{half}/contents").json()["holds"] == []
    street = chief.get("/api/areas/demo.first-street/contents").json()["holds"]
    assert {one["kind"]: one["count"] for one in street} == {"areas": 3, "open_cases": 1, "cameras": 1, "gateways": 1}
    back = chief.post(f"/api/areas/{EAST_ID}/merge", json={"into": half}, headers=ANY)
    assert back.status_code == 200, back.text
    assert (min(edges(back.json())), max(edges(back.json()))) == (116.0, 116.2)
    assert EAST_ID not in paths(chief)
    with bench.hub.read_only() as work:
        assert work.session.get_one(Case, case).area == f"{STREET}/half"
        assert {row.area for row in work.session.scalars(select(Camera))} == {f"{STREET}/half"}
        assert work.session.get_one(Gateway, GATEWAY).area == STREET
    assert acts(bench)[-2:] == [
        (Action.AREA_SPLIT, half, f"{STREET}/half"),
        (Action.AREAS_MERGED, half, f"{STREET}/half"),
    ]
    assert code(chief.post("/api/areas/demo.first-street/merge", json={"into": WEST_ID}, headers=ANY))[0] == 422


def edges(feature: dict[str, Any]) -> list[float]:
    return [corner[0] for corner in feature["geometry"]["coordinates"][0]]


def area(page: Any, identity: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in page.get("/api/areas").json()["features"] if one["id"] == identity)
    return found


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", "/api/city/pack", None),
        ("post", "/api/city/pack/check", {"text": ""}),
        ("put", "/api/city/pack", {"text": "", "version": 1}),
        ("get", "/api/city/pack/versions/1", None),
        ("get", f"/api/areas/{EAST_ID}/contents", None),
        ("post", "/api/notices/channels/mail/test", {}),
        ("post", f"/api/areas/{EAST_ID}/merge", {"into": WEST_ID}),
        ("post", f"/api/areas/{EAST_ID}/split", {"part": "a", "name": NAME, "geometry": polygon(HALF)}),
    ],
)
def test_they_are_for_administrators(bench: Bench, method: str, path: str, body: Any) -> None:
    """Of the whole city, but for areas, which each administers for their own."""
    for page in (bench.client(Role.SHIFT_LEAD), bench.client(Role.ADMINISTRATOR, STREET)):
        mine = "areas" in path and page.get("/api/session").json()["role"] == "administrator"
        answer = page.request(method, path, json=body, headers=ANY)
        assert answer.status_code == ((422 if "split" in path else 200) if mine else 403), answer.text

"""One map: the grid of a position, the register of places, and what is found on the map."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from math import cos, hypot, radians
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from tests.hub.bench import CAMERA, EAST, STREET, Bench, scene_event

from sharp_eyes.contract.event import SceneName
from sharp_eyes.contract.status import CameraNote
from sharp_eyes.hub.areas.city_edits import with_area_changed
from sharp_eyes.hub.areas.city_pack import CityPack, load_city_pack
from sharp_eyes.hub.areas.datum import Point, from_wgs84, metres_between, to_wgs84
from sharp_eyes.hub.areas.geometry import Polygon
from sharp_eyes.hub.areas.place_kinds import FactField, PlaceKind
from sharp_eyes.hub.areas.text import Text
from sharp_eyes.hub.devices.positions import Spot, share_position
from sharp_eyes.hub.formula_cells import marked, unmarked
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.notice_tables import DutyShift
from sharp_eyes.hub.store.tables import Account

CITY = Path("configs/city/demo-district.yaml")
PLACES = Path("configs/city/demo-places.csv").read_text(encoding="utf-8")
WEST, NORTH, SECOND = "demo/first-street/west", "demo/second-street/north", "demo/second-street"
GATE = (120.5239, 29.6028)
"""In the eastern community, among hydrants."""


@pytest.fixture(scope="module")
def pack() -> CityPack:
    return load_city_pack(CITY)


def test_the_grid_is_the_smallest_area_that_holds_a_position(pack: CityPack) -> None:
    """On a border it is always the same one; outside of all there is none."""
    assert pack.outlines.at((120.5235, 29.6025)) == EAST
    assert pack.outlines.at((120.52, 29.618)) == SECOND  # the street's ground that no community has
    border = (120.518, 29.599)  # a corner of both communities
    assert {load_city_pack(CITY).outlines.at(border) for _ in range(2)} == {WEST}
    assert pack.outlines.at((121.0, 29.6)) is None
    assert pack.outlines.middle_of(f"{EAST}/none") == pack.outlines.middle_of(EAST)


def test_facts_are_held_against_their_kind() -> None:
    """Each fault in words; what is empty is not kept."""
    fields = (
        FactField(id="floors", name=Text(zh="层", en="Floors"), type="count", required=True),
        FactField(id="lift", name=Text(zh="梯", en="Lift"), type="yes_no"),
        FactField(id="height", name=Text(zh="高", en="Height"), type="number"),
    )
    kind = PlaceKind(id="building", name=Text(zh="楼", en="Building"), fields=fields)
    assert kind.read_facts({"floors": "6", "lift": "有", "height": "", "roof": ""}) == ({"floors": 6, "lift": True}, [])
    facts, faults = kind.read_facts({"lift": "perhaps", "height": "tall", "roof": "flat"})
    assert facts == {}
    assert [(fault.code, fault.said["fact"]) for fault in faults] == [
        ("unknown_fact", "roof"), ("fact_missing", "floors"), ("no_yes_no", "lift"), ("no_number", "height"),
    ]  # fmt: skip
    [fault] = kind.read_facts({"floors": -1})[1]
    assert str(fault) == "'floors': -1 is no count; give a whole number from 0 on"


# --- with a hub


@pytest.fixture
def town(tmp_path: Path, database_url: str) -> Iterator[Bench]:
    made = Bench(tmp_path / "data", database_url, city=CITY)
    yield made
    made.close()


@pytest.fixture
def quick_town(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "data", city=CITY)
    yield made
    made.close()


def take(client: TestClient, text: str = PLACES, **more: Any) -> Response:
    answer: Response = client.post("/api/places/import", json={"form": "csv", "text": text} | more)
    return answer


def names(answer: Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["properties"]["name"] for one in answer.json()["features"]]


def on_duty(bench: Bench, name: str, area: str, unit: str = "fire-brigade") -> None:
    with bench.transaction() as work:
        who = Account(username=name, display_name=name, password_hash="", role="handler", area=area, unit=unit)
        who.language, who.created_at = "zh", work.now
        work.session.add(who)
        work.session.flush()
        shift = DutyShift(account_id=who.id, area=area, unit=unit, made_by="lead", made_at=work.now)
        shift.begins_at, shift.ends_at = work.now - timedelta(hours=1), work.now + timedelta(hours=1)
        work.session.add(shift)


def metres(one: Point, other: Point) -> float:
    """On a flat sheet: good enough for a street, and another formula than the hub's."""
    return hypot((one[0] - other[0]) * cos(radians(one[1])), one[1] - other[1]) * 111_195


def test_a_day_of_the_map(town: Bench) -> None:
    """Places come by a file, things are found by ground and words, counted, and the nearest are offered to a case."""
    clerk, lead = town.client(Role.CLERK), town.client(Role.SHIFT_LEAD)
    made = take(clerk).json()
    assert (made["rows"], made["added"], made["faults"]) == (14, 14, [])
    assert (take(clerk).json()["same"], take(clerk).json()["added"]) == (14, 0)  # once more is nothing new
    notes = (CameraNote(camera=CAMERA, name="东门", area=EAST, longitude=120.5236, latitude=29.6027),)
    town.birth(cameras=notes)
    town.send(scene_event(town.clock(), scene=SceneName.SMOKE))
    on_duty(town, "wang", EAST)

    # by ground, in whichever datum
    box = "120.5235,29.6025,120.5260,29.6042"
    found = clerk.get("/api/one-map/places", params={"bounds": box, "datum": "wgs84", "kind": "hydrant"})
    assert names(found) == ["柳桥东街消火栓1", "柳桥东街消火栓2"]
    assert found.headers["content-type"] == "application/geo+json"
    gcj = from_wgs84(GATE, "gcj02")
    here = {"longitude": gcj[0], "latitude": gcj[1], "radius": 60, "datum": "gcj02"}
    near = clerk.get("/api/one-map/places", params=here)
    assert (names(near), near.json()["datum"]) == (["柳桥东社区1号楼", "柳桥东街消火栓1"], "gcj02")
    said = near.json()["features"][0]["geometry"]["coordinates"]
    assert metres_between(to_wgs84((said[0], said[1]), "gcj02"), (120.5241, 29.6031)) < 0.1
    ring = [[120.52, 29.599], [120.53, 29.599], [120.53, 29.61], [120.52, 29.61], [120.52, 29.599]]
    ground = {"polygon": {"type": "Polygon", "coordinates": [ring]}, "datum": "wgs84"}
    several = clerk.post("/api/one-map", json=ground | {"layers": ["places", "cameras"], "words": "柳桥东街"})
    assert names(several) == ["柳桥东街消火栓1", "柳桥东街消火栓2"]
    assert names(clerk.get("/api/one-map/places", params={"area": WEST, "q": "xf"})) == [
        "柳桥西街消火栓1",
        "柳桥西街消火栓2",
    ]

    # page by page, each thing once
    seen: list[str] = []
    after = None
    while True:
        page = clerk.post("/api/one-map", json={"layers": ["cases", "places", "units"], "limit": 4, "after": after})
        seen += [one["id"] for one in page.json()["features"]]
        after = page.json()["next"]
        if after is None:
            break
    placed = {unit.id: unit.place for unit in town.hub.city.units if unit.place is not None}
    assert len(seen) == len(set(seen)) == 1 + 14 + len(placed)

    # what stands around, the nearest first
    around = lead.get("/api/one-map/around", params={**here, "radius": 300})
    distances = [one["properties"]["distance"] for one in around.json()["features"]]
    assert distances == sorted(distances)
    first = around.json()["features"][0]
    assert (first["properties"]["layer"], first["properties"]["name"]) == ("places", "柳桥东街消火栓1")
    assert first["properties"]["distance"] == pytest.approx(metres(GATE, (120.5238, 29.6026)), abs=0.2)
    assert {"cameras", "cases"} <= {one["properties"]["layer"] for one in around.json()["features"]}

    # counted
    counts = lead.post("/api/one-map/analyse", json=ground).json()
    assert {name: counts["layers"].get(name) for name in ("cases", "cameras", "places")} == {
        "cases": 1,
        "cameras": 1,
        "places": 4,
    }
    assert {"layer": "places", "name": "building", "count": 184} in counts["counted"]  # households
    assert [(one["grade"], one["count"]) for one in counts["grades"] if one["count"]] == [("ordinary", 1)]
    assert counts["square_metres"] == pytest.approx(0.01 * 0.011 * 111_195**2 * cos(radians(29.6045)), rel=1e-3)
    town.clock.forward(hours=5)
    assert lead.post("/api/one-map/analyse", json=ground).json()["late"] == 1

    # who is nearest to the case
    case = clerk.get("/api/cases").json()["items"][0]["id"]
    town.clock.forward(hours=-5)
    offer = lead.get(f"/api/cases/{case}/nearest").json()
    assert offer["certainty"] == "camera"
    by_distance = sorted(placed, key=lambda unit: metres((120.5236, 29.6027), (placed[unit][0], placed[unit][1])))
    assert [one["id"] for one in offer["units"]] == [f"units/{unit}" for unit in by_distance[:5]]
    assert [one["properties"]["name"] for one in offer["people"]] == ["wang"]
    assert offer["people"][0]["properties"]["certainty"] == "area"  # nobody knows nearer where they are
    with town.transaction() as work:
        wang = work.session.scalars(select(Account.id).where(Account.username == "wang")).one()
        share_position(work, wang, Spot(GATE))
    (known,) = lead.get(f"/api/cases/{case}/nearest").json()["people"]
    assert (known["properties"]["certainty"], known["geometry"]["coordinates"]) == ("own", list(GATE))

    # premises and devices stand there, too; of households nothing but how many
    spot = {"longitude": GATE[0], "latitude": GATE[1], "datum": "wgs84"}
    inn = {"kind": "restaurant", "name": "东门小馆", "area": EAST, "position": spot}
    assert lead.post("/api/premises", json=inn).status_code == 201
    home = {"area": EAST, "address": "一街 2 号", "lone_elder": True, "position": spot}
    flat = lead.post("/api/households", json=home)
    assert flat.status_code == 201, flat.text
    alarm = {"kind": "smoke_alarm", "serial": "SA-1", "household": flat.json()["id"]}
    assert lead.post("/api/devices", json=alarm).status_code == 201
    assert names(clerk.get("/api/one-map/premises", params=spot | {"radius": 60})) == ["东门小馆"]
    (device,) = clerk.get("/api/one-map/devices").json()["features"]
    assert (device["properties"]["kind"], device["properties"]["facts"]) == ("smoke_alarm", {})
    of_east = clerk.post("/api/one-map/analyse", json={"area": EAST}).json()
    assert of_east["households"] == {"households": 1, "lone_elders": 1}
    assert clerk.post("/api/one-map/analyse", json=ground).json()["households"] is None


def test_a_file_is_taken_whole_or_not_at_all(quick_town: Bench) -> None:
    """Each fault with its line; a file whose datum nobody says is refused, whatever its form."""
    clerk = quick_town.client(Role.CLERK, STREET)
    head = "类别,编号,名称,经度,纬度,口径\n"
    good = "消火栓,A-1,东门,120.5239,29.6028,100\n"
    refused = take(clerk, head + good)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "datum_missing")
    assert "wgs84, gcj02 or bd09" in refused.json()["detail"]
    rows = [
        good,
        "消火栓,A-1,又一次,120.5239,29.6028,100\n",
        "消火栓,A-2,颠倒,29.6028,120.5239,100\n",
        "消火栓,A-3,别处,120.52,29.625,100\n",
        "消火栓,A-4,无口径,120.5239,29.6028,\n",
        "喷泉,A-5,喷泉,120.5239,29.6028,\n",
        "消火栓,A-6,远方,121.5,29.6,100\n",
        "消火栓,A-7,无数,东,29.6,100\n",
    ]
    text = head + "".join(rows)
    faults = take(clerk, text, datum="wgs84", check=True).json()["faults"]
    assert [one["line"] for one in faults] == [3, 4, 5, 6, 7, 8, 9]
    codes = "twice", "swapped", "outside_area", "fact_missing", "unknown_kind", "outside_city", "no_degrees"
    assert tuple(one["code"] for one in faults) == codes
    assert faults[0]["said"] == {"kind": "hydrant", "name": "A-1", "first": "2"}
    words = (
        "stands in line 2",
        "swapped",
        "not within your area",
        "'diameter' is missing",
        "place_kinds",
        "outside of demo",
    )
    assert [word for word, fault in zip(words, faults, strict=False) if word not in fault["message"]] == []
    assert take(clerk, text, datum="wgs84").json()["error"]["code"] == "wrong_file"
    assert clerk.get("/api/places").json()["items"] == []
    assert take(clerk, head + good, datum="gcj02").json()["added"] == 1
    (kept,) = clerk.get("/api/places", params={"q": "a-1"}).json()["items"]
    assert metres_between(from_wgs84((kept["longitude"], kept["latitude"]), "gcj02"), (120.5239, 29.6028)) < 0.1
    assert (kept["area"], kept["facts"]) == (EAST, {"diameter": 100})

    # given out and taken in again is the same, in every form and datum
    for form in ("csv", "geojson"):
        for datum in ("wgs84", "gcj02", "bd09"):
            out = clerk.get("/api/places/export", params={"form": form, "datum": datum})
            again = take(clerk, out.text, form=form, check=True).json()
            assert (again["rows"], again["faults"], again["added"]) == (1, [], 0), (form, datum)
    table = list(csv.DictReader(io.StringIO(clerk.get("/api/places/export").text.removeprefix("\ufeff"))))
    assert (table[0]["number"], table[0]["datum"], table[0]["diameter"]) == ("A-1", "wgs84", "100")
    plain = '{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": null, "properties": {}}]}'
    assert take(clerk, plain, form="geojson").json()["error"]["code"] == "datum_missing"
    unreadable = (
        "{",
        "[" * 100_000,
        '{"type": "FeatureCollection", "type": "x", "features": []}',
        collection("\\ud800"),
    )
    for text in (*unreadable, collection("\\u0000"), collection("x", "1" + "0" * 400), collection("x", "NaN")):
        answer = take(clerk, text, form="geojson", datum="wgs84")
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "wrong_file"), text[:300]
    twice = take(clerk, head.replace("口径", "name") + good, datum="wgs84")
    assert "'name' stands twice" in twice.json()["detail"]
    (fault,) = twice.json()["file_faults"]
    assert (fault["line"], fault["code"], fault["said"]) == (1, "column_twice", {"column": "name"})
    assert take(clerk, "\ufeff" + out.text, form="geojson", check=True).json()["rows"] == 1


def collection(name: str, longitude: str = "120.5239") -> str:
    place = f'{{"type": "Point", "coordinates": [{longitude}, 29.6028]}}'
    facts = f'{{"类别": "消火栓", "编号": "B-1", "名称": "东门", "diameter": 100, "maker": "{name}"}}'
    one = f'{{"type": "Feature", "geometry": {place}, "properties": {facts}}}'
    return f'{{"type": "FeatureCollection", "features": [{one}]}}'


@given(st.text(st.sampled_from("'=+-@＝＋－＠\t\r\nx1 \""), max_size=6))
def test_a_marked_cell_is_no_formula_and_comes_back(cell: str) -> None:
    """Also the wide signs, which programs in Chinese take for the narrow ones, and marks of somebody's own."""
    assert marked(cell)[:1] not in tuple("=+-@＝＋－＠\t\r\n")
    assert unmarked(marked(cell)) == cell


def test_places_are_kept_one_by_one_and_follow_the_outlines(quick_town: Bench) -> None:
    """Added, changed and taken out, each with a line of the trail; a border that moves takes along what it passes."""
    lead = quick_town.client(Role.SHIFT_LEAD)
    body = {"kind": "shelter", "number": "B-1", "name": "Square", "longitude": GATE[0], "latitude": GATE[1]}
    assert lead.post("/api/places", json=body).status_code == 422  # no datum
    made = lead.post("/api/places", json=body | {"datum": "wgs84", "facts": {"people": 20}})
    assert (made.status_code, made.json()["area"]) == (201, EAST), made.text
    assert lead.post("/api/places", json=body | {"datum": "wgs84"}).json()["error"]["code"] == "number_taken"
    path = f"/api/places/{made.json()['id']}"
    wrong = lead.put(path, json=body | {"datum": "wgs84", "facts": {"people": "many"}})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "wrong_place")
    changed = lead.put(path, json=body | {"datum": "wgs84", "name": "Old square", "longitude": 120.5031})
    assert (changed.json()["area"], changed.json()["facts"]) == (WEST, {})

    chief = quick_town.client(Role.ADMINISTRATOR)
    with quick_town.hub.read_only() as work:
        city = work.city
    west, south, east, north = 120.5, 29.600, 120.51, 29.610
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    outline = Polygon(type="Polygon", coordinates=(ring,))
    smaller = with_area_changed(city, next(one for one in city.areas if one.path == EAST), geometry=outline)
    assert smaller.outlines.at((120.5031, 29.6028)) == EAST
    version = chief.get("/api/areas").headers["etag"]
    moved = chief.patch(
        f"/api/areas/{EAST.replace('/', '.')}",
        json={"geometry": outline.model_dump(mode="json")},
        headers={"If-Match": version},
    )
    assert moved.status_code == 200, moved.text
    assert lead.get(path).json()["area"] == EAST

    assert lead.delete(path).status_code == 204
    assert lead.get(path).status_code == 404
    trail = [one["action"] for one in chief.get("/api/audit").json()["items"]]
    assert [one for one in trail if one.startswith("place_")] == ["place_removed", "place_changed", "place_added"]


def test_nobody_sees_or_keeps_what_is_not_theirs(quick_town: Bench) -> None:
    """By role and area: the register, every layer, the counts and the offer."""
    chief = quick_town.client(Role.CLERK)
    assert take(chief).status_code == 200
    notes = (CameraNote(camera=CAMERA, name="东门", area=EAST, longitude=120.5236, latitude=29.6027),)
    quick_town.birth(cameras=notes)
    quick_town.send(scene_event(quick_town.clock(), scene=SceneName.GREENERY_DAMAGE))
    on_duty(quick_town, "wang", EAST)
    case = chief.get("/api/cases").json()["items"][0]["id"]
    one = chief.get("/api/places", params={"q": "LX-01"}).json()["items"][0]
    around = {"longitude": GATE[0], "latitude": GATE[1], "datum": "wgs84", "radius": 20_000, "limit": 200}
    body = {name: one[name] for name in ("kind", "number", "name", "longitude", "latitude")} | {"datum": "wgs84"}
    sends = {Role.DISPATCHER, Role.SHIFT_LEAD, Role.LEADER, Role.ADMINISTRATOR}
    keeps = {Role.CLERK, Role.SHIFT_LEAD, Role.ADMINISTRATOR}
    for role in Role:
        for area in ("demo", EAST, NORTH):
            page = quick_town.client(role, area, "parks" if role is Role.HANDLER else None)
            own = page.get("/api/places", params={"limit": 500}).json()["items"]
            assert own and all(row["area"].startswith(area) for row in own)
            seen = page.get("/api/one-map/around", params=around).json()["features"]
            inside = [row["properties"] for row in seen if row["properties"]["layer"] in ("places", "cameras", "cases")]
            assert all(row["area"].startswith(area) for row in inside)
            has_case = EAST.startswith(area) and role is not Role.HANDLER
            assert ("cases" in {row["layer"] for row in inside}) == has_case
            people = page.get("/api/one-map/people")
            assert people.status_code == (200 if role in sends else 403)
            named = [row["properties"]["name"] for row in seen if row["properties"]["layer"] == "people"]
            assert named == (["wang"] if role in sends and EAST.startswith(area) else [])
            counts = page.post("/api/one-map/analyse", json={"area": "demo"}).json()
            assert counts["layers"]["places"] == len(own)
            offer = page.get(f"/api/cases/{case}/nearest")
            assert offer.status_code == (200 if has_case else 404)
            assert not has_case or bool(offer.json()["people"]) == (role in sends)
            sees = one["area"].startswith(area)
            assert page.get(f"/api/places/{one['id']}").status_code == (200 if sees else 404)
            kept = page.put(f"/api/places/{one['id']}", json=body)
            assert kept.status_code == (403 if role not in keeps else 200 if sees else 404)
            wrong = take(page, PLACES, check=True)
            assert wrong.status_code == (403 if role not in keeps else 200)
            assert role not in keeps or bool(wrong.json()["faults"]) == (area != "demo")

"""The map's answers: open cases of the asker's ground, units with a place, counts by camera, tiles by parts."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.hub.bench import CAMERA, EAST, STREET, Bench, scene_event

from sharp_eyes.contract.event import SceneName
from sharp_eyes.contract.status import CameraNote
from sharp_eyes.hub.areas.city_edits import with_units
from sharp_eyes.hub.areas.city_text import as_text
from sharp_eyes.hub.errors import SettingsError
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.map_settings import MapSettings, map_rooted
from sharp_eyes.hub.settings import load_settings
from sharp_eyes.hub.store.notice_tables import DutyShift
from sharp_eyes.hub.store.tables import Account

WEST, SECOND = "demo/first-street/west", "demo/second-street"
TILES = b"PMTiles\x03" + bytes(range(200))


@pytest.fixture(scope="module")
def tiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("tiles") / "city.pmtiles"
    file.write_bytes(TILES)
    return file


@pytest.fixture
def bench(tmp_path: Path, tiles: Path) -> Bench:
    made = Bench(tmp_path / "hub", map=MapSettings(tiles=tiles, tiles_datum="gcj02", attribution="© nobody"))
    notes = (
        CameraNote(camera=CAMERA, name="东门", area=EAST, longitude=120.5, latitude=29.6),
        CameraNote(camera="cam-2", name="西门", area=WEST),
    )
    made.birth(cameras=notes)
    return made


def report(bench: Bench, camera: str, scene: SceneName = SceneName.ILLEGAL_PARKING, zone: str = "kerb") -> None:
    bench.send(scene_event(bench.clock(), camera=camera, scene=scene, zone=zone))


def test_open_cases_are_those_of_the_askers_ground(bench: Bench) -> None:
    """One rule for the list and the map; cameras come with their place, or without one."""
    report(bench, CAMERA)
    report(bench, "cam-2", SceneName.FIRE_LANE_BLOCKED)
    leader = bench.client(Role.LEADER, STREET)
    shown = leader.get("/api/map").json()
    assert [(case["camera"], case["area"]) for case in shown["cases"]] == [(CAMERA, EAST), ("cam-2", WEST)]
    listed = leader.get("/api/cases", params={"order": "rank"}).json()["items"]
    told = shown["cases"][0].keys()
    assert shown["cases"] == [{key: case[key] for key in told} for case in listed]
    assert {area["properties"]["path"] for area in shown["areas"]} == {STREET, EAST, WEST}
    places = {one["camera"]: (one["longitude"], one["latitude"]) for one in leader.get("/api/cameras").json()}
    assert places == {CAMERA: (120.5, 29.6), "cam-2": (None, None)}
    assert [case["camera"] for case in bench.client(Role.LEADER, EAST).get("/api/map").json()["cases"]] == [CAMERA]
    assert bench.client(Role.LEADER, SECOND).get("/api/map").json()["cases"] == []
    assert bench.client(Role.HANDLER, STREET, "parks").get("/api/map").json()["cases"] == []


def test_counts_by_camera_go_back_as_many_days_as_asked_for(bench: Bench) -> None:
    """Ended cases count too, those of another's ground do not."""
    report(bench, CAMERA, SceneName.GREENERY_DAMAGE)
    case = bench.client(Role.CLERK, STREET).get("/api/map").json()["cases"][0]["id"]
    clerk = bench.client(Role.CLERK, STREET)
    clerk.post(f"/api/cases/{case}/moves/reject", json={"reason": "nothing is there"}).raise_for_status()
    bench.clock.forward(days=10)
    report(bench, CAMERA)
    report(bench, "cam-2", SceneName.FIRE_LANE_BLOCKED)
    leader = bench.client(Role.LEADER, STREET)

    def counts(**asked: object) -> dict[str, int]:
        answer = leader.get("/api/map/counts", params=asked).json()
        return {one["camera"]: one["count"] for one in answer}

    assert counts() == {CAMERA: 2, "cam-2": 1}
    assert counts(days=7) == {CAMERA: 1, "cam-2": 1}
    assert counts(scene="illegal_parking") == {CAMERA: 1}
    assert bench.client(Role.LEADER, SECOND).get("/api/map/counts").json() == []


def test_a_unit_with_a_place_stands_on_the_map_with_who_is_on_duty(bench: Bench, tmp_path: Path) -> None:
    """Shifts that are over or to come, and those of another ground, are not on duty now."""
    city = bench.hub.city
    placed = [one.model_copy(update={"place": (120.51, 29.61)} if one.id == "parks" else {}) for one in city.units]
    pack = tmp_path / "city.yaml"
    text = as_text(with_units(city, placed).model_copy(update={"datum": "gcj02"}))
    pack.write_text(text, encoding="utf-8")
    other = Bench(tmp_path / "other", city=pack)
    with other.transaction() as work:
        for number, (name, area, begins, ends) in enumerate(
            [("Wang", STREET, -1, 1), ("Li", STREET, 1, 2), ("Zhao", STREET, -2, -1), ("Qian", SECOND, -1, 1)]
        ):
            who = Account(username=f"p{number}", display_name=name, password_hash="", role="handler", area=area)
            who.unit, who.language, who.created_at = "parks", "zh", work.now
            work.session.add(who)
            work.session.flush()
            shift = DutyShift(account_id=who.id, area=area, unit="parks", made_by="lead", made_at=work.now)
            shift.begins_at, shift.ends_at = work.now + timedelta(hours=begins), work.now + timedelta(hours=ends)
            work.session.add(shift)
    shown = other.client(Role.LEADER, STREET).get("/api/map").json()
    assert (shown["datum"], shown["tiles"]) == ("gcj02", None)
    assert [(one["id"], one["longitude"], one["latitude"], one["on_duty"]) for one in shown["units"]] == [
        ("parks", 120.51, 29.61, ["Wang"])
    ]
    assert other.client(Role.LEADER, STREET).get("/api/map/tiles").status_code == 404
    other.close()


def test_tiles_are_given_by_parts(bench: Bench, tiles: Path) -> None:
    """As the page's reader asks for them, to whoever is signed in."""
    page = bench.client(Role.HANDLER, EAST, "parks")
    said = page.get("/api/map").json()["tiles"]
    assert said == {"url": "/api/map/tiles", "datum": "gcj02", "attribution": "© nobody"}
    part = page.get(said["url"], headers={"Range": "bytes=8-15"})
    assert (part.status_code, part.content) == (206, TILES[8:16])
    assert part.headers["cache-control"].startswith("private")
    assert bench.stranger().get(said["url"]).status_code == 401


def test_tiles_that_are_none_are_refused_at_the_start(tmp_path: Path) -> None:
    """With the file's name and what to do; a relative path starts at the settings' folder."""
    (tmp_path / "hub.yaml").write_text("map: {tiles: city.pmtiles}", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"map\.tiles: .*city\.pmtiles cannot be read"):
        load_settings(tmp_path / "hub.yaml")
    (tmp_path / "city.pmtiles").write_bytes(b"SQLite format 3\0")
    with pytest.raises(SettingsError, match=r"city\.pmtiles is no PMTiles file"):
        load_settings(tmp_path / "hub.yaml")
    (tmp_path / "city.pmtiles").write_bytes(TILES)
    assert map_rooted(MapSettings(tiles=Path("city.pmtiles")), tmp_path).tiles == tmp_path / "city.pmtiles"


def test_pages_are_told_when_a_camera_is_put_elsewhere(bench: Bench) -> None:
    """A birth that says the same of it is no news."""
    notes = (
        CameraNote(camera=CAMERA, name="东门", area=EAST, longitude=120.6, latitude=29.6),
        CameraNote(camera="cam-2", name="西门", area=WEST),
    )
    before = len(bench.told())
    for _ in range(2):
        bench.birth(cameras=notes)
    assert [list(update.data["states"]) for update in bench.told()[before:] if update.topic == "camera"] == [[CAMERA]]

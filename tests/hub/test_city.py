"""City packs: the rule of the nearest area wins, and mistakes are named."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub import cli
from sharp_eyes.hub.areas.city_doubts import doubts
from sharp_eyes.hub.areas.city_pack import CityPack, load_city_pack
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.errors import CityError

DEMO = Path(__file__).parents[2] / "configs" / "city" / "demo.yaml"


def raw() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(DEMO.read_text(encoding="utf-8"))
    return loaded


def test_the_demonstration_city_holds_all_scenes_and_codes() -> None:
    """The pack that ships is valid and carries the published category codes."""
    city = load_city_pack(None)
    codes = {row.scene.value: row.code for row in city.categories if row.code}
    assert codes == {
        "bike_clutter": "04-93",
        "fire_lane_blocked": "04-96",
        "greenery_damage": "01-91",
        "smoke": "01-20",
        "waterlogging": "05-06",
        "falling_object": "05-96",
    }
    assert {rule.scene for rule in city.rules} == set(SceneName)
    parking = city.rule(SceneName.ILLEGAL_PARKING, "demo/first-street/east")
    assert (parking.file, parking.dispatch, parking.look_again, parking.close) == ("auto",) * 4


def test_the_rule_of_the_nearest_area_wins() -> None:
    """A street's own rule goes before the city's; elsewhere the city's holds; without one all is by hand."""
    pack = raw()
    own = {"scene": "smoke", "area": "demo/first-street", "unit": "parks", "limit_minutes": 5}
    pack["rules"] = [rule for rule in pack["rules"] if rule["scene"] != "waterlogging"] + [own]
    city = CityPack.model_validate(pack)
    assert city.rule(SceneName.SMOKE, "demo/first-street/east").limit_minutes == 5
    assert city.rule(SceneName.SMOKE, "demo/first-street").limit_minutes == 5
    assert city.rule(SceneName.SMOKE, "demo/second-street").limit_minutes == 120
    assert city.rule(SceneName.WATERLOGGING, "demo").file == "manual"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"areas": []}, "areas"),
        ({"timezone": "Mars/Base"}, "Mars/Base"),
        ({"colour": "red"}, "unknown key"),
        ({"categories": []}, "no row for"),
        ({"rules": [{"scene": "smoke", "unit": "nobody"}]}, "nobody"),
        ({"rules": [{"scene": "smoke", "area": "elsewhere"}]}, "elsewhere"),
        ({"rules": [{"scene": "smoke", "dispatch": "auto"}]}, "needs a unit"),
        ({"rules": [{"scene": "smoke"}, {"scene": "smoke"}]}, "twice"),
        (
            {"clocks": {"triage": {"limit": "1 hour", "grades": {"major": "30 minutes"}, "remind": "30 minutes"}}},
            "clocks.triage.remind: reminds 30 minutes before the deadline, but the limit of grade major is 30 minutes",
        ),
        (
            {"rules": [{"scene": "smoke", "limits": {"check": {"limit": "1 calendar day", "remind": "25 hours"}}}]},
            "rules.0.limits.check.remind: reminds 25 hours before the deadline, but the limit is 1 calendar day",
        ),
        (
            {"clocks": {"handle": {"limit": "2 hours", "remind": "15 minutes"}}},
            "rules.3.limit_minutes: reminds 15 minutes before the deadline, but the limit is 15 minutes",
        ),
    ],
)
def test_a_mistake_in_a_pack_is_named(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    """The error names the file and what is wrong."""
    path = tmp_path / "city.yaml"
    path.write_text(yaml.safe_dump(raw() | change, allow_unicode=True), encoding="utf-8")
    with pytest.raises(CityError) as caught:
        load_city_pack(path)
    assert str(path) in str(caught.value)
    assert words in str(caught.value)


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    """Wrong values, unknown keys, keys that stand twice, and rows that name what is not there: one run names all."""
    path = tmp_path / "city.yaml"
    path.write_text(
        "name: {zh: 测试, en: Test}\n"
        "areas: [{path: d, name: {zh: 区, en: D}}]\n"
        "units: []\n"
        "units: [{id: u1, name: {zh: 一, en: One}}]\n"
        "categories: [{scene: smoke, name: {zh: 烟, en: S}}]\n"
        "rules:\n"
        "  - {scene: smoke, unit: u2, file: auto, limit_minutes: 0, working_hours: 2}\n"
        "  - {scene: smok, unit: u1}\n"
        "  - {scene: smoke, area: d/x, unit: u1, unit: u1}\n"
        "  - {scene: waterlogging, dispatch: auto}\n",
        encoding="utf-8",
    )
    with pytest.raises(CityError) as caught:
        load_city_pack(path)
    for words in (
        "'units' stands twice, in lines 3 and 4",
        "'rules.2.unit' stands twice, in lines 9 and 9",
        "rules.0.limit_minutes: Input should be greater",
        "rules.0.working_hours: unknown key",
        "rules.0.unit: rule for smoke: unit 'u2' is not among the units",
        "rules.1.scene: Input should be",
        "rules.2.area: rule for smoke: area 'd/x' is not in the tree",
        "rules.3.dispatch: rule for waterlogging: 'dispatch: auto' needs a unit",
        "categories: no row for bike_clutter",
    ):
        assert words in str(caught.value)


def test_what_a_pack_hardly_means_is_said() -> None:
    """Rules that never act, and rules of an area that switch off what holds above it; one that says so means it."""
    pack = raw()
    pack["rules"] += [
        {"scene": "illegal_parking", "area": "demo/first-street/east"},
        {"scene": "smoke", "area": "demo/first-street", "dispatch": "auto", "unit": "parks"},
        {"scene": "fire_lane_blocked", "area": "demo/second-street", "unit": "parks", "limit_minutes": 5}
        | dict.fromkeys(("file", "dispatch", "look_again"), "manual"),
        {"scene": "bike_clutter", "area": "demo/first-street", "unit": "parks", "limit_minutes": 5, "file": "auto"}
        | {"dispatch": "auto", "look_again": "auto", "on_event_closed": "reject_unfiled"},
    ]
    said = list(doubts(CityPack.model_validate(pack)))
    assert [line.partition(": ")[0] for line in said] == [
        "rules.10, illegal_parking in demo/first-street/east",
        "rules.10, illegal_parking in demo/first-street/east",
        "rules.11, smoke in demo/first-street",
        "rules.11, smoke in demo/first-street",
        "rules.11, smoke in demo/first-street",
        "rules.13, bike_clutter in demo/first-street",
    ]
    assert "switches off file, dispatch, look_again, close" in said[0]
    assert "no unit and no limit_minutes" in said[1]
    assert "'dispatch: auto' without 'file: auto'" in said[2]
    assert "'on_event_closed: reject_unfiled' never acts" in said[5]
    assert list(doubts(load_city_pack(None))) == [], "the pack that ships means what it says"


def test_a_unit_without_people_is_said(tmp_path: Path) -> None:
    """Only those who may sign in count; ``--strict`` makes a doubt an error."""
    data = ("--data", str(tmp_path / "hub"))
    add = ("user", "add", "squad", "--role", "handler", "--unit", "parks", "--password-stdin", *data)
    assert CliRunner().invoke(cli.app, add, input="a long password\n").exit_code == 0
    check = ("city", "check", str(DEMO), *data)
    said = CliRunner().invoke(cli.app, check)
    assert said.exit_code == 0
    assert "unit drainage: nobody can sign in for it; the rules send it waterlogging" in said.output
    assert "unit parks" not in said.output
    assert CliRunner().invoke(cli.app, ("user", "disable", "squad", *data)).exit_code == 0
    assert "unit parks: nobody" in CliRunner().invoke(cli.app, check).output
    assert CliRunner().invoke(cli.app, (*check, "--strict")).exit_code == 1


def test_an_area_without_its_parent_is_refused(tmp_path: Path) -> None:
    """The tree has no holes."""
    pack = raw()
    pack["areas"].append({"path": "demo/nowhere/east", "name": {"zh": "东", "en": "East"}})
    path = tmp_path / "city.yaml"
    path.write_text(yaml.safe_dump(pack, allow_unicode=True), encoding="utf-8")
    with pytest.raises(CityError, match="demo/nowhere"):
        load_city_pack(path)


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=4), st.lists(st.sampled_from("abc_"), max_size=3))
def test_an_area_covers_itself_and_all_below_but_no_namesake(node: list[str], below: list[str]) -> None:
    """Only whole steps of the path count."""
    path = "/".join(node)
    assert covers(path, "/".join(node + below))
    assert not covers(path, path + "x")
    assert not covers(path + "/x", path)


@pytest.mark.parametrize("section", ["city", "rule"])
def test_a_ladder_tells_only_roles_that_there_are(tmp_path: Path, section: str) -> None:
    """One that nobody can hold is refused by the check and at the start, by file, key and the roles that there are."""
    pack = raw() | {"roles": [{"id": "night-watch", "name": {"zh": "夜间值守", "en": "Night watch"}}]}
    ladder = [{"tell": ["shift_lead", "night-watch"]}, {"after": "1 hour", "tell": ["leader", "shift-lead"], "up": 1}]
    clocks = {"handle": {"limit": "1 hour", "ladder": ladder}}
    pack |= {"clocks": clocks} if section == "city" else {"rules": [{"scene": "smoke", "limits": clocks}]}
    path = tmp_path / "city.yaml"
    path.write_text(yaml.safe_dump(pack, allow_unicode=True), encoding="utf-8")
    (tmp_path / "hub.yaml").write_text("city: city.yaml\n", encoding="utf-8")
    key = "clocks.handle" if section == "city" else "rules.0.limits.handle"
    for command in (("city", "check", str(path)), ("serve", "--config", str(tmp_path / "hub.yaml"))):
        refused = CliRunner().invoke(cli.app, command).exception
        assert isinstance(refused, CityError)
        assert str(path) in str(refused)
        assert f"{key}.ladder.1.tell.1: role 'shift-lead' is none; there are administrator, checker" in str(refused)
        assert "night-watch" in str(refused)
        assert "'unit'" not in str(refused)

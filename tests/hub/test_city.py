"""City packs: the rule of the nearest area wins, and mistakes are named."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sharp_eyes.contract.event import SceneName
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

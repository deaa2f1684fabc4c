"""The rule table by the interface: the city pack's, with its checks, its version and its words."""

from typing import Any

import pytest
import yaml
from tests.hub.bench import STREET, Bench
from tests.hub.test_areas import ANY, acts, code, told
from tests.hub.test_city import DEMO

from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.cases.city_versions import text_in_force
from sharp_eyes.hub.lifecycle.roles import Role


def test_rules_go_out_and_come_in(bench: Bench) -> None:
    """What one got can be put back; a change holds for the next event, and in the pack that goes out."""
    chief = bench.client(Role.ADMINISTRATOR, name="chief")
    table = chief.get("/api/rules").json()
    assert len(table["rules"]) == len(bench.hub.city.rules)
    same = chief.put("/api/rules", json={"version": table["version"], "rules": table["rules"]})
    assert same.status_code == 200, same.text
    assert same.json() == table
    rules = [rule for rule in table["rules"] if rule["scene"] != "greenery_damage"]
    rules.append({"scene": "greenery_damage", "area": STREET, "unit": "parks", "file": "auto", "dispatch": "auto"})
    changed = chief.put("/api/rules", json={"version": table["version"], "rules": rules})
    assert changed.status_code == 200, changed.text
    assert changed.headers["etag"] == f'"{table["version"] + 1}"'
    assert acts(bench)[-1] == ("rules_changed", "rules", "demo")
    bench.birth()
    bench.report(scene="greenery_damage")
    assert bench.client(Role.SHIFT_LEAD).get("/api/cases/1").json()["unit"] == "parks"
    with bench.hub.read_only() as work:
        text = text_in_force(work.session) or ""
        assert CityPack.model_validate(yaml.safe_load(text)) == work.city
    assert "# The first area is the root" in text
    assert "# Codes of one city" in DEMO.read_text(encoding="utf-8") and "# Codes of one city" in text


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"scene": "smoke", "area": "demo/nowhere"}, "area 'demo/nowhere' is not in the tree"),
        ({"scene": "smoke", "area": STREET, "unit": "navy"}, "unit 'navy' is not among the units"),
        ({"scene": "smoke", "area": STREET, "dispatch": "auto"}, "needs a unit"),
    ],
)
def test_what_does_not_fit_is_refused_with_words(quick: Bench, rule: dict[str, Any], words: str) -> None:
    """By the same checks as the pack's file."""
    chief = quick.client(Role.ADMINISTRATOR)
    table = chief.get("/api/rules").json()
    answer = chief.put("/api/rules", json=table | {"rules": [*table["rules"], rule]})
    assert code(answer) == (422, "wrong_city")
    assert words in told(answer)
    assert chief.get("/api/rules").json() == table


def test_doubts_come_along(quick: Bench) -> None:
    """What a rule hardly means is said with the answer."""
    chief = quick.client(Role.ADMINISTRATOR)
    table = chief.get("/api/rules").json()
    narrow = {"scene": "illegal_parking", "area": STREET, "unit": "traffic-police"}
    answer = chief.put("/api/rules", json=table | {"rules": [*table["rules"], narrow]})
    assert any("switches off" in doubt for doubt in answer.json()["doubts"])
    stale = chief.put("/api/rules", json=table)
    assert code(stale) == (409, "changed_meanwhile")


def test_rules_are_for_administrators_of_the_whole_city(quick: Bench) -> None:
    """They hold everywhere in it."""
    for role in Role:
        page = quick.client(role, STREET, "parks" if role is Role.HANDLER else None)
        assert code(page.get("/api/rules")) == (403, "not_allowed")
        assert code(page.put("/api/rules", json={"rules": []}, headers=ANY)) == (403, "not_allowed")

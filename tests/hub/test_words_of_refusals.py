"""Every code that the hub refuses with has words on the page, in both languages; a new one without them fails here."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import cycle, islice, product
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from sharp_eyes.configuration import what_is_wrong
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.clocks.clock import ClockKind

HUB = Path("hub/sharp_eyes/hub")
WORDS = Path("hub/page/src/i18n")
GROUPS = ("refusal", "adminRefused", "error", "refused")
NOT_SHOWN = {
    # Of Open311 and of platforms of devices, whose programs read English.
    "key_not_random",
    "api_key_missing",
    "wrong_api_key",
    "span_too_long",
    "source_not_yours",
    "unknown_device",
}


@cache
def all_calls() -> list[tuple[Path, ast.Call]]:
    read = ((path, ast.parse(path.read_text(encoding="utf-8"))) for path in HUB.rglob("*.py"))
    return [(path, node) for path, tree in read for node in ast.walk(tree) if isinstance(node, ast.Call)]


def calls(*names: str, folder: str = ".") -> Iterator[tuple[str, ast.Call]]:
    for path, node in all_calls():
        if path.is_relative_to(HUB / folder) and getattr(node.func, "id", getattr(node.func, "attr", "")) in names:
            yield f"{path.name}:{node.lineno}", node


def texts(node: ast.expr) -> set[str]:
    """All plain words that an argument may be."""
    return {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def known(groups: tuple[str, ...]) -> set[str]:
    rows = "\n".join(path.read_text(encoding="utf-8") for path in WORDS.glob("*essages.ts"))
    named = {key for group in groups for key in re.findall(rf'"{group}\.(\w+)":', rows)}
    return named | set(re.findall(r'case "(\w+)":', (WORDS / "errors.ts").read_text(encoding="utf-8")))


def test_every_refusals_code_has_words() -> None:
    """Of requests, of moves, of what stands in the usual form."""
    codes: dict[str, str] = {}
    for position, names in ((1, ("RequestError", "problem", "wrong_field")), (0, ("MoveError", "unavailable"))):
        for where, call in calls(*names):
            if len(call.args) > position:
                codes |= {code: where for code in texts(call.args[position]) if re.fullmatch(r"[a-z][a-z_0-9]+", code)}
    assert len(codes) > 60
    words = known(GROUPS)
    assert {code: where for code, where in codes.items() if code not in words | NOT_SHOWN} == {}


def test_every_fault_of_a_city_pack_that_is_found_has_a_code_and_words() -> None:
    """What does not fit together, what a field's own check refuses, what the hub has and a pack lacks, what hangs on
    an area or a unit: a bare sentence would be English on every page."""
    one_by_one = [call.args[0] for _, call in calls("Said", "_refused", "wrong_city", "_missing") if call.args]
    of_rules = [
        call.args[1]
        for where, call in calls("_rule", "_of_rule", folder="areas")
        if where.startswith(("city_faults", "kind_faults")) and len(call.args) > 1
    ]
    codes = {code for argument in (*one_by_one, *of_rules) for code in texts(argument) if re.fullmatch(r"\w+", code)}
    assert len(codes) > 55
    assert codes - known(("cityFault",)) == set()
    bare = [
        where
        for folder in ("areas", "clocks")
        for where, call in calls("ValueError", folder=folder)
        if not (isinstance(call.args[0], ast.Call) and getattr(call.args[0].func, "id", "") == "Said")
        # of rows of a file, which are a RowError's, and of outlines that are sound
        if not where.startswith("place_kinds.py") and texts(call.args[0]) != {"the two outlines have no ground"}
    ]
    assert bare == []
    assert {kind.value for kind in ClockKind} <= known(("clock",))
    kinds = re.findall(r'^    "(\w+)",$', (HUB / "cases" / "hanging.py").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(kinds) > 10
    assert set(kinds) <= known(("hanging",))


def test_every_fault_of_a_file_of_rows_has_words() -> None:
    """Of premises and of places, of a row and of the whole."""
    codes = {code for _, call in calls("RowError") if call.args for code in texts(call.args[0])}
    assert len(codes) > 20
    assert {code for code in codes if re.fullmatch(r"[a-z_]+[a-z]", code)} <= known(("fault",))


ODD: tuple[Any, ...] = (
    None,
    "?",
    -1,
    10**30,
    float("nan"),
    True,
    [],
    [[]],
    {},
    {"?": 1},
    date(2026, 1, 1),
    "x" * 9000,
    [1],
)


def test_whatever_stands_in_a_city_packs_place_is_refused_by_a_code_with_words() -> None:
    """A full pack with all that lies equally deep replaced, in turn, by what nobody would write there."""
    full = yaml.safe_load(Path("configs/city/demo-district.yaml").read_text(encoding="utf-8"))
    found: set[str] = set()
    for depth, first in product(range(1, 7), range(4)):
        odd = islice(cycle(ODD), first, None)
        with pytest.raises(ValidationError) as error:
            CityPack.model_validate(replaced(full, depth, odd))
        wrong = list(what_is_wrong(error.value))
        assert [one for one in wrong if not one.code] == []
        found |= {one.code for one in wrong}
    assert len(found) > 30
    assert found - known(("cityFault",)) == set()


def replaced(value: Any, depth: int, odd: Iterator[Any]) -> Any:
    """The same with all that stands so deep replaced."""
    if depth == 0:
        return next(odd)
    if isinstance(value, dict):
        return {key: replaced(one, depth - 1, odd) for key, one in value.items()}
    return [replaced(one, depth - 1, odd) for one in value] if isinstance(value, list) else value

"""Every code that the hub refuses with has words on the page, in both languages; a new one without them fails here."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

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


def calls(*names: str, folder: str = ".") -> Iterator[tuple[str, ast.Call]]:
    for path in (HUB / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in names:
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


def test_every_fault_of_a_city_pack_that_has_a_code_has_words() -> None:
    """And what hangs on an area or a unit."""
    one_by_one = [call.args[0] for _, call in calls("Said", "_refused", "wrong_city")]
    of_rules = [call.args[1] for where, call in calls("_rule", folder="areas") if where.startswith("city_faults")]
    codes = {code for argument in (*one_by_one, *of_rules) for code in texts(argument)}
    assert len(codes) > 15
    assert codes - known(("cityFault",)) == set()
    kinds = re.findall(r'^    "(\w+)",$', (HUB / "cases" / "hanging.py").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(kinds) > 10
    assert set(kinds) <= known(("hanging",))

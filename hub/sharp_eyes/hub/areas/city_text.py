"""A city pack as YAML: written anew, or changed in place so that comments stay where somebody wrote them."""

import json
from typing import Any

import yaml
from pydantic import BaseModel

from sharp_eyes.configuration.yaml_reading import load_yaml
from sharp_eyes.hub.areas.city_pack import CityPack, Rule
from sharp_eyes.hub.clocks.calendar import WorkingCalendar
from sharp_eyes.hub.clocks.chinese_year import as_yaml

_WIDE = 10**9
_LISTED = ("areas", "units")


def plain(pack: CityPack) -> dict[str, Any]:
    """A pack as JSON takes it; what was left out stays out, for some rules mean something by that."""
    return pack.model_dump(mode="json", exclude_unset=True)


def as_text(pack: CityPack) -> str:
    """Write a pack as YAML."""
    return yaml.safe_dump(plain(pack), allow_unicode=True, sort_keys=False, width=_WIDE, default_flow_style=None)


def changed_text(text: str, before: CityPack, after: CityPack) -> str:
    """Write the areas, units and calendar of ``after``, and the areas of its rules, into the YAML of ``before``.

    Where that does not give ``after``, all is written anew, without comments.
    """
    try:
        # Outlines are long and are written as they are: what surrounds them is looked at once more.
        bare = _without_outlines(after)
        if CityPack.model_validate(load_yaml(_in_place(text, before, bare))) == bare:
            return _in_place(text, before, after)
    except (yaml.YAMLError, ValueError, LookupError, StopIteration):
        pass
    return as_text(after)


def _in_place(text: str, before: CityPack, after: CityPack) -> str:
    root = yaml.compose(text, yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader)
    sections = {} if root is None else {key.value: value for key, value in root.value}
    changes: list[tuple[int, int, str]] = []
    for name in _LISTED:
        if getattr(before, name) != getattr(after, name):
            changes.append(_listed(text, sections[name], getattr(after, name)))
    if after.calendar is not None and before.calendar != after.calendar:
        changes.append(_calendar(text, root, after.calendar))
    changes += _rules(text, sections.get("rules"), before.rules, after.rules)
    for start, end, said in sorted(changes, reverse=True):
        text = text[:start] + said + text[end:]
    return text


def _listed(text: str, node: yaml.CollectionNode, rows: tuple[BaseModel, ...]) -> tuple[int, int, str]:
    """The new rows in place of a section's, one a line; comments behind the section belong to what follows."""
    start, end = node.start_mark.index, node.end_mark.index
    lines = text[start:end].splitlines(keepends=True)
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        end -= len(lines.pop())
    column = 0 if node.flow_style else node.start_mark.column
    said = "".join(f"{' ' * column}- {_row(row)}\n" for row in rows)
    return start, end, f"\n{said}" if node.flow_style else said[column:]


def _calendar(text: str, root: yaml.Node | None, calendar: WorkingCalendar) -> tuple[int, int, str]:
    """The whole section anew, or behind all others; comments behind the section belong to what follows."""
    said = as_yaml(calendar)
    found = [] if root is None else [pair for pair in root.value if pair[0].value == "calendar"]
    if not found:
        return len(text), len(text), said if not text or text.endswith("\n") else f"\n{said}"
    key, node = found[0]
    start, end = key.start_mark.index, node.end_mark.index
    lines = text[start:end].splitlines(keepends=True)
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        end -= len(lines.pop())
    return start, end, said if text[end - 1] == "\n" else said.rstrip("\n")


def _row(row: BaseModel) -> str:
    content = row.model_dump(mode="json", exclude_unset=True)
    outline = content.pop("geometry", None)
    said = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=_WIDE, default_flow_style=True).strip()
    # JSON is YAML, too, and is written a hundred times faster.
    return said if outline is None else f"{said[:-1]}, geometry: {json.dumps(outline)}}}"


def _without_outlines(pack: CityPack) -> CityPack:
    areas = tuple(area.model_copy(update={"geometry": None}) for area in pack.areas)
    return pack.model_copy(update={"areas": areas})


def _rules(
    text: str, node: yaml.CollectionNode | None, before: tuple[Rule, ...], after: tuple[Rule, ...]
) -> list[tuple[int, int, str]]:
    """Rules that only follow their areas keep their form; others are written anew, one a line."""
    if before == after:
        return []
    if node is None:
        raise LookupError("the text has no rules yet")
    bare = [[rule.model_copy(update={"area": None}) for rule in rules] for rules in (before, after)]
    if bare[0] != bare[1]:
        return [_listed(text, node, after)]
    rows = zip(node.value, before, after, strict=True)
    return [change for one, old, new in rows for change in _area_of_rule(one, old, new)]


def _area_of_rule(node: yaml.Node, old: Rule, new: Rule) -> list[tuple[int, int, str]]:
    if old.area == new.area:
        return []
    said = next(value for key, value in node.value if key.value == "area")
    return [(said.start_mark.index, said.end_mark.index, str(new.area))]

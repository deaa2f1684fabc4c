"""A city pack as YAML: written anew, or changed in place so that comments stay where somebody wrote them."""

from typing import Any

import yaml
from pydantic import BaseModel

from sharp_eyes.configuration.yaml_reading import load_yaml
from sharp_eyes.hub.areas.city_pack import CityPack, Rule

_WIDE = 10**9
_LISTED = ("areas", "units")


def plain(pack: CityPack) -> dict[str, Any]:
    """A pack as JSON takes it; what was left out stays out, for some rules mean something by that."""
    return pack.model_dump(mode="json", exclude_unset=True)


def as_text(pack: CityPack) -> str:
    """Write a pack as YAML."""
    return yaml.safe_dump(plain(pack), allow_unicode=True, sort_keys=False, width=_WIDE, default_flow_style=None)


def changed_text(text: str, before: CityPack, after: CityPack) -> str:
    """Write the areas and units of ``after``, and the areas of its rules, into the YAML of ``before``.

    Where that does not give ``after``, all is written anew, without comments.
    """
    try:
        made = _in_place(text, before, after)
        if CityPack.model_validate(load_yaml(made)) == after:
            return made
    except (yaml.YAMLError, ValueError, LookupError, StopIteration):
        pass
    return as_text(after)


def _in_place(text: str, before: CityPack, after: CityPack) -> str:
    root = yaml.compose(text, yaml.SafeLoader)
    sections = {} if root is None else {key.value: value for key, value in root.value}
    changes: list[tuple[int, int, str]] = []
    for name in _LISTED:
        if getattr(before, name) != getattr(after, name):
            changes.append(_listed(text, sections[name], getattr(after, name)))
    for node, old, new in zip(sections["rules"].value if after.rules else (), before.rules, after.rules, strict=True):
        changes += _area_of_rule(node, old, new)
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


def _row(row: BaseModel) -> str:
    content = row.model_dump(mode="json", exclude_unset=True)
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=_WIDE, default_flow_style=True).strip()


def _area_of_rule(node: yaml.Node, old: Rule, new: Rule) -> list[tuple[int, int, str]]:
    if old.area == new.area:
        return []
    said = next(value for key, value in node.value if key.value == "area")
    return [(said.start_mark.index, said.end_mark.index, str(new.area))]

"""Reads a city pack from text: what is wrong in it is said with its place and line, all at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import yaml
from pydantic import ValidationError

from sharp_eyes.configuration import Wrong, what_is_wrong
from sharp_eyes.configuration.said import Said
from sharp_eyes.configuration.yaml_reading import YamlFault, load_with_doubles
from sharp_eyes.hub.areas.city_pack import CityPack


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a text.

    Attributes:
        place: the key, such as ``areas.3.name.en``; empty where it is the text as a whole.
        line: from 1; None where the text has no line for it.
        words: what is wrong.
        code: a stable word for it; empty where only the sentence says it.
        values: what it is about.
    """

    place: str
    line: int | None
    words: str
    code: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def said(self) -> dict[str, object]:
        """The same for a page."""
        return {
            "place": self.place,
            "line": self.line,
            "words": self.words,
            "code": self.code,
            "values": dict(self.values),
        }

    @classmethod
    def of(cls, said: Said) -> "Fault":
        """Say what is wrong with the pack as a whole."""
        return cls("", None, str(said), said.code, said.values)

    def __str__(self) -> str:
        where = ", ".join([*([f"line {self.line}"] if self.line else []), *([self.place] if self.place else [])])
        return f"{where}: {self.words}" if where else self.words


def read_pack(text: str) -> tuple[CityPack | None, list[Fault]]:
    """Read and check a city pack; None where there are faults."""
    try:
        content, twice = load_with_doubles(text)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except YamlFault as error:
        return None, [Fault("", error.line, f"no valid YAML: {error.words}", "no_yaml", {"why": error.words})]
    if not isinstance(content, dict):
        return None, [Fault("", None, "a mapping of settings is expected", "no_mapping")]
    faults = [replace(Fault.of(one), line=int(one.values["line"])) for one in twice]
    try:
        made = CityPack.model_validate(content)
    except ValidationError as error:
        faults += [_fault(root, one) for one in what_is_wrong(error)]
        return None, faults
    return (None if faults else made), faults


def faults_of(error: ValidationError) -> list[Fault]:
    """Say what is wrong in a pack that was made, not read: there are no lines."""
    return [_fault(None, one) for one in what_is_wrong(error)]


def _fault(root: yaml.Node | None, wrong: Wrong) -> Fault:
    place = [str(part) for part in wrong.place]
    return Fault(".".join(place), _line_of(root, place) if root else None, wrong.words, wrong.code, wrong.values)


def _line_of(root: yaml.Node | None, place: list[str]) -> int | None:
    """The line of a key, or of the nearest above it that stands there: a missing one is missed in its row."""
    node, line = root, None
    for part in place:
        below = _below(node, part)
        if below is None:
            break
        line, node = below
    return line


def _below(node: yaml.Node | None, part: str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key.start_mark.line + 1, one) for key, one in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and part.isdigit() and int(part) < len(node.value):
        found = node.value[int(part)]
        return found.start_mark.line + 1, found
    return None

"""Takes a camera out of gateway.yaml's text or puts one in, and leaves every other byte as it is.

The YAML library tells where things stand; the text is cut there. So comments, blank lines, quotes and the order of
keys stay, which a reader and writer of whole documents keeps in part. What comes out is read again and must be
what was meant, or nothing is done.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from sharp_eyes.configuration.yaml_reading import load_yaml
from sharp_eyes.edge.errors import ConfigError

KEY = "cameras"
_BY_HAND = "edit the file by hand"


def with_camera(text: str, camera: Mapping[str, Any]) -> str:
    """Return the text with one more camera at the end of its list.

    Raises:
        ConfigError: the text has a form in which that cannot be done safely; the message holds what to add by hand.
    """
    entry = _dumped(camera, 2)
    before = _cameras_of(text)
    node = _node(text)
    if node is None:
        changed = text + ("" if not text or text.endswith("\n") else "\n") + f"{KEY}:\n{entry}"
    elif isinstance(node, yaml.SequenceNode) and node.value and not node.flow_style:
        changed = _after_last(text, node, camera)
    elif isinstance(node, yaml.SequenceNode) and node.value:
        end = node.end_mark.index - 1
        flow = yaml.safe_dump(dict(camera), allow_unicode=True, sort_keys=False, default_flow_style=True, width=4096)
        head = text[:end].rstrip()
        changed = head + (" " if head.endswith(",") else ", ") + flow.strip() + text[end:]
    elif isinstance(node, yaml.ScalarNode) and not node.value:
        changed = _in_place_of_nothing(text, node, entry)
    else:
        changed = text[: node.start_mark.index].rstrip(" ") + "\n" + entry.rstrip("\n") + text[node.end_mark.index :]
    _must_mean(text, changed, [*before, dict(camera)], entry)
    return changed


def without_camera(text: str, identity: str) -> str:
    """Return the text without the camera of this identifier, and without the comments that stand directly above it.

    Raises:
        ConfigError: there is none, or the text has a form in which that cannot be done safely.
    """
    before = _cameras_of(text)
    places = [place for place, one in enumerate(before) if isinstance(one, dict) and one.get("id") == identity]
    if not places:
        known = ", ".join(str(one.get("id")) for one in before if isinstance(one, dict))
        raise ConfigError(f"there is no camera {identity!r}; there are: {known or 'none'}")
    node, place = _node(text), places[0]
    if not isinstance(node, yaml.SequenceNode) or node.flow_style:
        raise ConfigError(f"'{KEY}' is written in one line; {_BY_HAND}")
    lines = text.splitlines(keepends=True)
    item, column = node.value[place], node.start_mark.column
    first, last = _dash_line(lines, item, column), _last_line(lines, item, column)
    while first > 0 and lines[first - 1].startswith(" " * column + "#"):
        first -= 1
    # One of the blank lines around it goes along, the upper one if there is another camera above.
    if place > 0 and not lines[first - 1].strip():
        first -= 1
    elif place == 0 and last + 1 < len(lines) and not lines[last + 1].strip():
        last += 1
    changed = "".join(lines[:first] + lines[last + 1 :])
    _must_mean(text, changed, before[:place] + before[place + 1 :], "")
    return changed


def _cameras_of(text: str) -> list[Any]:
    cameras = _mapping_of(text).get(KEY) or []
    if not isinstance(cameras, list):
        raise ConfigError(f"'{KEY}' is not a list; {_BY_HAND}")
    return cameras


def _mapping_of(text: str) -> dict[str, Any]:
    try:
        content = load_yaml(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"no valid YAML: {error}") from error
    if content is not None and not isinstance(content, dict):
        raise ConfigError("a mapping of settings is expected")
    return content or {}


def _node(text: str) -> yaml.Node | None:
    """The node of the list of cameras; None where the key is not there."""
    root = yaml.compose(text, yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        return None
    return next((value for key, value in root.value if key.value == KEY), None)


def _after_last(text: str, node: yaml.SequenceNode, camera: Mapping[str, Any]) -> str:
    lines = text.splitlines(keepends=True)
    column = node.start_mark.column
    last = _last_line(lines, node.value[-1], column)
    end = "\r\n" if lines[last].endswith("\r\n") else "\n"
    if not lines[last].endswith("\n"):
        lines[last] += end
    entry = _dumped(camera, column).replace("\n", end)
    gap = end if _are_set_apart(lines, node, column) else ""
    return "".join([*lines[: last + 1], gap, entry, *lines[last + 1 :]])


def _are_set_apart(lines: Sequence[str], node: yaml.SequenceNode, column: int) -> bool:
    """Whether a blank line stands between the cameras that are there."""
    between = (
        lines[_last_line(lines, one, column) + 1 : _dash_line(lines, other, column)]
        for one, other in zip(node.value, node.value[1:], strict=False)
    )
    return any(not line.strip() for some in between for line in some)


def _in_place_of_nothing(text: str, node: yaml.ScalarNode, entry: str) -> str:
    """The key stands there with nothing behind it, perhaps with a comment."""
    end = text.find("\n", node.start_mark.index)
    line = text.rfind(f"{KEY}:", 0, node.start_mark.index + 1)
    end = text.find("\n", line) if line >= 0 else end
    head = text if end < 0 else text[:end]
    return head + "\n" + entry + ("" if end < 0 else text[end + 1 :])


def _dash_line(lines: Sequence[str], item: yaml.Node, column: int) -> int:
    """The line of an item's dash, which stands on or above the line of its first key."""
    line: int = item.start_mark.line
    while line > 0 and not lines[line].startswith(" " * column + "-"):
        line -= 1
    return line


def _last_line(lines: Sequence[str], item: yaml.Node, column: int) -> int:
    """The last line that belongs to an item: its last value, and the comments below that are set in deeper."""
    last = _end_of(item)
    below = last + 1
    while below < len(lines) and (stripped := lines[below].lstrip(" ")).startswith("#"):
        if len(lines[below]) - len(stripped) <= column:
            break
        last = below
        below += 1
    return last


def _end_of(node: yaml.Node) -> int:
    """Line of the last character of a node; a block's own end mark lies behind the comments that follow."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return max(_end_of(part) for pair in node.value for part in pair)
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return max(_end_of(part) for part in node.value)
    end = node.end_mark
    behind_a_line = end.column == 0 and end.line > node.start_mark.line
    return int(end.line) - (1 if behind_a_line else 0)


def _dumped(camera: Mapping[str, Any], column: int) -> str:
    """The camera as an item of a list that begins at this column."""
    text = yaml.safe_dump([dict(camera)], allow_unicode=True, sort_keys=False, default_flow_style=None, width=100)
    return "".join(" " * column + line for line in text.splitlines(keepends=True))


def _must_mean(before: str, after: str, cameras: list[Any], entry: str) -> None:
    """Check that the new text says the same as the old one but for its cameras."""
    try:
        meant = {**_mapping_of(before), KEY: cameras}
        said = {KEY: [], **_mapping_of(after)}
    except ConfigError:
        meant, said = {}, {KEY: None}
    said[KEY] = said[KEY] or []
    if said != meant:
        raise ConfigError(
            f"this form of '{KEY}' cannot be changed safely; {_BY_HAND}" + (f", add:\n{entry}" if entry else "")
        )

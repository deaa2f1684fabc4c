"""YAML that may not say a thing twice.

A key that stands twice is legal for PyYAML, and the last one wins silently: half of what somebody wrote is not there.
"""

from collections.abc import Iterator
from typing import Any

import yaml


def load_yaml(text: str) -> Any:
    """Read YAML safely.

    Raises:
        yaml.YAMLError: it is no YAML, or keys stand twice; then the message names all of them with their lines.
    """
    content, twice = load_with_doubles(text)
    if twice:
        raise yaml.YAMLError("; ".join(twice))
    return content


def load_with_doubles(text: str) -> tuple[Any, list[str]]:
    """Read YAML safely, and say which keys stand twice; of those the last one is in what was read.

    Raises:
        yaml.YAMLError: it is no YAML.
    """
    if not yaml.__with_libyaml__:
        return _read(yaml.SafeLoader(text))
    try:
        return _read(yaml.CSafeLoader(text))
    except yaml.YAMLError:
        # Ten times slower, but its message shows the line.
        return _read(yaml.SafeLoader(text))


def _read(loader: "yaml.SafeLoader | yaml.CSafeLoader") -> tuple[Any, list[str]]:
    try:
        root = loader.get_single_node()
        if root is None:
            return None, []
        # Before it is made into objects: that flattens what '<<' merges.
        twice = list(_keys_twice(root, "", set()))
        return loader.construct_document(root), twice
    finally:
        loader.dispose()


def _keys_twice(node: yaml.Node, where: str, seen: set[int]) -> Iterator[str]:
    """Say which keys stand twice in a node and all below; what an alias repeats is looked at once."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            yield from _keys_twice(item, f"{where}{position}.", seen)
    elif isinstance(node, yaml.MappingNode):
        lines: dict[tuple[str, str], int] = {}
        for key, value in node.value:
            line, name = key.start_mark.line + 1, "…"
            if isinstance(key, yaml.ScalarNode):
                name = str(key.value)
                if (key.tag, name) in lines:
                    first = lines[key.tag, name]
                    yield f"the key '{where}{name}' stands twice, in lines {first} and {line}; keep one"
                lines[key.tag, name] = line
            yield from _keys_twice(value, f"{where}{name}.", seen)

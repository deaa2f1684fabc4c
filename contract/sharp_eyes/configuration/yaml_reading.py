"""YAML that may not say a thing twice, and whose errors give a line and never what stands in it.

A key that stands twice is legal for PyYAML, and the last one wins silently: half of what somebody wrote is not there.
Its messages show the line that is wrong, in which a password may stand; a text that is nested deeply enough ends the
process; and of a value that only looks like a date or a number any kind of Python's errors comes. And it reads by YAML
1.1, for which ``010`` is eight, ``10:30`` is 630 and ``no`` is false; here, as by YAML 1.2, the first is what its field
takes it for, ten or a telephone's number, and the others are words, which a field of truth values still understands.
"""

import re
from collections.abc import Hashable, Iterator
from typing import Any, ClassVar

import yaml

MAX_DEPTH = 64
"""Lists and mappings within each other; settings have about ten."""

# The one of C is ten times faster.
_Quick: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


class _Loader(_Quick):  # type: ignore[misc]
    """PyYAML's, with truth values and numbers as people write them."""

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, form) for tag, form in forms if tag.rpartition(":")[2] not in ("bool", "int", "float")]
        for first, forms in _Quick.yaml_implicit_resolvers.items()
    }


for _kind, _first, _form in (
    ("bool", "tTfF", r"true|True|TRUE|false|False|FALSE"),
    ("int", "-+0123456789", r"[-+]?(0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|0b[01_]+)"),
    ("float", "-+.0123456789", r"[-+]?([0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)([eE][-+][0-9]+)?|[-+]?\.(inf|Inf|INF)"),
    ("float", ".", r"\.(nan|NaN|NAN)"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", re.compile(f"(?:{_form})$"), list(_first))


class YamlFault(yaml.YAMLError):
    """What is wrong in a text, and in which line.

    Attributes:
        line: from 1; None where it is the text as a whole.
        words: what is wrong there.
    """

    def __init__(self, line: int | None, words: str) -> None:
        super().__init__(f"line {line}: {words}" if line else words)
        self.line = line
        self.words = words


def load_yaml(text: str) -> Any:
    """Read YAML safely.

    Raises:
        YamlFault: it is no YAML, or keys stand twice; then the message names all of them with their lines.
    """
    content, twice = load_with_doubles(text)
    if twice:
        raise YamlFault(None, "; ".join(twice))
    return content


def load_with_doubles(text: str) -> tuple[Any, list[str]]:
    """Read YAML safely, and say which keys stand twice; of those the last one is in what was read.

    Raises:
        YamlFault: it is no YAML.
    """
    try:
        _look_at_depth(text)
        return _read(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlFault(mark.line + 1 if mark else None, str(error.problem or error.context)) from None
    except yaml.reader.ReaderError as error:
        raise YamlFault(None, f"a character that may not stand in it: {error.reason}") from None
    except UnicodeEncodeError:
        raise YamlFault(None, "a character that may not stand in it: half a surrogate pair") from None


def _look_at_depth(text: str) -> None:
    """Before anything is made of it: both loaders call themselves for each level, that of C until the stack is full."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                line = event.start_mark.line + 1 if event.start_mark else None
                raise YamlFault(line, f"nested more than {MAX_DEPTH} deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _read(text: str) -> tuple[Any, list[str]]:
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return None, []
        # Before it is made into objects: that flattens what '<<' merges.
        twice = list(_keys_twice(root, "", set()))
        try:
            return loader.construct_document(root), twice
        except (ValueError, LookupError, AttributeError):
            raise _unreadable(root) from None
    finally:
        loader.dispose()


def _unreadable(root: yaml.Node) -> YamlFault:
    """Names the first value of which its kind cannot be made, such as a 31st of February."""
    for node in _scalars(root, set()):
        try:
            yaml.SafeLoader("").construct_object(node)
        except (ValueError, LookupError, AttributeError):
            kind = node.tag.rpartition(":")[2]
            return YamlFault(node.start_mark.line + 1, f"a {kind} that there is not; put it in quotes if it is a text")
        except yaml.YAMLError:
            continue  # it has a message of its own where it is reached
    return YamlFault(None, "a value cannot be read")


def _scalars(node: yaml.Node, seen: set[int]) -> Iterator[yaml.ScalarNode]:
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item, seen)
    elif isinstance(node, yaml.MappingNode):
        for pair in node.value:
            for item in pair:
                yield from _scalars(item, seen)


def _meant(key: yaml.ScalarNode) -> Hashable:
    """What a key is once it is read: ``1`` and ``0x1`` are one."""
    if key.tag == "tag:yaml.org,2002:str":
        return str(key.value)
    try:
        made: Hashable = yaml.SafeLoader("").construct_object(key)
    except (ValueError, LookupError, AttributeError, yaml.YAMLError):
        return key.tag, key.value  # said elsewhere, or a tag of no value such as '<<'
    return made


def _keys_twice(node: yaml.Node, where: str, seen: set[int]) -> Iterator[str]:
    """Say which keys stand twice in a node and all below; what an alias repeats is looked at once."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            yield from _keys_twice(item, f"{where}{position}.", seen)
    elif isinstance(node, yaml.MappingNode):
        lines: dict[Hashable, int] = {}
        for key, value in node.value:
            line, name = key.start_mark.line + 1, "…"
            if isinstance(key, yaml.ScalarNode):
                name, meant = str(key.value), _meant(key)
                if meant in lines:
                    yield f"the key '{where}{name}' stands twice, in lines {lines[meant]} and {line}; keep one"
                lines[meant] = line
            yield from _keys_twice(value, f"{where}{name}.", seen)

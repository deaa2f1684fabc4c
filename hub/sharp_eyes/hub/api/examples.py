"""Examples in the document of the interface: one for every body, put together from the examples of its fields.

A field's example is the first of its own (``Field(examples=[…])``, beside it), or what ``example_words`` says of a word
that many schemas share, or what its form leaves no choice about. A schema whose fields must fit together says a whole
one (``json_schema_extra``). A body of which one field has none stays without an example, which a test refuses.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sharp_eyes.hub.api.example_words import WORDS

Schema = Mapping[str, Any]
_FORMS = {
    "date-time": "2026-03-01T08:00:00Z",
    "date": "2026-03-01",
    "uuid": "0b54a5a6-3ef2-5c1a-9d0c-6f1d1f6b7a10",
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")
_KINDS: Mapping[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
}
_NAMES = ("/BilingualName", "/Text")
"""Schemas of names in both languages, which words say whole."""

_DEEPEST = 24


class NoExampleError(Exception):
    """A field has no example; the text names it."""


def add_examples(document: dict[str, Any]) -> None:
    """Give each body of a document an example: requests beside their media type, answers at their schema."""
    composer = _Composer(document.get("components", {}).get("schemas", {}))
    for operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            _put(content, composer, only_needed=True)
        for answer in operation["responses"].values():
            for media_type, content in answer.get("content", {}).items():
                if media_type.endswith("json"):
                    _put(content, composer, only_needed=False)


def operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Go through all operations of a document."""
    for methods in document["paths"].values():
        yield from methods.values()


def _put(content: dict[str, Any], composer: "_Composer", *, only_needed: bool) -> None:
    schema = content.get("schema")
    if schema is None or "example" in content or "examples" in content:
        return
    try:
        if "$ref" in schema and not only_needed:
            composer.settle(schema["$ref"])  # once, however many operations answer so
        else:
            content["example"] = composer.example(schema, only_needed=only_needed)
    except NoExampleError:
        return


class _Composer:
    """Puts examples together from the schemas of a document."""

    def __init__(self, schemas: dict[str, dict[str, Any]]) -> None:
        self._schemas = schemas

    def settle(self, reference: str) -> None:
        """Give a schema that is referred to a whole example, where it has none."""
        name = reference.rpartition("/")[2]
        if not self._schemas[name].get("examples"):
            self._schemas[name]["examples"] = [self.example({"$ref": reference})]

    def example(self, schema: Schema, place: tuple[str, str] = ("", ""), depth: int = 0, **how: bool) -> Any:
        """Give an example. ``place``: names of the schema and the field; ``only_needed``: without optional fields.

        Raises:
            NoExampleError: a field has none.
        """
        if depth > _DEEPEST:
            raise NoExampleError(".".join(place))
        if "$ref" in schema:
            said = _word(schema, place)
            if said is not None:
                return said
            name = schema["$ref"].rpartition("/")[2]
            return self.example(self._schemas[name], (name, place[1]), depth + 1, **how)
        if schema.get("examples"):
            return schema["examples"][0]
        if "const" in schema:
            return schema["const"]
        said = _word(schema, place)
        if said is not None:
            return said
        return self._by_form(schema, place, depth, **how)

    def _by_form(self, schema: Schema, place: tuple[str, str], depth: int, **how: bool) -> Any:
        if "enum" in schema:
            return schema["enum"][0]
        choices = schema.get("anyOf") or schema.get("oneOf")
        if choices:
            return self._first(choices, place, depth, **how)
        if schema.get("type") == "array":
            rows = schema.get("prefixItems") or [schema["items"]]
            return [self.example(one, place, depth + 1, **how) for one in rows]
        if "properties" in schema:
            return self._object(schema, place[0], depth, **how)
        if schema.get("type") == "boolean":
            return schema.get("default", False)
        if schema.get("format") in _FORMS:
            return _FORMS[schema["format"]]
        raise NoExampleError(".".join(place))

    def _first(self, choices: list[Schema], place: tuple[str, str], depth: int, **how: bool) -> Any:
        for one in choices:
            if one.get("type") == "null":
                continue
            try:
                return self.example(one, place, depth + 1, **how)
            except NoExampleError:
                continue
        raise NoExampleError(".".join(place))

    def _object(self, schema: Schema, name: str, depth: int, *, only_needed: bool = False) -> dict[str, Any]:
        needed = schema.get("required", [])
        fields = schema["properties"].items()
        wanted = [(key, one) for key, one in fields if key in needed or not only_needed or not needed]
        return {key: self.example(one, (name, key), depth + 1, only_needed=only_needed) for key, one in wanted}


def _word(schema: Schema, place: tuple[str, str]) -> Any:
    """What is said of a field's word, of its schema's own first, where it has the field's form."""
    for key in (".".join(place), place[1]):
        said = WORDS.get(key)
        for value in said if isinstance(said, tuple) else (said,):
            if value is not None and _fits(schema, value):
                return value
    return None


def _fits(schema: Schema, value: Any) -> bool:
    if "$ref" in schema or "enum" in schema:
        is_name = schema.get("$ref", "").endswith(_NAMES) and isinstance(value, dict)
        return is_name if "$ref" in schema else value in schema["enum"]
    if "anyOf" in schema or "oneOf" in schema:
        return any(_fits(one, value) for one in schema.get("anyOf") or schema["oneOf"])
    if isinstance(value, bool) != (schema.get("type") == "boolean"):
        return False
    if isinstance(value, str):
        return (
            schema.get("type") == "string"
            and _has_form(schema.get("format"), value)
            and re.search(schema.get("pattern", ""), value) is not None
        )
    if isinstance(value, list):
        return schema.get("type") == "array" and (
            "items" not in schema or all(_fits(schema["items"], one) for one in value)
        )
    return isinstance(value, _KINDS.get(schema.get("type", ""), ())) and _has_fields(schema, value)


def _has_form(form: str | None, value: str) -> bool:
    """A moment's word is written as a moment is; days and UUIDs are all alike."""
    return form not in _FORMS or (form == "date-time" and _MOMENT.match(value) is not None)


def _has_fields(schema: Schema, value: Any) -> bool:
    """An object has what its schema asks for, and what it says is always so."""
    if not isinstance(value, dict):
        return True
    fixed = {key: one["const"] for key, one in schema.get("properties", {}).items() if "const" in one}
    return value.keys() >= set(schema.get("required", [])) and all(value.get(key) == one for key, one in fixed.items())

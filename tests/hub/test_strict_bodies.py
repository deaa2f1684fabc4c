"""JSON's own types, of every field of every body: what is no number, no boolean or no text is refused, not turned."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from fastapi.testclient import TestClient
from tests.hub.bench import Bench

from sharp_eyes.hub.api.examples import NoExampleError, _Composer
from sharp_eyes.hub.lifecycle.roles import Role

Schema = Mapping[str, Any]
Path = tuple[str | int, ...]
Leaf = tuple[Path, Any, set[str]]
_WRONG = ("1", True, 1, 1.5, "true")
_KINDS: dict[str, type] = {"integer": int, "number": float, "boolean": bool, "string": str}


class Walker:
    """Goes through the fields of schemas, with a value that has each."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.schemas = document["components"]["schemas"]
        self.composer = _Composer(self.schemas)

    def leaves(
        self, schema: Schema, value: Any, path: Path = (), depth: int = 0
    ) -> Iterator[tuple[Path, Any, set[str]]]:
        """Path, the whole value with something there, and the kinds that fit there."""
        branches = self.branches(schema)
        kinds = {str(one.get("type")) for one in branches if "type" in one}
        if any(not one or not ({"type", "enum", "const"} & one.keys()) for one in branches):
            kinds.add("anything")
        if kinds & _KINDS.keys() and path:
            yield path, value, kinds
        for one in branches:
            if depth > 8:
                continue
            fields = one.get("properties", {})
            of_it = value
            for name, field in fields.items():
                if "const" in field:  # says which of several forms it is
                    of_it = self.put(self.with_one(of_it, (*path, name), field), (*path, name), field["const"])
            for name, field in fields.items():
                inner = (*path, name)
                yield from self.leaves(field, self.with_one(of_it, inner, field), inner, depth + 1)
            if one.get("type") == "array":
                field = (one.get("prefixItems") or [one["items"]])[0]
                if field:
                    inner = (*path, 0)
                    yield from self.leaves(field, self.with_one(value, inner, field), inner, depth + 1)

    def branches(self, schema: Schema) -> list[Schema]:
        if "$ref" in schema:
            return self.branches(self.schemas[schema["$ref"].rpartition("/")[2]])
        choices = schema.get("anyOf") or schema.get("oneOf")
        return [one for choice in choices for one in self.branches(choice)] if choices else [schema]

    def with_one(self, whole: Any, path: Path, schema: Schema) -> Any:
        """The value with something at a path; its parents are there."""
        made = copy.deepcopy(whole)
        at = made
        for step in path[:-1]:
            at = at[step]
        last = path[-1]
        if isinstance(last, int):
            if not isinstance(at, list):
                return self.put(made, path[:-1], [self.something(schema)])
            if not at:
                at.append(self.something(schema))
        elif not isinstance(at, dict):
            return self.put(made, path[:-1], {last: self.something(schema)})
        elif at.get(last) is None:
            at[last] = self.something(schema)
        return made

    def something(self, schema: Schema) -> Any:
        """What is there need not be right: only what a wrong kind adds to the faults counts."""
        try:
            return self.composer.example(schema)
        except NoExampleError:
            kind = next((one["type"] for one in self.branches(schema) if one.get("type") != "null"), None)
            return {"array": [], "object": {}, "integer": 1, "number": 1}.get(str(kind), "x")

    def put(self, whole: Any, path: Path, value: Any) -> Any:
        made = copy.deepcopy(whole)
        if not path:
            return value
        at = made
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value
        return made


def wrong_for(kinds: set[str]) -> Iterator[Any]:
    """Values of other kinds than those that fit."""
    fitting = kinds & _KINDS.keys()
    for value in _WRONG:
        kind = "boolean" if isinstance(value, bool) else next(k for k, t in _KINDS.items() if isinstance(value, t))
        if kind not in fitting and not (kind == "integer" and "number" in fitting):
            yield value


def bodies(document: dict[str, Any]) -> Iterator[tuple[str, str, Schema, Any]]:
    """Method, address, schema and a whole example of each body of JSON."""
    walker = Walker(document)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content is not None and not path.startswith("/open311/"):
                address = path
                for one in operation.get("parameters", []):
                    if one["in"] == "path":
                        address = address.replace(f"{{{one['name']}}}", str(walker.something(one["schema"])))
                yield method.upper(), address, content["schema"], walker.something(content["schema"])


def faults_of(who: TestClient, method: str, path: str, body: Any) -> set[tuple[str, str]]:
    """Fields and what is wrong with them; nothing where the body was not refused in the usual form."""
    answer = who.request(method, path, json=body, headers={"Idempotency-Key": str(UUID(int=1))})
    if answer.status_code != 422 or answer.headers["content-type"] != "application/problem+json":
        return set()
    if answer.json()["error"]["code"] != "invalid":
        return set()
    said = answer.json()
    return {(fault["field"], fault["code"]) for fault in said.get("faults", ())} | {("detail", said["detail"])}


def test_no_field_of_any_body_takes_another_kind_of_json(quick: Bench) -> None:
    """Each number, boolean and text of the document, one at a time: 422 in the usual form; the examples are taken.

    Moments, ids, days and words of a list come as texts, and are no fault of kind.
    """
    document = quick.app.openapi()
    chief = quick.client(Role.ADMINISTRATOR)
    walker, taken, refused, fields = Walker(document), [], [], 0
    for method, path, schema, example in bodies(document):
        refused += [path for field, _ in faults_of(chief, method, path, example) if field != "detail"]
        for place, whole, kinds in walker.leaves(schema, example):
            if "anything" in kinds:
                continue
            fields += 1
            before = faults_of(chief, method, path, whole)
            for value in wrong_for(kinds):
                if not faults_of(chief, method, path, walker.put(whole, place, value)) - before:
                    taken.append(f"{method} {path} {place}: {value!r}")
    assert (taken, refused) == ([], [])
    assert fields > 200, fields

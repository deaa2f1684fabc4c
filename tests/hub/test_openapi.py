"""The document of the interface: every body has an example, and the example is one."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from tests.hub.bench import Bench

from sharp_eyes.hub.api.examples import NoExampleError, _Composer


@pytest.fixture
def document(quick: Bench) -> dict[str, Any]:
    found: dict[str, Any] = quick.app.openapi()
    return found


def bodies(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """All that is sent in, and all JSON that is answered."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            where = f"{method.upper()} {path}"
            for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
                yield f"{where} request {media_type}", content
            for status, answer in operation["responses"].items():
                for media_type, content in answer.get("content", {}).items():
                    if media_type.endswith("json"):
                        yield f"{where} {status} {media_type}", content


def examples_of(document: dict[str, Any], content: dict[str, Any]) -> list[Any]:
    if "example" in content:
        return [content["example"]]
    if "examples" in content:
        return [one["value"] for one in content["examples"].values()]
    name = content["schema"].get("$ref", "").rpartition("/")[2]
    found: list[Any] = document["components"]["schemas"].get(name, {}).get("examples", [])
    return found


def missing(document: dict[str, Any], content: dict[str, Any]) -> str:
    try:
        _Composer(document["components"]["schemas"]).example(content["schema"])
    except NoExampleError as error:
        return f"no example of {error}"
    return "no example"


def test_every_body_has_an_example_that_fits_its_schema(document: dict[str, Any]) -> None:
    """A new field brings one beside it: Field(examples=[...]), or the schema a whole one."""
    wrong = {}
    checked: set[str] = set()
    for where, content in bodies(document):
        found = examples_of(document, content)
        if not found:
            wrong[where] = missing(document, content)
        schema = content["schema"]
        key = repr((schema, found))
        if key in checked:
            continue
        checked.add(key)
        whole = {**schema, "components": document["components"]}
        validator = Draft202012Validator(whole, format_checker=FormatChecker())
        for one in found:
            faults = [
                f"{'.'.join(map(str, fault.path))}: {fault.message[:200]}" for fault in validator.iter_errors(one)
            ]
            if faults:
                wrong[where] = "; ".join(faults[:3])
    assert wrong == {}
    assert len(checked) > 100


def test_errors_of_open311_stand_as_they_are_sent(document: dict[str, Any]) -> None:
    """In JSON and XML, as the standard has them; all others are problem details."""
    for path, methods in document["paths"].items():
        for operation in methods.values():
            for status in ("4XX", "5XX"):
                kinds = set(operation["responses"][status]["content"])
                own = {"application/json", "application/xml"}
                assert kinds == (own if path.startswith("/open311/") else {"application/problem+json"}), path


def test_no_two_operations_have_one_name(document: dict[str, Any]) -> None:
    """Clients name their functions by it."""
    names = Counter(
        operation["operationId"] for methods in document["paths"].values() for operation in methods.values()
    )
    assert [name for name, times in names.items() if times > 1] == []

"""The written contract: golden payloads that are kept for ever, JSON Schema and AsyncAPI."""

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator

import sharp_eyes.contract
from sharp_eyes.contract.base import Message, parse_message
from sharp_eyes.contract.envelope import parse_durable
from sharp_eyes.contract.event import Phase
from sharp_eyes.contract.export import MESSAGES, asyncapi, documents, main, schemas
from sharp_eyes.contract.topics import FROM_HUB, TO_HUB, Channel, Topic

ROOT = Path(__file__).parents[2]
GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))
MODELS = {one.name: one.model for one in MESSAGES}
DURABLE = {one.name for one in MESSAGES if one.durable}


def message_name(path: Path) -> str:
    """A golden file's name starts with its message's name; a scene event's goes on with its phase."""
    names = [name for name in MODELS if path.stem.startswith(name)]
    return max(names, key=len) if names else "scene-event"


def read(path: Path) -> Message:
    name = message_name(path)
    return parse_durable(path.read_bytes()) if name in DURABLE else parse_message(MODELS[name], path.read_bytes())


def golden_id(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", GOLDEN, ids=golden_id)
def test_a_golden_payload_is_understood_for_ever(path: Path) -> None:
    """It is read as its own type and written again as the same document; fields added later do not matter."""
    message = read(path)
    assert type(message) is MODELS[message_name(path)]
    assert message.model_dump(mode="json", exclude_unset=True) == json.loads(path.read_text())


@pytest.mark.parametrize("path", GOLDEN, ids=golden_id)
def test_a_golden_payload_fits_the_json_schema(path: Path) -> None:
    """Readers in other languages are told the truth."""
    schema = schemas()[message_name(path)]
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    validator.validate(json.loads(path.read_text()))


@pytest.mark.parametrize("name", MODELS)
def test_a_json_schema_refuses_something(name: str) -> None:
    """Each schema is well formed and is not satisfied with anything."""
    schema = schemas()[name]
    Draft202012Validator.check_schema(schema)
    assert not Draft202012Validator(schema).is_valid(7)
    wrong = {"ids": 7, "type": "wrong", "state": "wrong", "sequence": -1}
    assert not Draft202012Validator(schema).is_valid(wrong)


def test_every_message_and_phase_has_a_golden_payload() -> None:
    """Nothing of the contract goes without one."""
    assert {message_name(path) for path in GOLDEN} == set(MODELS)
    names = {path.stem for path in GOLDEN}
    assert {f"scene-{phase.value}" for phase in Phase} <= names


def test_the_written_contract_is_up_to_date(tmp_path: Path) -> None:
    """What is committed under docs/contract is what the code says now."""
    main([str(tmp_path)])
    for path, text in documents().items():
        assert (tmp_path / path).read_text(encoding="utf-8") == text
        committed = ROOT / "docs" / "contract" / path
        advice = "run: python -m sharp_eyes.contract.export docs/contract"
        assert committed.exists() and committed.read_text(encoding="utf-8") == text, f"{committed}: {advice}"
    written = {str(path.relative_to(ROOT / "docs/contract")) for path in (ROOT / "docs/contract").rglob("*.json")}
    assert written == set(documents())


def references(node: Any) -> Iterator[str]:
    """All ``$ref`` in a document."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str):
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def resolve(document: dict[str, Any], reference: str) -> Any:
    assert reference.startswith("#/"), f"{reference} leaves the document"
    node: Any = document
    for step in reference.removeprefix("#/").split("/"):
        node = node[step.replace("~1", "/").replace("~0", "~")]
    return node


def test_every_reference_of_the_asyncapi_document_resolves() -> None:
    """There are references, and each points at something in the same document."""
    document = asyncapi()
    found = list(references(document))
    assert len(found) > 30
    for reference in found:
        assert resolve(document, reference)


def test_the_asyncapi_document_tells_all_channels() -> None:
    """Each channel has its address, parameters, messages, and one operation with QoS and retain."""
    document = asyncapi()
    assert document["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= set(document["info"])
    assert set(document["channels"]) == {channel.value for channel in Channel}
    identity = UUID("c2a6f0de-2f3c-5a4b-8a55-6a2f9f6f0b01")
    examples: dict[Channel, dict[str, Any]] = {
        Channel.SNAPSHOT: {"camera": "c"},
        Channel.EVIDENCE: {"evidence_id": identity, "part": 3},
    }
    for channel in Channel:
        described = document["channels"][channel.value]
        extra = examples.get(channel, {})
        assert described["address"].format(gateway="g", **extra) == str(Topic("g", channel, **extra))
        assert set(described["parameters"]) == {"gateway", *extra}
        assert described["messages"]
    actions = {}
    for operation in document["operations"].values():
        channel = Channel(operation["channel"]["$ref"].rsplit("/", 1)[1])
        actions[channel] = operation["action"]
        binding = operation["bindings"]["mqtt"]
        assert binding["qos"] == (0 if channel in (Channel.HEARTBEAT, Channel.SNAPSHOT) else 1)
        assert binding["retain"] == (channel is Channel.STATUS)
        for reference in operation["messages"]:
            assert reference["$ref"].startswith(f"{operation['channel']['$ref']}/messages/")
    wanted = dict.fromkeys(TO_HUB, "receive") | dict.fromkeys(FROM_HUB, "send")
    assert actions == wanted


def test_the_contract_needs_pydantic_and_nothing_else() -> None:
    """Whoever wants to speak with us can take this package alone."""
    folder = Path(next(iter(sharp_eyes.contract.__path__)))
    allowed = set(sys.stdlib_module_names) | {"pydantic", "sharp_eyes"}
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                assert name.split(".")[0] in allowed, f"{path}: {name}"
                assert not name.startswith("sharp_eyes.") or name.startswith("sharp_eyes.contract")

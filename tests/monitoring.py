"""What dashboards and alert rules ask for, held against scrapes of a real hub and a real gateway."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import promql_parser
import yaml
from prometheus_client.parser import text_string_to_metric_families

DEPLOY = Path(__file__).parent.parent / "deploy"
BOARDS = sorted((DEPLOY / "grafana").glob("*.json"))
RULES = DEPLOY / "prometheus" / "sharp-eyes.rules.yaml"

_SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "gauge": ("",), "info": ("",)}
_ADDED = {"up": {"job", "instance"}}
"""What Prometheus itself adds to what it scrapes."""

_VARIABLE = re.compile(r"\$__rate_interval")


def panels(board: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All panels that show something."""
    yield from (panel for panel in board["panels"] if panel["type"] != "row")


def expressions() -> Iterator[tuple[str, str]]:
    """Every expression of the deployment's files, and where it stands."""
    for file in BOARDS:
        board = json.loads(file.read_text(encoding="utf-8"))
        for panel in panels(board):
            for target in panel["targets"]:
                yield f"{file.name}: {panel['title']}", target["expr"]
        for variable in board["templating"]["list"]:
            if found := re.fullmatch(r"label_values\((.+), (\w+)\)", str(variable.get("definition", ""))):
                yield f"{file.name}: ${variable['name']}", f"count by ({found[2]}) ({found[1]})"
    for group in yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]:
        for rule in group["rules"]:
            yield f"{RULES.name}: {rule['alert']}", rule["expr"]


def selectors(expression: str) -> Iterator[tuple[str, set[str]]]:
    """The series that an expression asks for: each name with the labels it is chosen by.

    Raises:
        ValueError: it is no PromQL.
    """
    yield from _selectors(promql_parser.parse(_VARIABLE.sub("5m", expression)))


def _selectors(part: Any) -> Iterator[tuple[str, set[str]]]:
    if isinstance(part, promql_parser.VectorSelector):
        yield str(part.name), {matcher.name for matcher in part.matchers.matchers}
        return
    for name in ("expr", "lhs", "rhs", "vector_selector", "args", "param"):
        inner = getattr(part, name, None)
        for one in inner if isinstance(inner, list) else [inner]:
            if one is not None and not isinstance(one, str):
                yield from _selectors(one)


def scrape(url: str) -> dict[str, set[str]]:
    """Names of all series that a process gives, with the labels of those that have a value."""
    answer = httpx.get(f"{url}/metrics", timeout=60)
    assert answer.is_success, answer.text
    found: dict[str, set[str]] = dict(_ADDED)
    for family in text_string_to_metric_families(answer.text):
        for suffix in _SUFFIXES.get(family.type, ("",)):
            found.setdefault(f"{family.name}{suffix}", set())
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def missing(given: dict[str, set[str]]) -> list[str]:
    """What the deployment's files ask for and no process gives."""
    wrong = []
    for place, expression in expressions():
        for name, labels in selectors(expression):
            if name not in given:
                wrong.append(f"{place}: no series {name}")
            elif given[name] and (unknown := labels - given[name] - {"job", "instance"}):
                wrong.append(f"{place}: {name} has no label {', '.join(sorted(unknown))}")
    return wrong

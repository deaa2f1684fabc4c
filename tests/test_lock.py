"""`make setup` installs what the lock names and works nothing out: the lock must hold all of it."""

import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
ELSEWHERE = {"docs", "train"}
"""Extras that `make docs` and scripts/train/setup.sh install."""


def locked() -> dict[str, Requirement]:
    """What the lock names for this Python, by name."""
    lines = (ROOT / "requirements" / "lock.txt").read_text(encoding="utf-8").splitlines()
    fitting = (one for one in map(Requirement, lines) if one.marker is None or one.marker.evaluate())
    return {canonicalize_name(one.name): one for one in fitting}


def asked_for() -> list[Requirement]:
    """What we ask for ourselves, extras and all."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {name: lines for name, lines in project["optional-dependencies"].items() if name not in ELSEWHERE}
    wanted = [Requirement(line) for lines in (project["dependencies"], *extras.values()) for line in lines]
    return [one for one in wanted if one.name != project["name"]]


def fitting(requirement: Requirement, extras: Iterable[str]) -> bool:
    """Whether it is wanted here, by who was asked for with these extras."""
    here = {key: str(value) for key, value in default_environment().items()}
    return requirement.marker is None or any(
        requirement.marker.evaluate({**here, "extra": one}) for one in ["", *extras]
    )


def with_theirs(wanted: list[Requirement]) -> Iterator[Requirement]:
    """These, what they ask for, and so on."""
    seen: set[tuple[str, frozenset[str]]] = set()
    while wanted:
        one = wanted.pop()
        yield one
        key = (canonicalize_name(one.name), frozenset(one.extras))
        if key not in seen:
            seen.add(key)
            theirs = map(Requirement, requires(one.name) or [])
            wanted.extend(each for each in theirs if fitting(each, one.extras))


def test_the_lock_holds_all_that_is_asked_for_at_a_version_that_fits() -> None:
    lock = locked()
    assert {one.name for one in asked_for()} >= {"pydantic", "onnxruntime", "fastapi", "pytest"}
    for one in with_theirs(asked_for()):
        held = lock.get(canonicalize_name(one.name))
        assert held is not None, f"{one} is not in requirements/lock.txt"
        version = str(held.specifier).removeprefix("==")
        assert one.specifier.contains(version, prereleases=True), f"the lock holds {held}, but {one} is asked for"


def test_what_builds_our_own_package_is_in_the_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for line in project["build-system"]["requires"]:
        assert canonicalize_name(Requirement(line).name) in locked()


@pytest.mark.parametrize("missing", ["jmespath", "psycopg-binary", "py-partiql-parser", "hatchling"])
def test_one_that_is_missing_would_be_found(missing: str) -> None:
    """The walk comes to what only another asks for, to extras of others, and to theirs."""
    assert missing in {canonicalize_name(one.name) for one in with_theirs(asked_for())}

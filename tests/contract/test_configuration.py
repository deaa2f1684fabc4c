"""How both sides read YAML: nothing may be said twice, and what YAML itself offers for sharing still works."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sharp_eyes.configuration import Settings, read_mapping
from sharp_eyes.configuration.yaml_reading import YamlFault, load_yaml


class WrongError(Exception):
    """Raised for a file that is not in order."""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", ["'a' stands twice, in lines 1 and 3"]),
        ("a: {b: 1, c: 2, b: 1}\n", ["'a.b' stands twice"]),
        ("- {a: 1}\n- {b: 1, b: 2}\n", ["'1.b' stands twice"]),
        ("a: 1\na: 2\nb: {c: 1, c: 2}\n", ["'a' stands twice", "'b.c' stands twice"]),
        ("names: {0: car, 1: bus, 0: truck}\n", ["'names.0' stands twice"]),
        ("'a': 1\n\"a\": 2\n", ["'a' stands twice"]),
        ("names: {1: car, 0x1: bus}\n", ["'names.0x1' stands twice"]),
        ("true: 1\nTrue: 2\n", ["'True' stands twice, in lines 1 and 2"]),
        ("a: &a {x: 1}\nb: {<<: *a, <<: *a}\n", ["'b.<<' stands twice"]),
    ],
)
def test_a_key_that_stands_twice_is_refused_with_its_lines(text: str, words: list[str]) -> None:
    """All of them in one message; PyYAML alone takes the last one without a word."""
    with pytest.raises(yaml.YAMLError) as caught:
        load_yaml(text)
    for word in words:
        assert word in str(caught.value)


def test_anchors_and_merges_are_no_doubles() -> None:
    """A key that overrides a merged one is what merging is for; an alias is not looked at again, nor for ever."""
    assert load_yaml("base: &b {x: 1, y: 2}\none: {<<: *b, x: 3}\n")["one"] == {"x": 3, "y": 2}
    assert load_yaml("1: a\n'1': b\n") == {1: "a", "1": "b"}
    ring = load_yaml("&a [*a]")
    assert ring[0] is ring
    bomb = "a: &a [x, x]\n" + "".join(
        f"{n}: &{n} [*{p}, *{p}, *{p}, *{p}]\n" for p, n in zip("abcdefghijk", "bcdefghijkl", strict=True)
    )
    assert len(load_yaml(bomb)) == 12


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 1\nday: 2026-02-31\n", "line 2: a timestamp that there is not"),
        ("a: !!bool perhaps\n", "line 1: a bool that"),
        ("a: !!int ''\n", "line 1: a int that"),
        ("a: [\n", "line 2: "),
        ("a: \x00\n", "a character that may not"),
        ("a: \ud800\n", "a character that may not"),
        ("[" * 200_000, "line 1: nested more than 64 deep"),
    ],
)
def test_what_cannot_be_read_is_a_fault_with_its_line(text: str, words: str) -> None:
    """Not whatever Python raises; the deepest of them ended the process."""
    with pytest.raises(YamlFault, match=words):
        load_yaml(text)


@pytest.mark.parametrize("end", ['"rtsp://user:SECRET@host', "{SECRET", "!!int SECRET", "[rtsp://u:SECRET@h, }"])
def test_what_is_wrong_is_said_without_what_stands_there(tmp_path: Path, end: str) -> None:
    """A settings file holds passwords, and an error goes into logs."""
    path = tmp_path / "gateway.yaml"
    path.write_text(f"cameras:\n  - url: {end}\n", encoding="utf-8")
    with pytest.raises(WrongError, match="no valid YAML: line") as caught:
        read_mapping(path, WrongError)
    assert "SECRET" not in str(caught.value)


class _Pace(Settings):
    seconds: float


def test_every_number_of_settings_is_finite() -> None:
    """YAML knows numbers that no clock does."""
    for odd in (".inf", ".nan"):
        with pytest.raises(ValidationError, match="finite number"):
            _Pace.model_validate(load_yaml(f"seconds: {odd}"))


class _Rule(Settings):
    minutes: int
    share: float
    loop: bool
    phone: str


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("minutes: 010", {"minutes": 10}),  # eight, and half of all numbers of a telephone, by YAML 1.1
        ("minutes: -012", {"minutes": -12}),
        ("share: 010", {"share": 10.0}),
        ("phone: 0216677", {"phone": "0216677"}),
        ("phone: 10:30", {"phone": "10:30"}),
        ("phone: no", {"phone": "no"}),
        ("phone: On", {"phone": "On"}),
        ("loop: yes", {"loop": True}),
        ("loop: off", {"loop": False}),
        ("loop: True", {"loop": True}),
        ("minutes: 1_000", {"minutes": 1000}),
        ("minutes: 0x1F", {"minutes": 31}),
        ("share: 1e3", {"share": 1000.0}),
        ("share: .5", {"share": 0.5}),
    ],
)
def test_what_is_written_is_read_as_a_person_means_it(written: str, meant: dict[str, object]) -> None:
    """YAML 1.1 counts in eights behind a nought and in sixties between colons, and a word of it is a truth value."""
    base = {"minutes": 1, "share": 1.0, "loop": False, "phone": ""}
    assert _Rule.model_validate(base | load_yaml(written)).model_dump() == base | meant


@pytest.mark.parametrize(
    "written", ["minutes: 10:30", "share: 1:30", "share: 190:20:30.15", "minutes: yes", "share: no"]
)
def test_what_no_number_is_meant_by_is_no_number(written: str) -> None:
    """Half past ten was 630 of whatever was counted, and ``yes`` was one of it."""
    with pytest.raises(ValidationError, match=r"valid (integer|number)"):
        _Rule.model_validate({"minutes": 1, "share": 1.0, "loop": False, "phone": ""} | load_yaml(written))


@given(
    st.recursive(
        st.integers() | st.text() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_what_is_written_once_is_read_as_it_was(content: object) -> None:
    """Everything that PyYAML writes is read as PyYAML reads it."""
    written = yaml.safe_dump(content)
    assert load_yaml(written) == yaml.safe_load(written)


def test_an_error_names_the_file(tmp_path: Path) -> None:
    """And its own kind of error comes, as the caller wants it."""
    path = tmp_path / "settings.yaml"
    path.write_text("a: 1\na: 2\n", encoding="utf-8")
    with pytest.raises(WrongError, match=r"settings\.yaml: the key 'a' stands twice"):
        read_mapping(path, WrongError)

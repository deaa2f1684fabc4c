"""gateway.yaml is changed at one place; every other byte stays."""

import stat
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sharp_eyes.edge.cameras.settings_file import change
from sharp_eyes.edge.cameras.settings_text import with_camera, without_camera
from sharp_eyes.edge.errors import ConfigError

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = (ROOT / "configs/gateway.example.yaml").read_text(encoding="utf-8")
NEW = {"id": "gate-9", "name": "九号门", "source": {"kind": "rtsp", "url": "rtsp://192.0.2.9/a"}}
HEAD = "gateway: gw   # ours\n"
FORMS = [
    HEAD,
    HEAD + "cameras:\n",
    HEAD + "cameras:   # none yet\n",
    HEAD + "cameras: []\nmodel: {threads: 2}\n",
    HEAD + "cameras: [{id: a, source: {kind: file, path: a.mp4}}]  # one\nmodel: {threads: 2}\n",
    HEAD + "cameras: [{id: a, source: {kind: file, path: a.mp4}},]\n",
    HEAD + "cameras:\n- id: a\n  source: {kind: file, path: a.mp4}\n# the model\nmodel: {threads: 2}\n",
    HEAD + "cameras:\n    -   id: a\n        source:\n            kind: file\n            path: a.mp4",
    HEAD + "cameras:\n  -\n    id: a\n    source: {kind: file, path: a.mp4}\n    # name: later\n\n# end\n",
    HEAD + "cameras:\n  - id: a\n    name: |\n      east\n      gate\n    source: {kind: file, path: a.mp4}\n",
    HEAD + "cameras:\r\n  - id: a\r\n    source: {kind: file, path: a.mp4}\r\nmodel: {threads: 2}\r\n",
    "cameras:\n  - id: a\n    source: {kind: file, path: a.mp4}\n\n  - id: b\n    source: {kind: file, path: a.mp4}\n"
    + HEAD,
]


@pytest.mark.parametrize("text", FORMS)
def test_a_camera_is_put_into_any_form_of_the_list_and_all_else_stays(text: str) -> None:
    """What was there is a part of what is there now, line by line, and the new camera is the last one."""
    after = with_camera(text, NEW)
    before = yaml.safe_load(text).get("cameras") or []
    assert yaml.safe_load(after) == {**yaml.safe_load(text), "cameras": [*before, NEW]}
    kept = iter(after.splitlines())
    for line in text.splitlines():
        if "cameras: [" not in line:
            assert line in kept
    assert ("\r\n" in text) == ("\r\n" in after)
    if "\r\n" in text[30:]:
        assert "\n" not in after.replace("\r\n", "").removeprefix(HEAD)


@pytest.mark.parametrize("text", [EXAMPLE, *(form for form in FORMS if "- id: a" in form or "-\n" in form)])
def test_in_and_out_again_gives_the_same_text_to_the_byte(text: str) -> None:
    """So nothing is lost on the way, no comment and no blank line."""
    if not text.endswith("\n"):
        text += "\n"
    assert without_camera(with_camera(text, NEW), "gate-9") == text


def test_a_camera_goes_with_the_comments_that_are_its_own() -> None:
    """Those directly above it and those set in below it; the next camera keeps its comment."""
    after = without_camera(EXAMPLE, "gate-1")
    assert "A camera on the network" not in after
    assert "password out of this file" not in after
    assert "The bundled clip, as if it were live" in after
    assert [camera["id"] for camera in yaml.safe_load(after)["cameras"]] == ["clip"]
    assert without_camera(EXAMPLE, "clip").startswith(EXAMPLE[: EXAMPLE.index("  # The bundled clip")].rstrip("\n"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cameras: 7\n", "not a list"),
        ("cameras: [\n", "no valid YAML"),
        ("- a\n", "a mapping"),
        ("cameras: []\ncameras: []\n", "stands twice"),
    ],
)
def test_what_cannot_be_changed_safely_is_refused_with_words(text: str, words: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ConfigError, match=words):
        with_camera(text, NEW)


def test_an_unknown_camera_is_named_with_those_that_are_there() -> None:
    """The message helps."""
    with pytest.raises(ConfigError, match=r"no camera 'gate-2'.*gate-1, clip"):
        without_camera(EXAMPLE, "gate-2")


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20)


@given(st.lists(NAMES, min_size=1, max_size=4), st.integers(0, 3), st.booleans())
def test_whatever_is_written_can_be_taken_out_again(names: list[str], place: int, apart: bool) -> None:
    """Names of any letters; the others stay as they are."""
    text = HEAD + "cameras:\n"
    for number, name in enumerate(names):
        text += ("\n" if apart and number else "") + f"  # number {number}\n  - id: c{number}\n"
        text += f"    name: {yaml.safe_dump(name, allow_unicode=True, width=4096, default_style=chr(34)).strip()}\n"
    chosen = place % len(names)
    after = without_camera(text, f"c{chosen}")
    left = yaml.safe_load(after)["cameras"] or []
    assert left == [{"id": f"c{number}", "name": name} for number, name in enumerate(names) if number != chosen]
    assert [f"# number {number}" in after for number in range(len(names))] == [n != chosen for n in range(len(names))]


def test_the_file_is_written_whole_keeps_its_rights_and_only_when_it_would_be_right(tmp_path: Path) -> None:
    """A wrong result is said with its key, and the file is as it was."""
    config = tmp_path / "gateway.yaml"
    config.write_text(HEAD, encoding="utf-8")
    config.chmod(0o640)
    change(config, lambda text: with_camera(text, NEW))
    assert stat.S_IMODE(config.stat().st_mode) == 0o640
    written = config.read_text(encoding="utf-8")
    for wrong, words in (
        ({**NEW, "id": "Gate 9"}, "id"),
        (NEW, "stands twice"),
        ({**NEW, "id": "b", "scenes": [{"scene": "juggling"}]}, "juggling"),
    ):
        with pytest.raises(ConfigError, match=words) as caught:
            change(config, lambda text, wrong=wrong: with_camera(text, wrong))  # type: ignore[misc]
        assert "gateway.yaml" in str(caught.value)
        assert config.read_text(encoding="utf-8") == written
    with pytest.raises(ConfigError, match="stays as it is"):
        change(config, lambda text: without_camera(text, "gate-9"))
    assert [path.name for path in tmp_path.iterdir()] == ["gateway.yaml"]

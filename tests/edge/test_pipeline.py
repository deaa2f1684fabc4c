"""From frame to event there is one way: whoever wires detections, tracks and scenes a second time breaks this."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "edge" / "sharp_eyes" / "edge"
PIPELINE = SOURCE / "pipeline.py"
STEPS = {"Tracker": {PIPELINE}, "CameraScenes": {PIPELINE, SOURCE / "doctor.py", SOURCE / "hub_settings" / "past.py"}}
"""The steps that make a pipeline, and who may make one: `doctor` asks a camera's scenes for what they need, and what is
known of past alarms is put before them without a frame."""


def modules() -> Iterator[Path]:
    """All code outside the unit tests of single rooms."""
    for folder in (SOURCE, ROOT / "scripts", ROOT / "tests" / "e2e", ROOT / "tests" / "edge" / "evaluate"):
        yield from folder.rglob("*.py")


def made_in(path: Path) -> set[str]:
    """Names that a module calls."""
    calls = [node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    return {call.id for call in calls if isinstance(call, ast.Name)} | {
        call.attr for call in calls if isinstance(call, ast.Attribute)
    }


def test_only_the_pipeline_wires_detections_tracks_and_scenes() -> None:
    """Tracker and scenes are made in one place; the gateway, replay and the judge use it."""
    makers = {step: {path for path in modules() if step in made_in(path)} for step in STEPS}
    for step, allowed in STEPS.items():
        assert makers[step] <= allowed, f"{step} is made elsewhere too: use CameraPipeline"
        assert PIPELINE in makers[step]


def test_the_gateway_replay_and_the_judge_use_it() -> None:
    """The three that show frames to scenes."""
    makers = {"CameraPipeline", "for_recording"}
    users = {path.relative_to(SOURCE).parts[0] for path in SOURCE.rglob("*.py") if makers & made_in(path)}
    assert {"worker.py", "replay", "evaluate"} <= users

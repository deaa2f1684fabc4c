"""What is published: wheel and sdist hold what they must. Slow proof: scripts/try_wheel.sh."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

NEEDED = {
    "sharp_eyes/configuration/__init__.py",
    "sharp_eyes/client/py.typed",
    "sharp_eyes/contract/py.typed",
    "sharp_eyes/edge/py.typed",
    "sharp_eyes/edge/evaluate/report/style.css",
    "sharp_eyes/edge/evaluate/detectors/report.html.j2",
    "sharp_eyes/edge/evaluate/events/events.html.j2",
    "sharp_eyes/edge/evaluate/replay_report/replay.html.j2",
    "sharp_eyes/hub/py.typed",
    "sharp_eyes/hub/areas/demo.yaml",
    "sharp_eyes/hub/store/migrations/env.py",
    "sharp_eyes/models/ebike/ebike.onnx",
    "sharp_eyes/models/faces/faces.onnx",
    "sharp_eyes/models/faces/LICENSE",
    "sharp_eyes/models/ground/ground.onnx",
    "sharp_eyes/models/hazard/hazard.onnx",
    "sharp_eyes/models/street/street.onnx",
    "sharp_eyes/models/street/manifest.yaml",
}


def built(target: str, folder: Path) -> Path:
    """Build one form of the distribution."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=600)
    return next(folder.iterdir())


def test_the_wheel_holds_all_that_runs_and_nothing_else(tmp_path: Path) -> None:
    """Models, city pack, templates and migrations; no page source, no tests, no namespace file."""
    names = set(zipfile.ZipFile(built("wheel", tmp_path)).namelist())
    assert names >= NEEDED, NEEDED - names
    assert "sharp_eyes/__init__.py" not in names, "a namespace has none, or one part hides the others"
    assert {name.split("/")[0] for name in names if "dist-info" not in name} == {"sharp_eyes"}
    assert not [name for name in names if "node_modules" in name or name.endswith(".vue")]


def test_the_sdist_holds_the_models_and_the_sources(tmp_path: Path) -> None:
    """Whoever has it alone can build the wheel and run the demo."""
    with tarfile.open(built("sdist", tmp_path)) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    for name in ("models/street/street.onnx", "configs/city/demo.yaml", "hub/page/package.json", "media/street.mp4"):
        assert name in names, name
    assert not [name for name in names if "node_modules" in name or name.startswith((".venv", "runs"))]

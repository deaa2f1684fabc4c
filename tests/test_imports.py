"""The order of the rooms is held: each planted wrong import is refused by the contracts in pyproject.toml."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOTS = ("contract", "edge", "hub", "client")

PLANTED = [
    ("contract/sharp_eyes/contract/topics.py", "sharp_eyes.edge.frame"),
    ("contract/sharp_eyes/contract/topics.py", "sharp_eyes.configuration"),
    ("contract/sharp_eyes/configuration/__init__.py", "sharp_eyes.contract.base"),
    ("edge/sharp_eyes/edge/frame.py", "sharp_eyes.hub.errors"),
    ("hub/sharp_eyes/hub/errors.py", "sharp_eyes.edge.errors"),
    ("edge/sharp_eyes/edge/frame.py", "sharp_eyes.client"),
    ("client/sharp_eyes/client/problem.py", "sharp_eyes.hub.errors"),
    ("edge/sharp_eyes/edge/extract/nms.py", "sharp_eyes.edge.scenes.base"),
    ("hub/sharp_eyes/hub/dispatch/rules.py", "sharp_eyes.hub.handle.photos"),
    ("hub/sharp_eyes/hub/feedback/look_again.py", "sharp_eyes.hub.dispatch.rules"),
    ("hub/sharp_eyes/hub/store/tables.py", "sharp_eyes.hub.cases.moves"),
    ("hub/sharp_eyes/hub/broadcast.py", "sharp_eyes.hub.api.stream_routes"),
    ("hub/sharp_eyes/hub/hub.py", "sharp_eyes.hub.api.stream_routes"),
    ("hub/sharp_eyes/hub/lifecycle/legality.py", "sharp_eyes.hub.cases.moves"),
]


def copy_of_the_source(folder: Path) -> None:
    """Copy what import-linter reads: the three source roots and the settings."""
    for root in ROOTS:
        shutil.copytree(ROOT / root / "sharp_eyes", folder / root / "sharp_eyes", ignore=shutil.ignore_patterns("dist"))
    shutil.copy(ROOT / "pyproject.toml", folder)


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the source in a folder, whatever is installed."""
    paths = [str(folder / root) for root in ROOTS]
    program = (
        f"import sys; sys.path[:0] = {paths}; from importlinter.cli import lint_imports_command; lint_imports_command()"
    )
    command = [sys.executable, "-c", program, "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=600)


def test_the_source_keeps_the_order(tmp_path: Path) -> None:
    """What the planted imports are compared with: the copy without them passes."""
    copy_of_the_source(tmp_path)
    done = lint(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said of a copy with all wrong imports planted; each of them is told by itself."""
    folder = tmp_path_factory.mktemp("planted")
    copy_of_the_source(folder)
    for file, module in PLANTED:
        planted = folder / file
        planted.write_text(planted.read_text(encoding="utf-8") + f"\nimport {module}\n", encoding="utf-8")
    done = lint(folder)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout
    return done.stdout


@pytest.mark.parametrize(("file", "module"), PLANTED)
def test_a_wrong_import_is_refused(refused: str, file: str, module: str) -> None:
    """One line that imports a room it must not know breaks the contracts, and is named."""
    importer = file.partition("/")[2].removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    assert re.search(rf"{re.escape(importer)}\s+->\s+{re.escape(module)}\s+\(l", refused), refused


def test_a_new_room_of_the_hub_needs_a_place(tmp_path: Path) -> None:
    """A module that the order of the hub's rooms does not name breaks it."""
    copy_of_the_source(tmp_path)
    (tmp_path / "hub/sharp_eyes/hub/statistics.py").write_text('"""Figures."""\n', encoding="utf-8")
    done = lint(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "sharp_eyes.hub.statistics" in done.stdout


def test_runtimes_are_loaded_silently_everywhere() -> None:
    """Whoever loads a runtime goes through the one place that turns its telemetry off first."""
    found = [
        str(path.relative_to(ROOT))
        for root in ROOTS
        for path in (ROOT / root).rglob("*.py")
        if re.search(
            r'(?:import_module\("|^\s*import |^\s*from )(?:onnxruntime|openvino)\b', path.read_text("utf-8"), re.M
        )
    ]
    assert found == []

"""``models list`` and ``models check``: which models there are, and whether one is in order on this machine."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.backend_selection import BackendTrial, try_backends
from sharp_eyes.edge.extract.backends import UNTRIED
from sharp_eyes.edge.extract.manifest import Manifest, read_manifest
from sharp_eyes.edge.extract.model import MANIFEST, Model, accuracy_of, bundled_models, find_manifest, load_model
from sharp_eyes.edge.extract.segmenter import Segmenter
from sharp_eyes.edge.settings import ModelSettings


@dataclass(frozen=True, slots=True)
class RegisteredModel:
    """A model's folder; ``manifest`` is ``None`` where it cannot be read, and ``problem`` says why."""

    folder: Path
    bundled: bool
    manifest: Manifest | None
    problem: str = ""


def registered_models(directory: Path) -> Iterator[RegisteredModel]:
    """All bundled models, then those added to ``directory``."""
    for place, bundled in ((bundled_models(), True), (directory, False)):
        for path in sorted(place.glob(f"*/{MANIFEST}")):
            try:
                yield RegisteredModel(path.parent, bundled, read_manifest(path))
            except ModelError as error:
                yield RegisteredModel(path.parent, bundled, None, str(error))


def accuracy(manifest: Manifest) -> str:
    """Mean of the leading figure over the classes measured, real and rendered apart."""
    word = "IoU" if manifest.kind == "segmenter" else "mAP50"
    parts = []
    for side in ("real", "rendered"):
        values = [accuracy_of(manifest, name)[side] for name in manifest.classes]
        known = [value for value in values if value is not None]
        if known:
            parts.append(f"{word} {sum(known) / len(known):.3f} on {side} pictures ({len(known)} classes)")
    if not any("on real" in part for part in parts):
        parts.append("not measured on real pictures")
    return ", ".join(parts)


def find_model(text: str, directory: Path) -> Path:
    """Path of the manifest of a model given by name, folder or path.

    Raises:
        ModelError: when there is none.
    """
    path = Path(text)
    if path.is_dir() and (path / MANIFEST).is_file():
        return path / MANIFEST
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return path
    return find_manifest(ModelSettings.model_validate({"name": text, "directory": directory}))


def check(path: Path) -> tuple[Model, list[BackendTrial], list[str]]:
    """Check files, outputs and agreement of a model on this machine.

    Returns:
        The model, each way tried (none for a segmenter), and what is wrong.

    Raises:
        ModelError: when a file is missing or altered, or the network is not what the manifest says.
    """
    model = load_model(path)
    if model.manifest.kind == "segmenter":
        return model, [], _shares_off(model, path)
    trials = try_backends(model, ModelSettings(), everything=True)
    wrong = [f"{trials[0].way} {trials[0].problem}"] if trials[0].problem else []
    if not model.manifest.reference.pictures:
        wrong.append("there are no reference inputs, so reduced precision is never used; add the model anew")
    return model, trials, wrong


def _shares_off(model: Model, path: Path) -> list[str]:
    segmenter = Segmenter.open(ModelSettings.model_validate({"manifest": path, "runtime": "onnxruntime"}))
    gap, allowed = segmenter.reference_gap(), model.manifest.reference.tolerance(model.manifest.base).share
    if gap is None:
        return ["there are no reference inputs to check it with"]
    return [f"a class's share differs by {gap:.3f}, {allowed:.3f} is allowed"] if gap > allowed else []


def describe_trial(trial: BackendTrial) -> str:
    """One line on a way that was tried."""
    parts = [] if trial.seconds is None else [f"{trial.seconds * 1e3:.1f} ms a look"]
    parts += [] if trial.processor is None else [f"{trial.processor * 1e3:.1f} ms of the processor"]
    if trial.parity is not None and trial.parity.agrees:
        parts.append(str(trial.parity))
    untried = " (this program was never run on such a device before)" if trial.way.device in UNTRIED else ""
    return f"{trial.way}: {', '.join([*parts, trial.verdict])}{untried}"


def unmeasured(manifest: Manifest) -> Sequence[str]:
    """Classes without a figure on real pictures."""
    return [name for name in manifest.classes if accuracy_of(manifest, name)["real"] is None]

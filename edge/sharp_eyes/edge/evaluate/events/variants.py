"""What is compared: models under the suite's settings, and other settings under the first model."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from typing_extensions import override

from sharp_eyes.edge.errors import ConfigError, ModelError
from sharp_eyes.edge.evaluate.events.cached_detectors import CachingDetector, CachingSegmenter, InferenceMemory
from sharp_eyes.edge.evaluate.events.overrides import Overrides, check_used, overridden, read_overrides
from sharp_eyes.edge.evaluate.events.suite import Suite, SuiteClip
from sharp_eyes.edge.extract.backends import Backend, backends
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.model import MANIFEST, Model, detector_manifests, load_model, sha256_of
from sharp_eyes.edge.extract.segmenter import DEFAULT
from sharp_eyes.edge.extract.thresholds import Thresholds
from sharp_eyes.edge.replay.command import naming
from sharp_eyes.edge.settings import ModelSettings

SUITE = "suite"
"""Name of the settings that the suite itself has."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to run the suite.

    Attributes:
        name: unique in a report.
        model: which detector, and its thresholds.
        precision: which of its networks; None means the most exact one.
        overrides: what is set otherwise than in the suite.
        where: where that comes from, for messages.
    """

    name: str
    model: ModelSettings
    precision: str | None = None
    overrides: Overrides = field(default_factory=Overrides)
    where: str = ""

    @property
    def eyes(self) -> tuple[str, str | None, str | None]:
        """The same for variants whose detectors are the same, and look at the same part of the picture."""
        return self.model.model_dump_json(), self.precision, self.overrides.crop

    def clip(self, clip: SuiteClip) -> SuiteClip:
        """The clip under this variant's settings."""
        return overridden(clip, self.overrides, self.where)


def variants_of(models: Sequence[str], settings: Sequence[str], suite: Suite, runtime: str) -> list[Variant]:
    """The variants that the command line asks for: each model as the suite has it, then each file of settings.

    Args:
        models: ``PATH[@PRECISION]`` or ``NAME[@PRECISION]``; empty means the bundled models.
        settings: ``NAME=FILE``; run with the first model.

    Raises:
        ConfigError: a name stands twice, or a file of settings is wrong.
    """
    made = [_of_model(given, runtime) for given in models] or [Variant(SUITE, _plain(runtime))]
    first = made[0]
    for given in settings:
        name, found, path = given.partition("=")
        if not (name and found and path):
            raise ConfigError(f"--settings {given}: write NAME=FILE, such as strict=strict.yaml")
        overrides = read_overrides(Path(path))
        check_used(overrides, suite, path)
        made.append(other_settings(first, name, overrides, path))
    names = [variant.name for variant in made]
    if twice := [name for name in names if names.count(name) > 1]:
        raise ConfigError(f"{twice[0]!r} stands twice among --model and --settings; give each a name of its own")
    return made


def other_settings(variant: Variant, name: str, overrides: Overrides, where: str) -> Variant:
    """The same model under other settings.

    Raises:
        ConfigError: a key of ``model`` cannot be set so.
    """
    try:
        model = ModelSettings.model_validate({**variant.model.model_dump(), **overrides.model})
    except ValueError as error:
        raise ConfigError(f"{where}: model: {error}") from error
    return Variant(name, model, variant.precision, overrides, where)


def _plain(runtime: str) -> ModelSettings:
    return ModelSettings.model_validate({"runtime": runtime})


def _of_model(given: str, runtime: str) -> Variant:
    place, _, precision = given.partition("@")
    path = Path(place) / MANIFEST if (Path(place) / MANIFEST).is_file() else place
    model = ModelSettings.model_validate({**naming(str(path), None), "runtime": runtime}) if place else _plain(runtime)
    return Variant(given, model, precision or None)


class OpenedVariants:
    """Everything that variants share: the memory, and each network once.

    Args:
        memory: where looks are kept.
        threads: of the runtime; 0 leaves it to the runtime.
    """

    def __init__(self, memory: InferenceMemory, threads: int = 0) -> None:
        self.memory = memory
        self._threads = threads
        self._models: dict[tuple[Path | None, str | None, Path | None], list[Model]] = {}
        self._detectors: dict[tuple[Path, Backend, tuple[float, ...]], CachingDetector] = {}
        self._grounds: dict[str, CachingSegmenter] = {}

    def detectors(self, variant: Variant) -> "CachingDetectors":
        """The detectors of one variant; no network is opened yet.

        Raises:
            ModelError: a model is missing, altered, or cannot be computed as it was asked.
        """
        settings = variant.model
        named = settings.manifest, settings.name, settings.directory
        if named not in self._models:
            self._models[named] = [load_model(path) for path in detector_manifests(settings)]
        return CachingDetectors(self._models[named], variant, self)

    def detector(self, model: Model, way: Backend, thresholds: Thresholds) -> CachingDetector:
        """One network with these thresholds."""
        key = model.folder, way, tuple(float(value) for value in thresholds.vector(model.classes))
        if key not in self._detectors:
            self._detectors[key] = CachingDetector(model, way, self._threads, thresholds, self.memory)
        return self._detectors[key]

    def ground(self, runtime: str) -> CachingSegmenter:
        """The bundled ground segmenter."""
        if runtime not in self._grounds:
            settings = ModelSettings.model_validate({"name": DEFAULT, "runtime": runtime, "threads": self._threads})
            self._grounds[runtime] = CachingSegmenter(settings, self.memory)
        return self._grounds[runtime]


class CachingDetectors(Detectors):
    """The detectors of one variant, which look only where nobody looked before.

    Nothing is timed and no reference input is asked: measured is what was named, and every run alike.
    """

    def __init__(self, models: Sequence[Model], variant: Variant, opened: OpenedVariants) -> None:
        super().__init__(models, variant.model)
        self._variant = variant
        self._shared = opened
        self.ways = {model.manifest.name: self._way(model, number) for number, model in enumerate(models)}

    @override
    def open_detector(self, model: Model, thresholds: Thresholds) -> CachingDetector:
        return self._shared.detector(model, self.ways[model.manifest.name], thresholds)

    @override
    def open_ground(self) -> CachingSegmenter:
        return self._shared.ground(self._variant.model.runtime)

    def used(self) -> list[tuple[Model, Backend, str]]:
        """The networks that cameras have asked for so far: model, how it is computed, and checksum."""
        own = [self._models[number] for number in sorted(self._opened)]
        found = [(model, self.ways[model.manifest.name]) for model in own]
        if isinstance(self._ground, CachingSegmenter):
            found.append((self._ground.model, self._ground.way))
        return [(model, way, sha256_of(model.file_of(way.precision))) for model, way in found]

    def _way(self, model: Model, number: int) -> Backend:
        """The first model is computed as was asked; the bundled ones that fill it up, where they can be."""
        runtime, wanted = self._variant.model.runtime, self._variant.precision
        there = [way for way in backends(model.manifest) if way.runtime == runtime]
        asked = next((way for way in there if way.computing == wanted), None)
        base = next((way for way in there if way.computing == model.manifest.base), None)
        if base is None or (number == 0 and wanted is not None and asked is None):
            known = ", ".join(str(way) for way in backends(model.manifest))
            raise ModelError(f"{model.folder}: cannot be computed by {runtime} in {wanted} here; there is: {known}")
        return asked or base

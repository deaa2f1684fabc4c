"""A model and its manifest: what the network expects, what it gives, and how good it was measured to be."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sharp_eyes.configuration import Settings, explain, read_mapping
from sharp_eyes.edge.errors import ModelError

Family = Literal["ultralytics", "ultralytics_end2end", "yolox"]
"""How a network writes down what it found; each family has a head that reads it."""


class Input(Settings):
    """The picture as the network wants it."""

    width: int = Field(gt=0, le=8192, title="Pixels")
    height: int = Field(gt=0, le=8192, title="Pixels")
    layout: Literal["nchw"] = Field("nchw", title="Order of the axes")
    colour: Literal["rgb", "bgr"] = Field("rgb", title="Order of the channels")
    dtype: Literal["float32", "uint8"] = Field("float32", title="Type of a value")
    scale: float = Field(1.0, gt=0, title="What a value of 0 to 255 is multiplied by")
    pad: int = Field(114, ge=0, le=255, title="Grey level around the picture, before scaling")
    fit: Literal["letterbox", "letterbox_topleft"] = Field("letterbox", title="Where the picture lies")

    @model_validator(mode="after")
    def _bytes_are_not_scaled(self) -> Self:
        if self.dtype == "uint8" and self.scale != 1.0:
            raise ValueError("dtype uint8 goes with scale 1.0; such a network scales by itself")
        return self


class TrainingSource(Settings):
    """Where training pictures came from."""

    name: str
    licence: str
    pictures: int = Field(ge=0)


class Figure(BaseModel):
    """Accuracy of one class on one kind of pictures; further figures may stand beside these."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    map50: float = Field(ge=0, le=1, title="Average precision at an overlap of 0.5")
    precision: float = Field(ge=0, le=1)
    recall: float = Field(ge=0, le=1)
    pictures: int = Field(ge=0, title="Pictures measured on")


class ClassFigures(Settings):
    """Accuracy of one class, on real and on rendered pictures; empty where it was not measured."""

    real: Figure | None = None
    rendered: Figure | None = None


class Manifest(BaseModel):
    """``manifest.yaml``, schema 1."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    manifest_schema: Literal[1] = Field(alias="schema", title="Version of this format")
    name: str = Field(min_length=1)
    version: str = Field(min_length=1)
    file: str = Field(pattern=r"^[^/\\]+\.onnx$", title="The network, beside the manifest")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    licence: str = Field(min_length=1)
    family: Family
    classes: tuple[str, ...] = Field(min_length=1, title="Class names, in the network's order")
    input: Input
    threshold: float = Field(0.35, gt=0, lt=1, title="Score threshold")
    iou: float = Field(0.6, gt=0, lt=1, title="Overlap above which two boxes of a class are one object")
    sources: tuple[TrainingSource, ...] = ()
    figures: dict[str, ClassFigures] = Field(default_factory=dict)
    measured_on: str = ""

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        if len(set(self.classes)) != len(self.classes):
            raise ValueError("classes: a name stands twice")
        if unknown := sorted(set(self.figures) - set(self.classes)):
            raise ValueError(f"figures: {', '.join(unknown)} stand not among the classes")
        return self


@dataclass(frozen=True, slots=True)
class Model:
    """A network that is there and is what its manifest says, byte for byte.

    Attributes:
        manifest: its description.
        file: path of the ONNX file.
    """

    manifest: Manifest
    file: Path

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in the network's order."""
        return self.manifest.classes

    def measured_on_real(self, class_name: str) -> bool:
        """Whether the class's accuracy was measured on real pictures."""
        figures = self.manifest.figures.get(class_name)
        return figures is not None and figures.real is not None and figures.real.pictures > 0


def bundled_models() -> Path:
    """Folder of the models that come with the program.

    Raises:
        ModelError: when neither the installed package nor a source checkout has one.
    """
    package = Path(__file__).resolve().parents[2]
    candidates = [package / "models", *(parent / "models" for parent in package.parents[:2])]
    for folder in candidates:
        if (folder / "street" / "manifest.yaml").is_file():
            return folder
    raise ModelError(
        f"no bundled model beside {package}; install the package again, or name a manifest.yaml under model.manifest"
    )


def load_model(path: Path | None = None) -> Model:
    """Read a manifest and check the network beside it; ``None`` means the bundled 'street' model.

    Raises:
        ModelError: names the file, what is wrong with it and what to do.
    """
    path = bundled_models() / "street" / "manifest.yaml" if path is None else path
    manifest = _read(path)
    file = path.parent / manifest.file
    try:
        found = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(
            f"{file}: {error.strerror}; put the network named by {path} there, or install the package again"
        ) from error
    if found != manifest.sha256:
        raise ModelError(
            f"{file}: not the file that {path} describes: expected sha256 {manifest.sha256}, got {found}; "
            "copy both again from one release (with Git LFS, run `git lfs pull`)"
        )
    return Model(manifest, file)


def _read(path: Path) -> Manifest:
    if not path.is_file():
        raise ModelError(f"{path}: No such file; check model.manifest, which names a manifest.yaml")
    try:
        return Manifest.model_validate(read_mapping(path, ModelError))
    except ValidationError as error:
        raise ModelError(f"{path}: not a manifest of schema 1:\n  {explain(error)}") from error

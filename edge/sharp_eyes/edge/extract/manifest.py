"""A model's manifest: what the network expects, what it gives, and how good it was measured to be."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from typing_extensions import Self

from sharp_eyes.configuration import Settings, explain, read_mapping
from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.figures import ClassAccuracy, TrainingSource
from sharp_eyes.edge.extract.input import Input
from sharp_eyes.edge.extract.reference import SHA256, Precision, ReferenceInputs

DetectorFamily = Literal["ultralytics", "ultralytics_end2end", "yolox", "rtdetr", "dfine", "rfdetr"]
"""How a detector writes down what it found; each family has a head that reads it."""

Family = DetectorFamily | Literal["segmentation"]

MOST_EXACT: tuple[Precision, ...] = ("fp32", "fp16", "int8")
"""Precisions, the most exact one first."""


class Network(Settings):
    """One network file beside the manifest, and what is known of this very file."""

    file: str = Field(pattern=r"^[^/\\]+\.onnx$", title="The network, beside the manifest")
    sha256: str = Field(pattern=SHA256)
    figures: dict[str, ClassAccuracy] = Field(default_factory=dict, title="Measured on this file, by class")


class ClassMap(Settings):
    """Which of a network's classes are used, and under which of our names."""

    size: int = Field(gt=0, title="Number of classes the network knows")
    names: dict[int, str] = Field(min_length=1, title="Our name of each class that is used, by the network's number")

    @model_validator(mode="after")
    def _numbers_exist(self) -> Self:
        if wrong := sorted(number for number in self.names if not 0 <= number < self.size):
            raise ValueError(f"names: {', '.join(map(str, wrong))} not within 0 to {self.size - 1}")
        return self


class Manifest(BaseModel):
    """``manifest.yaml``, schema 2."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    manifest_schema: Literal[2] = Field(alias="schema", title="Version of this format")
    kind: Literal["detector", "segmenter"]
    name: str = Field(min_length=1)
    version: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    family: Family
    networks: dict[Precision, Network] = Field(min_length=1, title="The network's file in each precision")
    classes: tuple[str, ...] = Field(min_length=1, title="Class names, in the network's order unless there is a map")
    whole: tuple[str, ...] = Field(
        (), title="What a segmenter tells of the whole picture, in its second output's order"
    )
    class_map: ClassMap | None = Field(None, title="Where only some classes are used, or under other names")
    input: Input
    threshold: float = Field(0.35, gt=0, lt=1, title="Score threshold")
    thresholds: dict[str, float] = Field(default_factory=dict, title="Score threshold of single classes")
    verify: dict[str, float] = Field(
        default_factory=dict, title="Mean score of closer looks below which a candidate is refused, by class"
    )
    iou: float = Field(0.6, gt=0, lt=1, title="Overlap above which two boxes of a class are one object")
    reference: ReferenceInputs = Field(default_factory=ReferenceInputs)
    sources: tuple[TrainingSource, ...] = ()
    figures: dict[str, ClassAccuracy] = Field(default_factory=dict, title="Accuracy of the base network, by class")
    measured_on: str = ""

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        if len(set(self.classes)) != len(self.classes):
            raise ValueError("classes: a name stands twice")
        if repeated := sorted({name for name in self.whole if self.whole.count(name) > 1 or name in self.classes}):
            raise ValueError(f"whole: {', '.join(repeated)}: stands twice, or is one of the classes")
        measured = set(self.figures) - set(self.whole)
        named: list[tuple[str, Iterable[str]]] = [
            ("figures", measured),
            ("thresholds", self.thresholds),
            ("verify", self.verify),
        ]
        named += [(f"networks.{precision}.figures", network.figures) for precision, network in self.networks.items()]
        for picture in self.reference.pictures:
            where = f"reference.pictures {picture.file}"
            named += [(where, picture.shares), (where, [box.name for box in picture.boxes])]
        if self.class_map is not None:
            named.append(("class_map", self.class_map.names.values()))
        for where, names in named:
            if unknown := sorted(set(names) - set(self.classes)):
                raise ValueError(f"{where}: {', '.join(unknown)} stand not among the classes")
        return self

    @model_validator(mode="after")
    def _thresholds_are_scores(self) -> Self:
        for key, scores in (("thresholds", self.thresholds), ("verify", self.verify)):
            if wrong := [name for name, value in scores.items() if not 0 < value < 1]:
                raise ValueError(f"{key}: {', '.join(wrong)}: must lie between 0 and 1")
        return self

    @model_validator(mode="after")
    def _kind_fits_family(self) -> Self:
        if (self.kind == "segmenter") != (self.family == "segmentation"):
            raise ValueError(f"kind {self.kind} does not go with family {self.family}")
        if self.whole and self.kind != "segmenter":
            raise ValueError("whole: only a segmenter tells anything of the whole picture; leave it out")
        return self

    @property
    def base(self) -> Precision:
        """The most exact precision there is; the others are compared with it."""
        return next(precision for precision in MOST_EXACT if precision in self.networks)

    @property
    def class_count(self) -> int:
        """Number of classes in the network's output."""
        return len(self.classes) if self.class_map is None else self.class_map.size


def read_manifest(path: Path) -> Manifest:
    """Read and check a manifest.

    Raises:
        ModelError: names the file, each wrong key, and what to do.
    """
    if not path.is_file():
        raise ModelError(f"{path}: No such file; check model.manifest, which names a manifest.yaml")
    content = read_mapping(path, ModelError)
    if content.get("schema") == 1:
        raise ModelError(
            f"{path}: schema 1 is no longer read; put 'file' and 'sha256' under 'networks: fp32:', add "
            "'kind: detector' and set 'schema: 2', or make it anew with `sharp-eyes-edge models add NETWORK.onnx`"
        )
    try:
        return Manifest.model_validate(content)
    except ValidationError as error:
        raise ModelError(f"{path}: not a manifest of schema 2:\n  {explain(error)}") from error


class _OneLine(dict[str, Any]):
    """A mapping that is written on one line."""


class _Dumper(yaml.SafeDumper):
    """Writes marked mappings on one line."""


_Dumper.add_representer(
    _OneLine,
    lambda dumper, value: dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=True),
)


def write_manifest(path: Path, content: dict[str, Any]) -> None:
    """Write a manifest's content, each reference box on a line of its own."""
    reference = dict(content.get("reference", {}))
    reference["pictures"] = [
        {**picture, "boxes": [_OneLine(box) for box in picture.get("boxes", [])]}
        for picture in reference.get("pictures", [])
    ]
    text = yaml.dump(
        {**content, "reference": reference}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110
    )
    path.write_text(text, encoding="utf-8")

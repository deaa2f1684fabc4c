"""How good a model was measured to be, and what it was trained on: parts of a manifest."""

from pydantic import BaseModel, ConfigDict, Field

from sharp_eyes.configuration import Settings


class TrainingSource(Settings):
    """Where training pictures came from."""

    name: str
    licence: str
    pictures: int = Field(ge=0)


class DetectionFigure(BaseModel):
    """Accuracy of one class on one kind of pictures; further figures may stand beside these."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    map50: float = Field(ge=0, le=1, title="Average precision at an overlap of 0.5")
    precision: float | None = Field(ge=0, le=1, title="At the shipped threshold; empty where nothing reached it")
    recall: float = Field(ge=0, le=1, title="At the shipped threshold")
    pictures: int = Field(ge=0, title="Pictures measured on")


class SegmentationFigure(BaseModel):
    """Accuracy of one class of ground on one kind of pictures; further figures may stand beside these."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    iou: float = Field(ge=0, le=1, title="Intersection over union of all pixels")
    pictures: int = Field(ge=0, title="Pictures measured on")


class WholeFigure(BaseModel):
    """How well something is told of whole pictures, on one kind of them; further figures may stand beside these."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    auc: float = Field(ge=0, le=1, title="Area under the ROC curve")
    pictures: int = Field(ge=0, title="Pictures measured on")


Figure = DetectionFigure | SegmentationFigure | WholeFigure


class ClassAccuracy(Settings):
    """Accuracy of one class, on real and on rendered pictures; empty where it was not measured."""

    real: Figure | None = None
    rendered: Figure | None = None

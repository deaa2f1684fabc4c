"""Reference inputs: bundled pictures, and what the model is to see in them on every machine."""

from typing import Literal

from pydantic import Field, model_validator
from typing_extensions import Self

from sharp_eyes.configuration import Settings

Precision = Literal["fp32", "fp16", "int8"]
"""How a network's numbers are stored; each is a file of its own."""

Computing = Literal["fp32", "fp16", "int8", "bf16"]
"""How it is computed: as stored, or an fp32 network in bf16 where the processor can."""

SHA256 = r"^[0-9a-f]{64}$"


class ReferenceBox(Settings):
    """One box, in pixels of the reference picture."""

    name: str = Field(alias="class", title="Class")
    box: tuple[float, float, float, float] = Field(title="x1, y1, x2, y2")
    score: float = Field(ge=0, le=1)


class ReferencePicture(Settings):
    """A picture beside the manifest. A detector's boxes are listed down to its weakest score."""

    file: str = Field(pattern=r"^[\w-][\w./-]*$", title="Path below the manifest's folder")
    sha256: str = Field(pattern=SHA256)
    boxes: tuple[ReferenceBox, ...] = Field((), title="What a detector sees in it")
    shares: dict[str, float] = Field(default_factory=dict, title="Share of the pixels a segmenter gives each class")

    @model_validator(mode="after")
    def _stays_inside(self) -> Self:
        if ".." in self.file.split("/"):
            raise ValueError("file: lies outside the manifest's folder")
        return self


class Tolerance(Settings):
    """How far a machine's answer may lie from what is recorded.

    A recorded box at or above its class's threshold is *matched* by a box of its class that overlaps it by at
    least ``overlap`` with a score at most ``score`` away. A box that lies above its threshold by more than
    ``score`` and matches nothing recorded, weak ones included, is *surplus*. The answer agrees when matched /
    (recorded + surplus) over all pictures is at least ``matched``. A segmenter's shares may differ by ``share``.
    """

    overlap: float = Field(0.85, gt=0, le=1)
    score: float = Field(0.05, gt=0, le=1)
    matched: float = Field(0.97, gt=0, le=1)
    share: float = Field(0.02, gt=0, le=1)


USUAL: dict[Computing, Tolerance] = {
    "fp32": Tolerance(),
    "fp16": Tolerance(overlap=0.8, score=0.08, matched=0.93),
    "bf16": Tolerance(overlap=0.8, score=0.08, matched=0.93),
    "int8": Tolerance(overlap=0.7, score=0.15, matched=0.85),
}
"""Tolerances of a manifest that names none. One is only worth something if a broken way fails it."""


class ReferenceInputs(Settings):
    """All reference inputs, and the tolerance of each way to compute; what is not named has the usual one."""

    pictures: tuple[ReferencePicture, ...] = ()
    tolerances: dict[Computing, Tolerance] = Field(default_factory=dict)

    def tolerance(self, computing: Computing) -> Tolerance:
        """How far an answer computed so may lie off."""
        return self.tolerances.get(computing, USUAL[computing])

"""What must not leave a gateway, camera by camera: ``privacy:`` in ``gateway.yaml``."""

from typing import Literal

from pydantic import Field, model_validator
from typing_extensions import Self

from sharp_eyes.configuration import LARGEST_SIZE, NamedPath, Settings
from sharp_eyes.contract.base import Identifier
from sharp_eyes.edge.polygons import Polygon

Subject = Literal["areas", "faces", "heads", "plates"]
"""What can be masked: drawn areas, faces by a network of their own, the upper part of people, the lower part of
vehicles."""

Leaving = Literal["full", "crop", "before", "after", "clip", "snapshot"]
"""What leaves the gateway: the kinds of evidence, and the live snapshot."""


class MaskArea(Settings):
    """A polygon in the picture."""

    id: Identifier = Field(title="Identifier")
    polygon: Polygon = Field(title="Corners as [x, y], shares of the picture's width and height")


class PrivacySettings(Settings):
    """What is masked before anything leaves the gateway."""

    never_watch: tuple[MaskArea, ...] = Field(
        (), title="Areas that neither detectors nor scenes see, and that are grey in all that leaves the gateway"
    )
    areas: tuple[MaskArea, ...] = Field((), title="Areas that the scenes see, and that are masked in what leaves")
    hide: tuple[Subject, ...] = Field(("areas",), title="What is masked: areas, faces, heads, plates")
    hide_in: dict[Leaving, tuple[Subject, ...]] = Field(
        default_factory=dict, title="The same for one kind of evidence, in the place of 'hide'"
    )
    original: Literal["none", "sealed"] = Field(
        "none", title="What becomes of evidence without its masks: not kept, or kept on the gateway, sealed"
    )
    original_key: NamedPath | None = Field(
        None, title="File of the public key it is sealed with; see 'originals keygen'"
    )
    original_days: float = Field(30.0, title="Days after which a sealed original is removed", gt=0, le=3650)
    original_bytes: int = Field(
        4 * 1024**3, title="Bytes of sealed originals of the camera at most", ge=1024**2, le=LARGEST_SIZE
    )

    @model_validator(mode="after")
    def _key_for_sealing(self) -> Self:
        if self.original == "sealed" and self.original_key is None:
            raise ValueError("'original: sealed' needs 'original_key'; make one with: sharp-eyes-edge originals keygen")
        return self

    def hidden_in(self, kind: Leaving) -> frozenset[Subject]:
        """What is masked in one kind of what leaves; areas only where some are drawn."""
        chosen = frozenset(self.hide_in.get(kind, self.hide))
        return chosen if self.areas else chosen - {"areas"}

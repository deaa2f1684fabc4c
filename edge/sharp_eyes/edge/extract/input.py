"""The picture as a network wants it: size, order of axes and channels, type, normalisation, place in the input."""

from typing import Literal

from pydantic import Field, model_validator
from typing_extensions import Self

from sharp_eyes.configuration import Settings

Three = tuple[float, float, float]


class Input(Settings):
    """What a network is fed. A value of a channel is ``(pixel * scale - mean) / std``."""

    width: int = Field(gt=0, le=8192, title="Pixels")
    height: int = Field(gt=0, le=8192, title="Pixels")
    layout: Literal["nchw", "nhwc"] = Field("nchw", title="Order of the axes")
    colour: Literal["rgb", "bgr"] = Field("rgb", title="Order of the channels")
    dtype: Literal["float32", "uint8"] = Field("float32", title="Type of a value")
    scale: float = Field(1.0, gt=0, title="What a value of 0 to 255 is multiplied by")
    mean: Three = Field((0.0, 0.0, 0.0), title="Taken off each channel after scaling, in the order of 'colour'")
    std: Three = Field((1.0, 1.0, 1.0), title="What each channel is divided by then, in the order of 'colour'")
    pad: int = Field(114, ge=0, le=255, title="Grey level around the picture, before scaling")
    fit: Literal["letterbox", "letterbox_topleft", "stretch"] = Field("letterbox", title="Where the picture lies")

    @model_validator(mode="after")
    def _bytes_are_raw(self) -> Self:
        if self.dtype == "uint8" and (self.scale != 1.0 or not self.plain):
            raise ValueError("dtype uint8 goes with scale 1.0 and without mean and std; such a network does it itself")
        if min(self.std) <= 0:
            raise ValueError("std: each value must be above zero")
        return self

    @property
    def plain(self) -> bool:
        """Whether there is no mean and no standard deviation to take out."""
        return self.mean == (0.0, 0.0, 0.0) and self.std == (1.0, 1.0, 1.0)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Shape of a batch of one."""
        if self.layout == "nhwc":
            return (1, self.height, self.width, 3)
        return (1, 3, self.height, self.width)

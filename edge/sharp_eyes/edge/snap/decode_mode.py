"""How much of a stream may be decoded, and what of that is decoded at all."""

from collections.abc import Callable
from typing import Literal

from sharp_eyes.edge.snap.statistics import StreamStatistics

DecodeMode = Literal["all", "nonreference", "keyframes"]
"""What may be decoded: everything, all but the frames no other frame refers to, or keyframes only."""

Demand = Callable[[float, bool], bool]
"""Whether somebody wants the frame of this time, in seconds since the Unix epoch; the flag says that it is a keyframe.

It is asked in the reader's thread for every frame as it comes, decoded or not, and once more before one is given.
"""

TOLERANCE = 1.25
"""A camera set to one keyframe a second is often a little late; that is no reason to complain."""


def keyframe_notice(mode: DecodeMode, patience: float | None, statistics: StreamStatistics) -> str:
    """Say that the camera's keyframes are rarer than its scenes would like, and what follows; empty where they are not.

    Args:
        mode: what may be decoded.
        patience: seconds that the scenes wait for a keyframe; None or 0 where they do not.
    """
    interval = statistics.keyframe_interval
    if not patience or interval is None or interval <= patience * TOLERANCE:
        return ""
    told = f"keyframes come every {interval:.1f} s but a look is wanted every {patience:g} s: "
    if mode == "keyframes":
        return (
            told
            + "looks are as rare as keyframes, as 'decode: keyframes' says; set the camera's I-frame interval lower"
        )
    return told + "more frames are decoded; set the camera's I-frame interval lower to save processor time"

"""How much of a stream is decoded, and the fall-back where keyframes are too rare."""

from typing import Literal

from sharp_eyes.edge.snap.statistics import StreamStatistics

DecodeMode = Literal["all", "nonreference", "keyframes"]
"""Decode everything, all but the frames no other frame refers to, or keyframes only."""

TOLERANCE = 1.25
"""A camera set to one keyframe a second is often a little late; that is no reason to decode more."""


class DecodeModeSelector:
    """Decides at each keyframe how the group of pictures it starts is decoded.

    Args:
        wanted: the mode asked for.
        wanted_interval: seconds between two looks that a scene needs, or None where any will do. Until
            the camera's keyframe interval is known, and wherever it is longer than this, ``keyframes``
            is answered with ``nonreference``.
    """

    def __init__(self, wanted: DecodeMode, wanted_interval: float | None, statistics: StreamStatistics) -> None:
        self._wanted = wanted
        self._wanted_interval = wanted_interval
        self._statistics = statistics

    def at_keyframe(self) -> DecodeMode:
        """Return the mode for the group of pictures that starts now."""
        if self._wanted != "keyframes" or self._wanted_interval is None:
            return self._wanted
        interval = self._statistics.keyframe_interval
        if interval is None or interval > self._wanted_interval * TOLERANCE:
            return "nonreference"
        return "keyframes"

    @property
    def notice(self) -> str:
        """Say that more than the keyframes is decoded, and why; empty where nothing is to be said."""
        interval = self._statistics.keyframe_interval
        if interval is None or self.at_keyframe() == self._wanted:
            return ""
        return (
            f"keyframes come every {interval:.1f} s but a look is wanted every {self._wanted_interval:g} s: "
            "more frames are decoded; set the camera's I-frame interval lower to save processor time"
        )

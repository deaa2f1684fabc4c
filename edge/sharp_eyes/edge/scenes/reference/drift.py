"""What a place usually looks like: learnt from the first trusted looks, then drifting slowly."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.scenes.reference.arrays import pack, pack_picture, unpack, unpack_picture
from sharp_eyes.edge.scenes.reference.glance import Glance, Plane
from sharp_eyes.edge.scenes.reference.placement import Edges, edges_of
from sharp_eyes.edge.scenes.reference.trust import Light

Planes = Mapping[str, Plane]
Cast = tuple[float, float, float]

_PICTURE_WIDTH = 640
_PICTURE_AGE = 3600.0
"""Seconds after which the picture 'before' is taken anew."""


@dataclass
class ZoneReference:
    """The usual state of one zone.

    Attributes:
        looks: trusted looks that it is learnt from.
        time_constant: seconds in which it takes over 63 % of a lasting change.
        planes: what is compared, by name; empty until it is learnt.
    """

    looks: int
    time_constant: float
    planes: dict[str, Plane] = field(default_factory=dict)
    coloured: npt.NDArray[np.bool_] | None = None
    saturation: float | None = None
    cast: Cast | None = None
    _jpeg: bytes | None = None
    _edges: Edges | None = None
    _taken: float = 0.0
    _first: list[tuple[dict[str, Plane], npt.NDArray[np.bool_], Light]] = field(default_factory=list)

    @property
    def learnt(self) -> bool:
        """Whether there is something to compare with."""
        return bool(self.planes)

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns of what is compared."""
        return next(iter(self.planes.values())).shape[:2]

    @property
    def edges(self) -> Edges | None:
        """Edges of the whole picture, to tell whether the camera has moved; from the first trusted look on."""
        return self._edges

    def learn(self, planes: Planes, unknown: npt.NDArray[np.bool_], light: Light, glance: Glance) -> None:
        """Take in one of the first trusted looks; the last of them makes the reference.

        Each cell takes the median of the looks in which it was seen, so what only passes is not learnt.
        """
        if not self._first:
            self.photograph(glance)
        self._first.append((dict(planes), unknown, light))
        if len(self._first) < self.looks:
            return
        for name in planes:
            stack = np.stack(
                [np.where(_like(hidden, seen[name]), np.nan, seen[name]) for seen, hidden, _ in self._first]
            )
            never = np.isnan(stack).all(axis=0)
            stack[:, never] = np.stack([seen[name] for seen, _, _ in self._first])[:, never]
            self.planes[name] = np.asarray(np.nanmedian(stack, axis=0), np.float32)
        lights = [light for _, _, light in self._first]
        self.coloured = np.asarray(np.mean([light.coloured for light in lights], axis=0) > 0.5)
        self.saturation = float(np.median([light.saturation for light in lights]))
        blue, green, red = np.median([light.cast for light in lights], axis=0)
        self.cast = (float(blue), float(green), float(red))
        self._first.clear()
        self.photograph(glance)

    def drift(self, planes: Planes, frozen: npt.NDArray[np.bool_], seconds: float) -> None:
        """Follow one trusted look, ``seconds`` of watched time after the one before; frozen cells stay."""
        step = 1 - np.exp(-seconds / self.time_constant)
        for name, plane in planes.items():
            if name not in self.planes:  # what an older version did not keep
                self.planes[name] = plane.copy()
                continue
            follow = np.where(_like(frozen, plane), 0.0, step).astype(np.float32)
            self.planes[name] += follow * (plane - self.planes[name])

    def drift_light(self, light: Light, seconds: float) -> None:
        """Follow the light of a whole trusted look."""
        step = float(1 - np.exp(-seconds / self.time_constant))
        if self.cast is not None and self.saturation is not None:
            blue, green, red = (old + step * (new - old) for old, new in zip(self.cast, light.cast, strict=True))
            self.cast = (blue, green, red)
            self.saturation += step * (light.saturation - self.saturation)

    def photograph(self, glance: Glance, only_if_old: bool = False) -> None:
        """Keep this look as the picture 'before'."""
        frame = glance.frame
        if only_if_old and 0 <= frame.time - self._taken < _PICTURE_AGE:
            return
        width = min(frame.width, _PICTURE_WIDTH)
        picture = frame.picture(width, round(frame.height * width / frame.width))
        self._jpeg, self._taken = pack_picture(picture), frame.time
        self._edges = edges_of(picture)

    def before(self, camera: str) -> Frame | None:
        """The picture 'before'."""
        if self._jpeg is None or not self.learnt:
            return None
        return Frame.of_picture(camera, self._taken, unpack_picture(self._jpeg))

    def forget(self) -> None:
        """Begin anew, because the reference no longer fits."""
        self.planes, self.coloured, self.saturation, self.cast = {}, None, None, None
        self._jpeg, self._edges = None, None
        self._first.clear()

    def dump_state(self) -> dict[str, Any] | None:
        """All of a learnt reference as JSON can hold it; None before."""
        if not self.learnt or self._jpeg is None or self.coloured is None:
            return None
        return {
            "planes": {name: pack(plane) for name, plane in self.planes.items()},
            "coloured": pack(self.coloured.astype(np.float32)),
            "saturation": self.saturation,
            "cast": self.cast,
            "picture": base64.b64encode(self._jpeg).decode("ascii"),
            "taken": self._taken,
        }

    def load_state(self, state: Any) -> None:
        """Go on from what :meth:`dump_state` gave.

        Raises:
            ValueError: when it cannot be used.
        """
        try:
            planes = {str(name): unpack(plane) for name, plane in state["planes"].items()}
            coloured = unpack(state["coloured"]) > 0.5
            blue, green, red = (float(value) for value in state["cast"])
            saturation, taken = float(state["saturation"]), float(state["taken"])
            jpeg = base64.b64decode(state["picture"])
            edges = edges_of(unpack_picture(jpeg))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"no reference: {error}") from error
        self.planes, self.coloured, self.saturation, self.cast = planes, coloured, saturation, (blue, green, red)
        self._jpeg, self._edges, self._taken = jpeg, edges, taken


def _like(mask: npt.NDArray[np.bool_], plane: Plane) -> npt.NDArray[np.bool_]:
    """The mask in the shape of a plane of numbers or of vectors."""
    return np.broadcast_to(mask[..., None] if plane.ndim > mask.ndim else mask, plane.shape)

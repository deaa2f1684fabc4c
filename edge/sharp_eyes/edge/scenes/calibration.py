"""From the picture to metres on flat ground, with one standard deviation.

Two ways lead there. Four or more ground points whose places are known give a homography by the direct linear
transformation (Hartley and Zisserman, Multiple View Geometry, 2004, section 4.1 with the normalisation of 4.4).
A camera without roll whose height and field of view are known needs only its tilt, which one known length on the
ground gives. Uncertainty is propagated to first order: everything that was put in is moved by its own error, one at
a time, and the changes of a result are added in squares.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import atan, degrees, hypot, radians, tan
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import Field, ValidationError, field_validator, model_validator
from typing_extensions import Self

from sharp_eyes.configuration import Settings, explain
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.polygons import Point, ScreenPoint

Matrix = npt.NDArray[np.float64]
"""3 x 3, from shares of the picture to metres on the ground."""

_FLAT = 0.02  # twice a triangle's area over its longest side squared, below which its corners lie on one line
_WORST = 0.03  # residual, in shares of the picture, from which a point is wrong rather than inexact


_Metres = Annotated[float, Field(ge=-1e7, le=1e7)]  # a surveyor's northing fits


class GroundPoint(Settings):
    """A point on the ground, in the picture and in metres."""

    at: ScreenPoint = Field(title="[x, y], shares of the picture's width and height")
    metres: tuple[_Metres, _Metres] = Field(title="Its place on the ground as [x, y] in metres; the origin is free")


class KnownLength(Settings):
    """A straight length on the ground."""

    start: ScreenPoint = Field(title="One end as [x, y], shares of the picture")
    end: ScreenPoint = Field(title="The other end")
    metres: float = Field(title="Its length in metres", gt=0, le=1000)


class CalibrationSettings(Settings):
    """``calibration`` of a camera: ground points, or a known length with the camera's height and field of view."""

    points: tuple[GroundPoint, ...] = Field((), title="At least 4 points on flat ground", max_length=16)
    length: KnownLength | None = Field(None, title="A known length on flat ground")
    height: float | None = Field(None, title="Metres from the ground to the camera", gt=0.5, le=200)
    field_of_view: float | None = Field(None, title="Horizontal field of view in degrees", ge=10, le=120)
    aspect: float = Field(16 / 9, title="Width of the picture over its height; used with a length", gt=0.3, le=4)
    pixel_error: float = Field(0.003, title="How exactly a point is marked, share of the picture", gt=0, le=0.05)
    metre_error: float = Field(0.05, title="How exactly a place or length is measured, metres", gt=0, le=5)

    @field_validator("points")
    @classmethod
    def _points_differ(cls, points: tuple[GroundPoint, ...]) -> tuple[GroundPoint, ...]:
        for (i, a), (j, b) in combinations(enumerate(points), 2):
            if a.at == b.at or a.metres == b.metres:
                raise ValueError(f"points {i} and {j} are the same; each needs its own place")
        return points

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.points) == (self.length is not None):
            raise ValueError("give either 'points' (at least 4) or 'length' with 'height' and 'field_of_view'")
        if self.length is not None and (self.height is None or self.field_of_view is None):
            raise ValueError("'length' alone says too little; give 'height' and 'field_of_view' with it")
        if self.points and len(self.points) < 4:
            raise ValueError(f"points: at least 4 are needed, {len(self.points)} given")
        return self


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value with its uncertainty (one standard deviation) in the same unit."""

    value: float
    uncertainty: float


class Calibration:
    """Where on flat ground the points of one camera's picture lie."""

    def __init__(self, best: Matrix, variants: Sequence[Matrix]) -> None:
        """``variants``: what ``best`` becomes when each input is moved by one standard deviation of its error."""
        self._all = (best, *variants)
        self._cells = lru_cache(maxsize=8)(self._cell_areas)

    def metres(self, start: Point, end: Point) -> Quantity:
        """Distance in metres of two points in shares of the picture.

        Raises:
            ValueError: when one of them does not lie on the ground.
        """
        points = np.array([start, end], np.float64)
        return self._measured(lambda matrix: hypot(*np.diff(_projected(matrix, points), axis=0)[0]))

    def square_metres(self, polygon: Sequence[Point]) -> Quantity:
        """Area in square metres of a polygon in shares of the picture.

        Raises:
            ValueError: when the polygon reaches above the horizon.
        """
        points = np.array(polygon, np.float64)
        return self._measured(lambda matrix: _shoelace(_projected(matrix, points)))

    def area_of(self, weights: npt.NDArray[np.float32]) -> Quantity:
        """Area in square metres of a mask; each cell counts by what it covers on the ground.

        Args:
            weights: rows x columns over the whole picture, the share of each cell that belongs to the mask.

        Raises:
            ValueError: when the mask reaches above the horizon.
        """
        rows, columns = weights.shape
        there = weights > 0
        areas = self._cells(rows, columns)[:, there] @ weights[there].astype(np.float64)
        return _with_spread(areas)

    def sees(self, polygon: Sequence[Point]) -> bool:
        """Whether all of the polygon lies on the ground, below the horizon."""
        try:
            self.square_metres(polygon)
        except ValueError:
            return False
        return True

    def _measured(self, measure: Callable[[Matrix], float]) -> Quantity:
        return _with_spread(np.array([measure(matrix) for matrix in self._all]))

    def _cell_areas(self, rows: int, columns: int) -> npt.NDArray[np.float64]:
        """Square metres of each cell by each matrix, matrices x rows x columns; NaN above the horizon."""
        x, y = np.meshgrid(np.linspace(0, 1, columns + 1), np.linspace(0, 1, rows + 1))
        places = [_projected(matrix, np.stack([x, y], axis=-1)) for matrix in self._all]
        cells = [(place[:-1, :-1], place[:-1, 1:], place[1:, 1:], place[1:, :-1]) for place in places]
        return np.stack([_shoelace(np.stack(corners)) for corners in cells])


def parse_calibration(camera: str, raw: dict[str, Any] | None) -> Calibration | None:
    """Check a camera's ``calibration`` and make it; None where there is none.

    Raises:
        ConfigError: names the camera, and what is wrong with which key.
    """
    if raw is None:
        return None
    try:
        settings = CalibrationSettings.model_validate(raw)
        best, *variants = _from_points(settings) if settings.points else _from_length(settings)
    except ValidationError as error:
        raise ConfigError(f"camera {camera}, calibration:\n  {explain(error)}") from error
    except ValueError as error:
        raise ConfigError(f"camera {camera}, calibration: {error}") from error
    return Calibration(best, variants)


def _from_points(settings: CalibrationSettings) -> Iterator[Matrix]:
    """The homography, then one for each coordinate that is moved by its error."""
    picture = np.array([point.at for point in settings.points], np.float64)
    ground = np.array([point.metres for point in settings.points], np.float64)
    _check_spread("in the picture", picture)
    _check_spread("in metres", ground)
    best = _homography(picture, ground)
    if np.isnan(_projected(best, picture)).any():
        raise ValueError("points: their order in the picture and in metres does not agree; are two of them swapped?")
    residual = _residual(best, picture, ground)
    yield best
    pixel_error = max(settings.pixel_error, residual)
    for number in range(picture.size):
        step = np.zeros(picture.size)
        step[number] = 1.0
        yield _homography(picture + pixel_error * step.reshape(picture.shape), ground)
        yield _homography(picture, ground + settings.metre_error * step.reshape(ground.shape))


def _check_spread(where: str, points: npt.NDArray[np.float64]) -> None:
    """Four of the points must span a plane: no three of them on one line."""
    for four in combinations(points, 4):
        if min(_flatness(*three) for three in combinations(four, 3)) >= _FLAT:
            return
    raise ValueError(f"points: {where} they lie (nearly) on one line; choose 4 of which no 3 are in line")


def _flatness(a: Matrix, b: Matrix, c: Matrix) -> float:
    sides = (b - a, c - a, c - b)
    longest = max(float(side @ side) for side in sides)
    return abs(float(sides[0][0] * sides[1][1] - sides[0][1] * sides[1][0])) / longest


def _residual(matrix: Matrix, picture: npt.NDArray[np.float64], ground: npt.NDArray[np.float64]) -> float:
    """Error of a marked coordinate that the residuals speak for, 0 where four points leave none over."""
    spare = 2 * len(picture) - 8
    if spare == 0:
        return 0.0
    back = np.linalg.inv(matrix)
    apart = _projected(back * np.sign(back[2] @ [*ground.mean(axis=0), 1.0]), ground) - picture
    worst = int(np.hypot(*apart.T).argmax())
    if np.hypot(*apart[worst]) > _WORST:
        raise ValueError(
            f"points.{worst} lies {np.hypot(*apart[worst]):.2f} of the picture away from where the others put it; "
            "correct it, or leave it out where the ground is not flat"
        )
    return float(np.sqrt((apart**2).sum() / spare))


def _homography(picture: npt.NDArray[np.float64], ground: npt.NDArray[np.float64]) -> Matrix:
    """Least squares of the algebraic error; from n x 2 shares to n x 2 metres."""
    source, target = _normalising(picture), _normalising(ground)
    rows = []
    for (x, y), (u, v) in zip(_projected(source, picture), _projected(target, ground), strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y, -u], [0, 0, 0, x, y, 1, -v * x, -v * y, -v]]
    solution = np.linalg.svd(np.array(rows))[2][-1].reshape(3, 3)
    matrix = np.linalg.inv(target) @ solution @ source
    # The sign is free; the third coordinate is to be positive where the points lie.
    return np.asarray(matrix * np.sign(matrix[2] @ [*picture.mean(axis=0), 1.0]))


def _normalising(points: npt.NDArray[np.float64]) -> Matrix:
    """Moves the points' middle to the origin and their mean distance from it to the square root of 2."""
    middle = points.mean(axis=0)
    scale = np.sqrt(2) / np.hypot(*(points - middle).T).mean()
    return np.array([[scale, 0, -scale * middle[0]], [0, scale, -scale * middle[1]], [0, 0, 1]])


def _from_length(settings: CalibrationSettings) -> Iterator[Matrix]:
    """The camera's matrix, then one for each input that is moved by its error."""
    length, height, view = settings.length, settings.height, settings.field_of_view
    assert length is not None and height is not None and view is not None
    ends = np.array([length.start, length.end], np.float64)

    def solved(ends: npt.NDArray[np.float64], metres: float, height: float, view: float) -> Matrix:
        return _camera(_tilt(ends, metres, height, view, settings.aspect), height, view, settings.aspect)

    yield solved(ends, length.metres, height, view)
    for number in range(4):
        step = settings.pixel_error * (np.arange(4) == number).reshape(2, 2)
        yield solved(ends + step, length.metres, height, view)
    yield solved(ends, length.metres + settings.metre_error, height, view)
    yield solved(ends, length.metres, height + max(2 * settings.metre_error, 0.02 * height), view)
    yield solved(ends, length.metres, height, 1.03 * view)  # data sheets and crops are this inexact


def _camera(tilt: float, height: float, view: float, aspect: float) -> Matrix:
    """Pinhole without roll, ``tilt`` radians below the horizon; in units of the picture's height."""
    focal = aspect / 2 / tan(radians(view) / 2)
    sine, cosine = np.sin(tilt), np.cos(tilt)
    centred = np.array([[aspect, 0, -aspect / 2], [0, 1, -0.5], [0, 0, 1]])
    ground = np.array([[height, 0, 0], [0, -height * sine, height * focal * cosine], [0, cosine, focal * sine]])
    return np.asarray(ground @ centred)


def _tilt(ends: npt.NDArray[np.float64], metres: float, height: float, view: float, aspect: float) -> float:
    """Tilt in radians at which the ends lie as far apart as they do.

    Raises:
        ValueError: when no tilt, or more than one, fits.
    """
    # Both ends must be below the horizon, which is where a ray is level.
    focal = aspect / 2 / tan(radians(view) / 2)
    least = max(-atan((float(y) - 0.5) / focal) for y in ends[:, 1])

    def excess(tilt: float) -> float:
        return hypot(*np.diff(_projected(_camera(tilt, height, view, aspect), ends), axis=0)[0]) - metres

    tilts = np.linspace(max(least, 0.0) + 0.005, np.pi / 2 - 0.005, 180)
    signs = np.sign([excess(tilt) for tilt in tilts])
    changes = np.flatnonzero(signs[1:] != signs[:-1])
    if not len(changes):
        raise ValueError(
            f"length: no tilt of a camera {height} m high with {view} degrees shows {metres} m there; check all three"
        )
    if len(changes) > 1:
        both = " or ".join(f"{degrees(tilts[change]):.0f}" for change in changes)
        raise ValueError(f"length: a tilt of {both} degrees would fit; give another length, or 4 points")
    from scipy.optimize import brentq  # noqa: PLC0415 - slow to import, seldom used

    return float(brentq(excess, tilts[changes[0]], tilts[changes[0] + 1]))


def _projected(matrix: Matrix, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Points (… x 2) through a homography; NaN for those behind its horizon."""
    flat = np.concatenate([points, np.ones((*points.shape[:-1], 1))], axis=-1) @ matrix.T
    return np.asarray(flat[..., :2] / np.where(flat[..., 2:] > 0, flat[..., 2:], np.nan))


def _shoelace(corners: npt.NDArray[np.float64]) -> Any:
    """Area of polygons given as corners x … x 2."""
    following = np.roll(corners, -1, axis=0)
    doubled = corners[..., 0] * following[..., 1] - following[..., 0] * corners[..., 1]
    return np.abs(doubled.sum(axis=0)) / 2


def _with_spread(values: npt.NDArray[np.float64]) -> Quantity:
    if np.isnan(values).any():
        raise ValueError("it reaches to the horizon, where there is no ground to measure")
    return Quantity(float(values[0]), float(np.sqrt(((values[1:] - values[0]) ** 2).sum())))

"""Whether a track is a fall: what a falling thing does and birds, leaves, rain, insects and cars do not."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from sharp_eyes.edge.scenes.falling.facade import Ruler
from sharp_eyes.edge.scenes.falling.path import PathFit, fit_path
from sharp_eyes.edge.scenes.falling.tracker import BlobTrack, TrackPoint

_SIGNIFICANT = 4.0  # standard deviations of the acceleration above none
_AGREEING = 0.7
_SLACK = 0.03  # residual as a share of the way
_BY_CHANCE = -5.0  # log10 of chance tracks expected in a frame
_STEP_BY_CHANCE = -1.5  # the same for one step on average: what moves amid a crowd is part of something bigger
_STEP_IN_A_CROWD = -0.8  # up to this a crowd is forgiven what fits closely and
_CLOSE_FIT = 0.9  # by its score,
_FROM_REST = 0.22  # by its sag
_DEEPEST_SAG = 0.35  # more than a drop from rest shows what rose, or hung and then leapt
_COMPANY = 0.5  # share of its points beside which something else moved, from which it is a part of that
_FAR, _FAR_MEASURED = 0.6, 0.3  # picture heights that no part of anything else comes down; the less where m/s² vouch
_AT_TOP = 0.008  # picture heights: until a thing has left its top by more, it hangs there


@dataclass(frozen=True, slots=True)
class Limits:
    """What counts as a fall.

    Attributes:
        frames: points of the track at least.
        path: way down at least, picture heights.
        drift: sideways way at most, as a share of the way down.
        sag: bend of the path at least, see :class:`PathFit`.
        slowest, fastest: acceleration in the fit's unit.
        ruler: the calibrated facade; None where there is none.
    """

    frames: int
    path: float
    drift: float
    sag: float
    slowest: float
    fastest: float
    ruler: Ruler | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A fall as it is known so far. ``score``: own confidence, 0 to 1."""

    fit: PathFit
    score: float


def judge(track: BlobTrack, limits: Limits) -> Verdict | None:
    """Say whether the track is a fall by now; None where it is not, or not yet."""
    points = track.points
    step = track.chance / len(points)
    if (
        track.chance > _BY_CHANCE
        or step > _STEP_IN_A_CROWD
        or len(points) < limits.frames
        or points[-1].y - points[0].y < 0
    ):
        return None
    top = min(point.y for point in points)
    if points[-1].y - top < limits.path:
        return None
    left = max(index for index, point in enumerate(points) if point.y <= top + _AT_TOP)
    for start in sorted({left, len(points) // 3}):
        if len(points) - start >= limits.frames:
            verdict = _of_path(points[start:], limits)
            if verdict is not None and (step <= _STEP_BY_CHANCE or _beyond_doubt(verdict)):
                return verdict
    return None


def _beyond_doubt(verdict: Verdict) -> bool:
    return verdict.score >= _CLOSE_FIT and verdict.fit.sag >= _FROM_REST


def _of_path(points: Sequence[TrackPoint], limits: Limits) -> Verdict | None:
    fit = fit_path(points, limits.ruler)
    slack = max(_SLACK * fit.path, 1.5 * median(point.error for point in points))
    company = sum(point.company for point in points) / len(points)
    holds = (
        fit.last is points[-1]
        and (company < _COMPANY or fit.path >= (_FAR_MEASURED if limits.ruler else _FAR))
        and fit.points >= limits.frames
        and fit.agreeing >= _AGREEING
        and fit.path >= limits.path
        and fit.drift <= limits.drift * fit.path
        and fit.residual <= slack
        and limits.slowest <= fit.acceleration - fit.uncertainty
        and fit.acceleration <= limits.fastest + 3 * fit.uncertainty
        and fit.acceleration >= _SIGNIFICANT * fit.uncertainty
        and limits.sag <= fit.sag <= _DEEPEST_SAG
    )
    return Verdict(fit, _score(fit, slack, limits)) if holds else None


def _score(fit: PathFit, slack: float, limits: Limits) -> float:
    """Geometric mean of how clearly each test is passed."""
    parts = (
        1 - 0.7 * fit.residual / slack,
        1 - math.exp(-fit.acceleration / (_SIGNIFICANT * fit.uncertainty)),
        min(1.0, 0.5 + 0.25 * fit.points / limits.frames),
        min(1.0, 0.5 + 0.25 * fit.path / limits.path),
        min(1.0, 0.5 + 2.5 * fit.sag),
        fit.agreeing,
    )
    return math.prod(parts) ** (1 / len(parts))

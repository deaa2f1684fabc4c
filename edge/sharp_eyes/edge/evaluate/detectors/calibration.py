"""Whether a score means what it says: of the detections with a score of 0.7, seven in ten should be right."""

import numpy as np

from sharp_eyes.edge.evaluate.detectors.average_precision import Tally, share_interval
from sharp_eyes.edge.evaluate.detectors.schema import Calibration, ScoreBin

BINS = 10
"""Bins of equal width between the scores 0 and 1."""

FROM = 0.1
"""Least score that counts for the calibration error: below it lie countless boxes that nobody will ever use."""


def calibration_of(tally: Tally) -> Calibration | None:
    """Reliability of one class's scores; None where nothing was found.

    Method: reliability diagram and expected calibration error over ten bins of equal width (Guo et al., 2017), on
    detections as by Kueppers et al. (2020): right is what meets an object.
    """
    if not len(tally.scores):
        return None
    # Scores were single precision: 0.9 is a little less, and belongs to the bin that begins there all the same.
    numbers = np.minimum((tally.scores * BINS + 1e-6).astype(np.int64), BINS - 1)
    bins = []
    for number in np.unique(numbers).tolist():
        own = numbers == number
        count, right = int(own.sum()), int((tally.right[own] > 0).sum())
        low, high = share_interval(right, count)
        bins.append(
            ScoreBin(
                at_least=round(number / BINS, 2),
                below=round((number + 1) / BINS, 2),
                detections=count,
                right=right,
                mean_score=round(float(tally.scores[own].mean()), 4),
                precision=round(right / count, 4),
                interval=(round(low, 4), round(high, 4)),
            )
        )
    counted = [one for one in bins if one.at_least >= FROM]
    total = sum(one.detections for one in counted)
    gaps = sum(one.detections * abs(one.precision - one.mean_score) for one in counted)
    return Calibration(bins=bins, counted=total, expected_error=round(gaps / total, 4) if total else None)

"""Average precision, precision and recall of boxes against labelled pictures."""

import dataclasses
from typing import Any

import numpy as np
from scripts.train.boxes import Found, overlaps

MATCH = 0.5


@dataclasses.dataclass
class Tally:
    """Detections of one class over many pictures: score and whether it met an unused labelled box."""

    scores: list[float] = dataclasses.field(default_factory=list)
    hits: list[bool] = dataclasses.field(default_factory=list)
    objects: int = 0
    pictures: int = 0

    def add(self, found: Found, truth: Found) -> None:
        """Count one picture; both sides hold boxes of this tally's class only."""
        self.pictures += 1
        self.objects += len(truth)
        used = np.zeros(len(truth), bool)
        shared = overlaps(found.boxes, truth.boxes)
        for index in np.argsort(-found.scores, kind="stable"):
            free = np.where(used, 0, shared[index]) if len(truth) else np.zeros(1)
            best = int(free.argmax())
            hit = bool(free[best] >= MATCH)
            if hit:
                used[best] = True
            self.scores.append(float(found.scores[index]))
            self.hits.append(hit)

    def average_precision(self) -> float:
        """Area under the precision envelope over recall (PASCAL VOC 2010 onwards) at overlap 0.5."""
        if not self.objects:
            return float("nan")
        order = np.argsort(-np.array(self.scores), kind="stable")
        hits = np.array(self.hits, bool)[order]
        true = np.cumsum(hits)
        recall = np.concatenate([[0.0], true / self.objects])
        precision = np.concatenate([[1.0], true / np.arange(1, len(hits) + 1)])
        envelope = np.maximum.accumulate(precision[::-1])[::-1]
        return float(np.sum(np.diff(recall) * envelope[1:]))

    def at(self, threshold: float) -> tuple[float, float]:
        """Return precision and recall of the detections that score at least `threshold`."""
        picked = [hit for score, hit in zip(self.scores, self.hits, strict=True) if score >= threshold]
        precision = sum(picked) / len(picked) if picked else 0.0
        recall = sum(picked) / self.objects if self.objects else float("nan")
        return precision, recall

    def figures(self, threshold: float) -> dict[str, Any]:
        """Return the figures a manifest holds, and how many labelled objects they rest on."""
        precision, recall = self.at(threshold)
        return {
            "map50": round(self.average_precision(), 3),
            "precision": round(precision, 3),
            "recall": round(recall, 3),
            "pictures": self.pictures,
            "objects": self.objects,
        }

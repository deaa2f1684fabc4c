"""Training on labels that do not tell all: where nobody knows, a class is neither rewarded nor punished.

A label row whose class number is `classes + c` says "whether class c is in this box is not known"; `2 * classes`
says so of every class. A box over the whole picture says it of the whole picture. Such rows pass through mosaic,
scaling and mirroring like any other, and take no part in the assignment.
"""

from typing import Any

import torch
from ultralytics.nn.tasks import DetectionModel
from ultralytics.utils.loss import v8DetectionLoss
from ultralytics.utils.tal import make_anchors


def names_with_unknowns(classes: list[str]) -> dict[int, str]:
    """Names for Ultralytics' data.yaml: our classes, each class unknown, all unknown."""
    return dict(enumerate([*classes, *(f"unknown_{name}" for name in classes), "unknown"]))


class PartialLabelLoss(v8DetectionLoss):  # type: ignore[misc]  # Ultralytics has no types
    """The loss of Ultralytics, whose class part leaves out what is not known."""

    def __init__(self, model: DetectionModel) -> None:
        super().__init__(model)
        self._unknown = torch.zeros(0)
        self._plain = torch.nn.BCEWithLogitsLoss(reduction="none")
        self._only: torch.Tensor | None = None
        if model.only:
            self._only = torch.zeros(self.nc, device=self.device)
            self._only[list(model.only)] = 1.0
        self.bce = self._known_part

    def get_assigned_targets_and_loss(
        self, preds: dict[str, torch.Tensor], batch: dict[str, Any], **rest: Any
    ) -> tuple[Any, ...]:
        """Set aside the unknown regions, then compute the loss over the rest."""
        kinds = batch["cls"].view(-1)
        real = kinds < self.nc
        if self._only is not None:
            real &= self._only[kinds.long().clamp(max=self.nc - 1)] > 0
        self._unknown = self._regions(preds, {key: batch[key][~real] for key in ("cls", "bboxes", "batch_idx")})
        kept = {key: batch[key][real] for key in ("cls", "bboxes", "batch_idx")}
        answer: tuple[Any, ...] = super().get_assigned_targets_and_loss(preds, {**batch, **kept}, **rest)
        return answer

    def _known_part(self, scores: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        loss: torch.Tensor = self._plain(scores, targets)
        loss = loss.masked_fill(self._unknown & (targets == 0), 0.0)
        return loss if self._only is None else loss * self._only

    def _regions(self, preds: dict[str, torch.Tensor], rows: dict[str, torch.Tensor]) -> torch.Tensor:
        """Mask (pictures, anchors, classes) of what is not known."""
        feats = preds["feats"]
        points, steps = make_anchors(feats, self.stride, 0.5)
        x, y = (points * steps).unbind(1)
        edges = torch.tensor([feats[0].shape[3], feats[0].shape[2]], device=x.device) * self.stride[0]
        batch, classes = preds["boxes"].shape[0], self.nc
        mask = torch.zeros(batch, len(x), classes, dtype=torch.bool, device=x.device)
        numbers = rows["cls"].view(-1).long() - classes
        told = torch.nn.functional.one_hot(numbers.clamp(0, classes - 1), classes).float()
        told[numbers == classes] = 1.0
        told[numbers < 0] = 0.0  # a class this detector does not learn: left out of the loss anyway
        middle, half = rows["bboxes"].float()[:, :2] * edges, rows["bboxes"].float()[:, 2:] * edges / 2
        inside = ((x[None] - middle[:, :1]).abs() <= half[:, :1]) & ((y[None] - middle[:, 1:]).abs() <= half[:, 1:])
        # One product a picture: a row at a time would cost an accelerator more than the whole network.
        for picture, count in enumerate(torch.bincount(rows["batch_idx"].long(), minlength=batch).tolist()):
            if count:
                own = rows["batch_idx"] == picture
                mask[picture] = inside[own].float().T @ told[own] > 0
        return mask


class PartialLabelModel(DetectionModel):  # type: ignore[misc]  # Ultralytics has no types
    """A YOLO whose training understands the rows above; it learns all classes, or `only` some."""

    only: tuple[int, ...] = ()

    def forward(self, x: Any, *rest: Any, **more: Any) -> Any:
        """In bfloat16 while training; Ultralytics itself knows mixed precision on CUDA only."""
        on_cpu = next(self.parameters()).device.type == "cpu"
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.training and on_cpu):
            return super().forward(x, *rest, **more)

    def init_criterion(self) -> PartialLabelLoss:
        """The loss that knows of unknowns."""
        return PartialLabelLoss(self)

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
        points, steps = make_anchors(preds["feats"], self.stride, 0.5)
        height, width = (side * float(self.stride[0]) for side in preds["feats"][0].shape[2:])
        x, y = (points * steps).unbind(1)
        mask = torch.zeros(preds["boxes"].shape[0], len(x), self.nc, dtype=torch.bool, device=x.device)
        corners = torch.tensor([width, height, width, height])
        # Read at once: asking an accelerator for one number at a time costs more than the whole network.
        table = zip(rows["cls"].view(-1).tolist(), rows["bboxes"].cpu(), rows["batch_idx"].tolist(), strict=True)
        for kind, box, picture in table:
            middle_x, middle_y, wide, high = (box.float() * corners).tolist()
            inside = ((x - middle_x).abs() <= wide / 2) & ((y - middle_y).abs() <= high / 2)
            number = int(kind) - self.nc
            classes = slice(None) if number == self.nc else slice(number, number + 1)
            mask[int(picture), :, classes] |= inside[:, None]
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

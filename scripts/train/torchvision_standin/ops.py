"""The one operator Ultralytics calls while validating."""

import torch


def nms(boxes: torch.Tensor, scores: torch.Tensor, iou_threshold: float) -> torch.Tensor:
    """Return the indices of the boxes greedy non-maximum suppression keeps, best score first.

    `boxes` is (n, 4) x1, y1, x2, y2 and `scores` (n,); the result is int64.
    """
    order = scores.argsort(descending=True)
    corners = boxes[order].double()
    area = (corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1])
    alive = torch.ones(len(corners), dtype=torch.bool, device=boxes.device)
    kept: list[int] = []
    for index in range(len(corners)):
        if not alive[index]:
            continue
        kept.append(index)
        rest = corners[index + 1 :]
        low = torch.maximum(rest[:, :2], corners[index, :2])
        high = torch.minimum(rest[:, 2:], corners[index, 2:])
        inner = (high - low).clamp(min=0).prod(dim=1)
        overlap = inner / (area[index + 1 :] + area[index] - inner + 1e-9)
        alive[index + 1 :] &= overlap <= iou_threshold
    return order[torch.tensor(kept, dtype=torch.int64, device=boxes.device)]

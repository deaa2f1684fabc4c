"""Runs a detector's ONNX on a picture and gives boxes in the picture's own pixels."""

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from scripts.train.boxes import Floats, Found, Picture, letterbox, suppress

FLOOR = 0.02


@dataclasses.dataclass
class Network:
    """One ONNX detector.

    `family` names its head: `ultralytics` (batch, 4 + classes, anchors), `ultralytics_end2end`
    (batch, rows, x1 y1 x2 y2 score class) or `yolox` (batch, cells, 5 + classes, undecoded).
    `rows` are the network's class numbers of our classes, in our order.
    """

    path: Path
    family: str
    rows: list[int]
    width: int
    height: int
    pad: int = 114
    iou: float = 0.6

    def __post_init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        options.log_severity_level = 3
        # Threads that wait busily lose more than they gain where others work on the machine.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self.session = onnxruntime.InferenceSession(
            str(self.path), sess_options=options, providers=["CPUExecutionProvider"]
        )
        self.entry = self.session.get_inputs()[0].name

    def find(self, picture: Picture, *, flipped: bool = False) -> Found:
        """Detect in a BGR picture (h, w, 3); `flipped` looks at its mirror image, boxes mirrored back."""
        rows, columns = picture.shape[:2]
        seen = np.ascontiguousarray(picture[:, ::-1]) if flipped else picture
        canvas, fit = letterbox(seen, self.width, self.height, self.pad, centred=self.family != "yolox")
        raw = self.session.run(None, {self.entry: self._tensor(canvas)})[0][0]
        found = getattr(self, f"_decode_{self.family}")(raw)
        boxes = fit.back(found.boxes, columns, rows)
        if flipped:
            boxes[:, [0, 2]] = columns - boxes[:, [2, 0]]
        sides = boxes[:, 2:] - boxes[:, :2]
        result = Found(boxes, found.scores, found.classes).where(np.asarray((sides > 1).all(axis=1), np.bool_))
        return suppress(result, self.iou)

    def _tensor(self, canvas: Picture) -> Floats:
        if self.family == "yolox":
            return np.ascontiguousarray(canvas.transpose(2, 0, 1)[None], np.float32)
        return np.asarray(cv2.dnn.blobFromImage(canvas, 1 / 255, swapRB=True), np.float32)

    def _decode_ultralytics(self, raw: Floats) -> Found:
        scores = raw[4:][self.rows]
        return self._pick(raw[:4].T, scores.T)

    def _decode_ultralytics_end2end(self, raw: Floats) -> Found:
        ours = {row: index for index, row in enumerate(self.rows)}
        classes = np.array([ours.get(int(number), -1) for number in raw[:, 5]], np.int64)
        mask = (classes >= 0) & (raw[:, 4] > FLOOR)
        return Found(raw[mask, :4], raw[mask, 4], classes[mask])

    def _decode_yolox(self, raw: Floats) -> Found:
        centres, steps = [], []
        for step in (8, 16, 32):
            y, x = np.mgrid[: self.height // step, : self.width // step]
            centres.append(np.stack([x, y], axis=2).reshape(-1, 2))
            steps.append(np.full((y.size, 1), step))
        grid, stride = np.concatenate(centres), np.concatenate(steps)
        boxes = np.hstack([(raw[:, :2] + grid) * stride, np.exp(raw[:, 2:4]) * stride]).astype(np.float32)
        return self._pick(boxes, raw[:, 4:5] * raw[:, 5:][:, self.rows])

    @staticmethod
    def _pick(middles: Floats, scores: Floats) -> Found:
        """Every class of an anchor above the floor becomes a box; `middles` (n, 4) cx, cy, w, h."""
        anchor, kind = np.nonzero(scores > FLOOR)
        centre, half = middles[anchor, :2], middles[anchor, 2:] / 2
        return Found(np.hstack([centre - half, centre + half]), scores[anchor, kind], kind.astype(np.int64))

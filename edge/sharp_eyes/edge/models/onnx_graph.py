"""What an ONNX file says of itself: inputs, outputs, metadata."""

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.heads.base import Array
from sharp_eyes.edge.extract.heads.labels_boxes_scores import SIZE_INPUT
from sharp_eyes.edge.extract.reference import Precision
from sharp_eyes.edge.extract.runtimes.onnxruntime import OnnxRuntime
from sharp_eyes.edge.extract.runtimes.package import load_package

TYPES: dict[str, Literal["float32", "uint8"]] = {"tensor(float)": "float32", "tensor(uint8)": "uint8"}
INTEGER_OPERATORS = (b"DequantizeLinear", b"QLinearConv", b"ConvInteger")


@dataclass(frozen=True, slots=True)
class Graph:
    """An ONNX network that ONNX Runtime can read.

    Attributes:
        file: where it lies.
        layout, dtype: of the picture that it takes.
        width, height: of that picture; ``None`` where it is left open.
        tells_size: whether it wants to be told the picture's size.
        metadata: what the exporter wrote into it.
    """

    file: Path
    layout: Literal["nchw", "nhwc"]
    dtype: Literal["float32", "uint8"]
    width: int | None
    height: int | None
    tells_size: bool
    metadata: dict[str, str]

    @property
    def precision(self) -> Precision:
        """int8 where the file has integer operators, else fp32."""
        content = self.file.read_bytes()
        return "int8" if any(name in content for name in INTEGER_OPERATORS) else "fp32"

    def names(self) -> tuple[str, ...] | None:
        """Class names that the exporter (Ultralytics) wrote down; ``None`` where there are none.

        Raises:
            ModelError: when they are there but cannot be read.
        """
        written = self.metadata.get("names")
        if written is None:
            return None
        try:
            found = ast.literal_eval(written)
            return tuple(str(found[number]) for number in range(len(found)))
        except (ValueError, SyntaxError, TypeError, KeyError, IndexError) as error:
            raise ModelError(
                f"{self.file}: its metadata 'names' cannot be read as class names ({error}); say them with --classes"
            ) from error

    def noted_size(self) -> tuple[int, int] | None:
        """Width and height that the exporter noted, where the network leaves them open."""
        try:
            height, width = ast.literal_eval(self.metadata["imgsz"])
            return int(width), int(height)
        except (KeyError, ValueError, SyntaxError, TypeError):
            return None

    def run(self, width: int, height: int) -> list[Array]:
        """Compute the outputs of a grey picture.

        Raises:
            ModelError: when the network fails.
        """
        shape = (1, height, width, 3) if self.layout == "nhwc" else (1, 3, height, width)
        sizes = {SIZE_INPUT: np.array([[width, height]], np.int64)} if self.tells_size else {}
        return OnnxRuntime(self.file, 0, sizes).run(np.full(shape, 114 if self.dtype == "uint8" else 0.5, self.dtype))


def read_graph(file: Path) -> Graph:
    """Open an ONNX file and see what it takes.

    Raises:
        ModelError: when it is missing, no ONNX, or takes something else than one picture; says what to do.
    """
    if not file.is_file():
        raise ModelError(f"{file}: there is no such file")
    session = _session(file)
    entries = {entry.name: entry for entry in session.get_inputs()}
    pictures = [entry for entry in entries.values() if len(entry.shape) == 4]
    others = sorted(set(entries) - {entry.name for entry in pictures} - {SIZE_INPUT})
    if len(pictures) != 1 or others:
        described = ", ".join(f"{entry.name} {entry.shape}" for entry in entries.values())
        raise ModelError(
            f"{file}: a detector takes one picture with four axes, and {SIZE_INPUT} at most beside it; this network "
            f"takes {described}"
        )
    return _checked(file, pictures[0], SIZE_INPUT in entries, dict(session.get_modelmeta().custom_metadata_map))


def _session(file: Path) -> Any:
    OnnxRuntime(file)  # its error is the clear one
    return load_package("onnxruntime").InferenceSession(str(file), providers=["CPUExecutionProvider"])


def _checked(file: Path, entry: Any, tells_size: bool, metadata: dict[str, str]) -> Graph:
    batch, *sizes = [axis if isinstance(axis, int) else None for axis in entry.shape]
    if batch is not None and batch != 1:
        raise ModelError(
            f"{file}: takes exactly {batch} pictures at a time; export it again with batch 1 or a dynamic batch"
        )
    if entry.type not in TYPES:
        raise ModelError(
            f"{file}: takes values of {entry.type}; export it again with a float32 or uint8 input (half=False)"
        )
    layout: Literal["nchw", "nhwc"] = "nhwc" if sizes[2] == 3 and sizes[0] != 3 else "nchw"
    channels = sizes[2] if layout == "nhwc" else sizes[0]
    if channels not in (None, 3):
        raise ModelError(f"{file}: takes pictures of {channels} channels; a colour picture has 3")
    if (task := metadata.get("task", "detect")) != "detect":
        raise ModelError(f"{file}: was exported for the task '{task}'; a detector is wanted")
    height, width = sizes[:2] if layout == "nhwc" else sizes[1:]
    return Graph(file, layout, TYPES[entry.type], width, height, tells_size, metadata)

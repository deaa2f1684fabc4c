"""Small ONNX networks for the tests: whatever they are shown, they answer with the same arrays."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

Array = npt.NDArray[Any]
FLOAT, HALF, BYTE, LONG = TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.UINT8, TensorProto.INT64


def constant_network(
    outputs: Sequence[Array],
    shape: Sequence[int | str] = (1, 3, 64, 128),
    kind: int = FLOAT,
    extra: Mapping[str, Sequence[int]] | None = None,
    metadata: Mapping[str, str] | None = None,
) -> bytes:
    """Return an ONNX file's content: a network with these outputs, whatever the picture."""
    entries = [helper.make_tensor_value_info("images", kind, list(shape))]
    entries += [helper.make_tensor_value_info(name, LONG, list(size)) for name, size in (extra or {}).items()]
    nodes, results = [], []
    for number, output in enumerate(outputs):
        name = f"output{number}"
        nodes.append(helper.make_node("Constant", [], [name], value=numpy_helper.from_array(output, name)))
        results.append(helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(output.dtype), output.shape))
    model = helper.make_model(
        helper.make_graph(nodes, "constant", entries, results),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=9,
    )
    for key, value in (metadata or {}).items():
        model.metadata_props.append(onnx.StringStringEntryProto(key=key, value=value))
    content: bytes = model.SerializeToString()
    return content


def rows(*objects: tuple[float, ...]) -> Array:
    """Return an output of family ultralytics_end2end: x1, y1, x2, y2, score, class."""
    found = np.zeros((1, 20, 6), np.float32)
    found[0, : len(objects)] = np.array(objects, np.float32).reshape(-1, 6)
    return found

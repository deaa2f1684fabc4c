"""OpenVINO on the processor."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.heads.base import Array
from sharp_eyes.edge.extract.letterbox import Batch


def installed() -> bool:
    """Whether the package is there."""
    return find_spec("openvino") is not None


class OpenVino:
    """Computes a network with OpenVINO, in full precision where the network itself is.

    Raises:
        ModelError: when the package is missing or the file is no network it can read.
    """

    name = "openvino"

    def __init__(self, file: Path, threads: int = 0) -> None:
        try:
            package: Any = import_module("openvino")
        except ImportError as error:
            raise ModelError(
                f"openvino cannot be loaded ({error}); install the package with its 'openvino' extra, "
                "or set model.runtime to onnxruntime"
            ) from error
        self._file = file
        options = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
        if threads:
            options["INFERENCE_NUM_THREADS"] = str(threads)
        try:
            compiled = package.Core().compile_model(str(file), "CPU", options)
            self._request = compiled.create_infer_request()
        except RuntimeError as error:
            raise ModelError(f"{file}: OpenVINO cannot read it: {error}") from error

    def run(self, batch: Batch) -> list[Array]:
        """Compute the outputs of a batch."""
        try:
            found = self._request.infer([batch], share_inputs=True)
        except RuntimeError as error:
            raise ModelError(f"{self._file}: OpenVINO failed: {error}") from error
        return [np.array(found[port]) for port in found]

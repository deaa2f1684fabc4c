"""ONNX Runtime on the processor."""

from pathlib import Path
from typing import Any

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.heads.base import Array
from sharp_eyes.edge.extract.letterbox import Batch
from sharp_eyes.edge.extract.runtimes.base import Constants
from sharp_eyes.edge.extract.runtimes.package import load_package


class OnnxRuntime:
    """Computes a network with ONNX Runtime.

    Raises:
        ModelError: when the package is missing or the file is no network it can read.
    """

    name = "onnxruntime"

    def __init__(self, file: Path, threads: int = 0, constants: Constants | None = None) -> None:
        try:
            package: Any = load_package("onnxruntime")
        except ImportError as error:
            raise ModelError(
                f"onnxruntime cannot be loaded ({error}); install the package with its 'edge' extra"
            ) from error
        self._file = file
        state = load_package("onnxruntime.capi.onnxruntime_pybind11_state")
        # Its errors have no common base of their own.
        self._errors = tuple(
            kind for kind in vars(state).values() if isinstance(kind, type) and issubclass(kind, Exception)
        )
        options = package.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        # Spinning threads would take the cores that decode the cameras' video.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = package.InferenceSession(file.read_bytes(), options, providers=["CPUExecutionProvider"])
        except self._errors as error:
            raise ModelError(f"{file}: ONNX Runtime cannot read it: {error}") from error
        names = [entry.name for entry in self._session.get_inputs()]
        self._constants = {name: value for name, value in (constants or {}).items() if name in names}
        self._entry = next((name for name in names if name not in self._constants), names[0])

    def run(self, batch: Batch) -> list[Array]:
        """Compute the outputs of a batch."""
        try:
            return list(self._session.run(None, {self._entry: batch, **self._constants}))
        except self._errors as error:
            raise ModelError(f"{self._file}: ONNX Runtime failed: {error}") from error

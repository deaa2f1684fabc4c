"""ONNX Runtime on the processor, or on an NVIDIA GPU by its CUDA and TensorRT providers."""

from pathlib import Path
from typing import Any

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.heads.base import Array
from sharp_eyes.edge.extract.letterbox import Batch
from sharp_eyes.edge.extract.runtimes.base import Constants, Placement
from sharp_eyes.edge.extract.runtimes.package import load_package
from sharp_eyes.edge.settings import Device

PROVIDERS: dict[Device, str] = {"cuda": "CUDAExecutionProvider", "tensorrt": "TensorrtExecutionProvider"}


def onnxruntime_devices() -> list[Device]:
    """Devices that the installed package was built for; whether one is there shows when it is opened."""
    try:
        there = load_package("onnxruntime").get_available_providers()
    except ImportError:
        return []
    return [device for device, provider in PROVIDERS.items() if provider in there]


class OnnxRuntime:
    """Computes a network with ONNX Runtime; ``on`` names another place than the processor.

    Raises:
        ModelError: when the package is missing or the file is no network it can read.
    """

    name = "onnxruntime"

    def __init__(
        self, file: Path, threads: int = 0, constants: Constants | None = None, *, on: Placement | None = None
    ) -> None:
        try:
            package: Any = load_package("onnxruntime")
        except ImportError as error:
            raise ModelError(
                f"onnxruntime cannot be loaded ({error}); install the package with its 'edge' extra"
            ) from error
        self._file = file
        state = load_package("onnxruntime.capi.onnxruntime_pybind11_state")
        # Its errors have no common base of their own.
        self._errors: tuple[type[Exception], ...] = tuple(
            kind for kind in vars(state).values() if isinstance(kind, type) and issubclass(kind, Exception)
        )
        options = package.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        # Spinning threads would take the cores that decode the cameras' video.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        unreadable: tuple[type[Exception], ...] = (*self._errors, ValueError, RuntimeError)
        providers = _providers(on)
        try:
            # Without enable_fallback=0 it would go over to the processor by itself, now or at any look, and not say so.
            self._session = package.InferenceSession(
                file.read_bytes(), options, providers=[*providers, "CPUExecutionProvider"], enable_fallback=0
            )
        except unreadable as error:
            raise ModelError(f"{file}: ONNX Runtime cannot read it: {error}") from error
        if on is not None and PROVIDERS[on.device] not in self._session.get_providers():
            raise ModelError(f"ONNX Runtime cannot use {on.device}; its driver or libraries are not there")
        names = [entry.name for entry in self._session.get_inputs()]
        self._constants = {name: value for name, value in (constants or {}).items() if name in names}
        self._entry = next((name for name in names if name not in self._constants), names[0])

    def run(self, batch: Batch) -> list[Array]:
        """Compute the outputs of a batch."""
        try:
            return list(self._session.run(None, {self._entry: batch, **self._constants}))
        except self._errors as error:
            raise ModelError(f"{self._file}: ONNX Runtime failed: {error}") from error


def _providers(on: Placement | None) -> list[tuple[str, dict[str, str]]]:
    """What is asked to compute, first come first served, with its options."""
    if on is None:
        return []
    # tf32 would be a less exact way that nobody asked for; a heuristic search starts in seconds, not minutes.
    cuda = (PROVIDERS["cuda"], {"device_id": "0", "use_tf32": "0", "cudnn_conv_algo_search": "HEURISTIC"})
    if on.device == "cuda":
        return [cuda]
    options = {
        "device_id": "0",
        "trt_fp16_enable": str(on.computing == "fp16"),
        "trt_int8_enable": str(on.computing == "int8"),
    }
    if on.folder is not None:
        kept = {"trt_engine_cache_path": on.folder, "trt_timing_cache_path": on.folder}
        options |= {"trt_engine_cache_enable": "True", "trt_timing_cache_enable": "True", **kept}
    return [(PROVIDERS["tensorrt"], options), cuda]

"""OpenVINO on the processor, or on an Intel GPU or NPU."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.heads.base import Array
from sharp_eyes.edge.extract.letterbox import Batch
from sharp_eyes.edge.extract.runtimes.base import Constants, Placement
from sharp_eyes.edge.extract.runtimes.package import load_package
from sharp_eyes.edge.settings import Device

NAMES: dict[Device, str] = {"gpu": "GPU", "npu": "NPU"}
HINTS = {"fp16": "f16", "int8": "f16"}
"""What the layers of a network that are not integers are computed in on a device."""


def installed() -> bool:
    """Whether the package is there."""
    return find_spec("openvino") is not None


def computes_bf16() -> bool:
    """Whether the processor has bf16 of its own; elsewhere it would only be imitated."""
    return "BF16" in _package().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def openvino_devices() -> list[Device]:
    """Devices beside the processor that OpenVINO finds on this machine."""
    there = {name.split(".")[0] for name in _package().Core().available_devices}
    return [device for device, name in NAMES.items() if name in there]


class OpenVino:
    """Computes a network with OpenVINO, in full precision where the network itself is, unless bf16 is asked for.

    ``on`` names another place than the processor.

    Raises:
        ModelError: when the package is missing or the file is no network it can read.
    """

    name = "openvino"

    def __init__(
        self,
        file: Path,
        threads: int = 0,
        constants: Constants | None = None,
        *,
        bf16: bool = False,
        on: Placement | None = None,
    ) -> None:
        package = _package()
        self._file = file
        device, options = _options(threads, bf16, on)
        try:
            compiled = package.Core().compile_model(str(file), device, options)
            self._request = compiled.create_infer_request()
            names = [port.get_any_name() for port in compiled.inputs]
        except RuntimeError as error:
            raise ModelError(f"{file}: OpenVINO cannot read it: {error}") from error
        self._constants = {name: value for name, value in (constants or {}).items() if name in names}
        self._entry = next((name for name in names if name not in self._constants), names[0])

    def run(self, batch: Batch) -> list[Array]:
        """Compute the outputs of a batch."""
        try:
            found = self._request.infer({self._entry: batch, **self._constants}, share_inputs=True)
        except RuntimeError as error:
            raise ModelError(f"{self._file}: OpenVINO failed: {error}") from error
        return [np.array(found[port]) for port in found]


def _options(threads: int, bf16: bool, on: Placement | None) -> tuple[str, dict[str, str]]:
    """OpenVINO's name of the device, and the options to compile for it."""
    options = {"PERFORMANCE_HINT": "LATENCY"}
    if on is None:
        options["INFERENCE_PRECISION_HINT"] = "bf16" if bf16 else "f32"
        if threads:
            options["INFERENCE_NUM_THREADS"] = str(threads)
        return "CPU", options
    options["INFERENCE_PRECISION_HINT"] = HINTS[on.computing]
    if on.folder is not None:
        options["CACHE_DIR"] = on.folder
    return NAMES[on.device], options


def _package() -> Any:
    try:
        return load_package("openvino")
    except ImportError as error:
        raise ModelError(
            f"openvino cannot be loaded ({error}); install the package with its 'openvino' extra, "
            "or set model.runtime to onnxruntime"
        ) from error

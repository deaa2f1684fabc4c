"""Loads a runtime's package so that it calls nobody: a surveillance gateway speaks with its hub and its cameras only.

ONNX Runtime asks for a telemetry host and keeps a device id in the home directory, unless the environment says
otherwise before the package is loaded. OpenVINO reports each import through ``openvino_telemetry`` and keeps an id
as well; where that package is not there it uses a stand-in of its own that does nothing.
"""

import os
import sys
from importlib import import_module
from typing import Any


def load_package(name: str) -> Any:
    """Import ``onnxruntime``, ``openvino`` or a module of theirs, with its telemetry off.

    Raises:
        ImportError: as the import itself does.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    # None makes every import of it fail as if it were not installed.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    return import_module(name)

"""Runtimes: what computes a network. ONNX Runtime always; OpenVINO where it is installed and faster."""

from sharp_eyes.edge.extract.runtimes.base import Runtime
from sharp_eyes.edge.extract.runtimes.choice import open_runtime

__all__ = ["Runtime", "open_runtime"]

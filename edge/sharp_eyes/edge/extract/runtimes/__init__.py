"""Runtimes: what computes a network. ONNX Runtime always; OpenVINO where it is installed."""

from sharp_eyes.edge.extract.runtimes.base import Constants, Runtime

__all__ = ["Constants", "Runtime"]

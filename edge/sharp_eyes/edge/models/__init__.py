"""Bringing a model of one's own: reading an ONNX, making its manifest, listing and checking models."""

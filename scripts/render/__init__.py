"""Rendered street footage with exact ground truth, built with Blender's Python module."""

"""Second pass: which surface and how far each pixel shows, sampled at the pixel's centre."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
from numpy.typing import NDArray

from .classes import mask_of

Values = NDArray[np.float32]


def prepare() -> None:
    """Ask the renderer for material indices and depth, and write them to files when compositing."""
    scene = bpy.context.scene
    layer = scene.view_layers[0]
    layer.use_pass_material_index = True
    layer.use_pass_z = True
    layer.pass_alpha_threshold = 0.0
    scene.use_nodes = True
    tree = scene.node_tree
    tree.nodes.clear()
    source = tree.nodes.new("CompositorNodeRLayers")
    writer = tree.nodes.new("CompositorNodeOutputFile")
    writer.name = "passes"
    writer.format.file_format = "OPEN_EXR"
    writer.format.color_depth = "32"
    writer.file_slots.clear()
    for name, output in (("surface", "IndexMA"), ("depth", "Depth")):
        writer.file_slots.new(name)
        tree.links.new(source.outputs[output], writer.inputs[name])
    final = tree.nodes.new("CompositorNodeComposite")
    tree.links.new(source.outputs["Image"], final.inputs[0])
    scene.render.use_compositing = False


def render_mask(folder: Path) -> tuple[NDArray[np.uint8], Values]:
    """Mask and depth in metres of what the camera sees, both (height, width).

    Raises:
        RuntimeError: the renderer wrote no readable pass.
    """
    scene = bpy.context.scene
    scene.node_tree.nodes["passes"].base_path = str(folder)
    width, denoise, bounces = scene.cycles.filter_width, scene.cycles.use_denoising, scene.cycles.max_bounces
    scene.cycles.filter_width, scene.cycles.use_denoising, scene.cycles.samples = 0.01, False, 1
    scene.cycles.max_bounces = 0
    scene.render.use_compositing = True
    try:
        bpy.ops.render.render(write_still=False)
    finally:
        scene.cycles.filter_width, scene.cycles.use_denoising = width, denoise
        scene.cycles.max_bounces = bounces
        scene.render.use_compositing = False
    return mask_of(read(folder, "surface", scene.frame_current)), read(folder, "depth", scene.frame_current)


def read(folder: Path, name: str, frame: int) -> Values:
    """One channel of a pass, top row first."""
    path = folder / f"{name}{frame:04d}.exr"
    try:
        image = bpy.data.images.load(str(path))
    except RuntimeError as error:
        raise RuntimeError(f"{path}: the renderer wrote no pass; is the disk full?") from error
    columns, lines = image.size
    values = np.empty(columns * lines * image.channels, dtype=np.float32)
    image.pixels.foreach_get(values)
    channels = image.channels
    bpy.data.images.remove(image)
    path.unlink()
    return values.reshape(lines, columns, channels)[::-1, :, 0].copy()

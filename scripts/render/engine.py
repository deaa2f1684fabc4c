"""Cycles settings and rendering of picture regions into arrays."""

from __future__ import annotations

import math
from pathlib import Path

import bpy
import cv2
import numpy as np
from numpy.typing import NDArray

from .camera import Camera
from .lights import as_the_camera
from .mesh import place

Picture = NDArray[np.uint8]


def fresh_scene(seed: int) -> None:
    """Empty the file and set Cycles up for the CPU."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.seed = seed
    scene.cycles.use_denoising = True
    scene.cycles.denoiser = "OPENIMAGEDENOISE"
    scene.cycles.denoising_prefilter = "FAST"
    scene.cycles.max_bounces = 3
    scene.cycles.diffuse_bounces = 2
    scene.cycles.glossy_bounces = 2
    scene.cycles.caustics_reflective = False
    scene.cycles.caustics_refractive = False
    scene.cycles.sample_clamp_indirect = 4.0
    scene.render.use_persistent_data = True
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.compression = 5
    scene.view_settings.view_transform = "AgX"
    scene.view_settings.look = "AgX - Medium High Contrast"


def use_camera(camera: Camera) -> None:
    """Point the scene's camera and set the picture size."""
    scene = bpy.context.scene
    if scene.camera is None:
        scene.camera = place(bpy.data.cameras.new("camera"), "camera")
    scene.camera.data.sensor_fit = "HORIZONTAL"
    scene.camera.data.angle = math.radians(camera.field_of_view)
    scene.camera.data.clip_end = 400.0
    as_the_camera(scene.camera, camera)
    scene.render.resolution_x = camera.width
    scene.render.resolution_y = camera.height
    scene.render.resolution_percentage = 100


def render(samples: int, scratch: Path, region: tuple[int, int, int, int] | None = None) -> Picture:
    """Render the scene, or only a region (x0, y0, x1, y1 in pixels, y down).

    Returns:
        BGR picture (height, width, 3) of the whole frame or of the region.

    Raises:
        RuntimeError: Blender wrote no readable picture.
    """
    scene = bpy.context.scene
    scene.cycles.samples = samples
    width, height = scene.render.resolution_x, scene.render.resolution_y
    scene.render.use_border = scene.render.use_crop_to_border = region is not None
    if region is not None:
        scene.render.border_min_x, scene.render.border_max_x = region[0] / width, region[2] / width
        scene.render.border_min_y = 1 - region[3] / height
        scene.render.border_max_y = 1 - region[1] / height
    scene.render.filepath = str(scratch)
    bpy.ops.render.render(write_still=True)
    picture = cv2.imread(str(scratch), cv2.IMREAD_COLOR)
    if picture is None:
        raise RuntimeError(f"{scratch}: the renderer wrote no picture; is the disk full?")
    return np.asarray(picture, dtype=np.uint8)

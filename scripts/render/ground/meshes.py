"""Large meshes straight from arrays: ground sheets, blades and leaf cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import bpy
import numpy as np
from numpy.typing import NDArray
from scripts.render.materials import material

from .fields import Array, Sheet

Whole = NDArray[np.int64]


def mesh_of(
    label: str, points: Array, faces: Whole, surfaces: Sequence[str], slots: Whole | None = None,
    attributes: Mapping[str, Array] | None = None, smooth: bool = True,
) -> bpy.types.Mesh:  # fmt: skip
    """Mesh of faces with equally many corners.

    Args:
        points: (N, 3), metres.
        faces: (M, corners) indices into the points.
        slots: (M,) index into `surfaces` for each face; the first surface without it.
        attributes: numbers a point (N,) that materials read by name.
    """
    mesh = bpy.data.meshes.new(label)
    corners = faces.shape[1]
    mesh.vertices.add(len(points))
    mesh.vertices.foreach_set("co", points.astype(np.float32).ravel())
    mesh.loops.add(faces.size)
    mesh.loops.foreach_set("vertex_index", faces.astype(np.int32).ravel())
    mesh.polygons.add(len(faces))
    mesh.polygons.foreach_set("loop_start", np.arange(0, faces.size, corners, dtype=np.int32))
    for surface in surfaces:
        mesh.materials.append(material(surface))
    if slots is not None:
        mesh.polygons.foreach_set("material_index", slots.astype(np.int32))
    mesh.polygons.foreach_set("use_smooth", np.full(len(faces), smooth))
    for name, values in (attributes or {}).items():
        mesh.attributes.new(name, "FLOAT", "POINT").data.foreach_set("value", values.astype(np.float32).ravel())
    mesh.update(calc_edges=True)
    return mesh


def put(
    mesh: bpy.types.Mesh, at: Sequence[float] = (0.0, 0.0, 0.0), turn: float = 0.0, scale: float = 1.0
) -> bpy.types.Object:
    """New object of the scene that shows the mesh, turned about the upright axis."""
    thing = bpy.data.objects.new(mesh.name, mesh)
    thing.location = tuple(at)
    thing.rotation_euler[2] = turn
    thing.scale = (scale, scale, scale)
    bpy.context.scene.collection.objects.link(thing)
    return thing


def sheet_mesh(
    label: str, sheet: Sheet, surface: str, attributes: Mapping[str, Array] | None = None, keep: Array | None = None
) -> bpy.types.Mesh:
    """Ground sheet; `keep` (rows, columns) is positive where faces are wanted."""
    height, width = sheet.z.shape
    x, y = np.meshgrid(sheet.xs, sheet.ys)
    points = np.stack([x, y, sheet.z], axis=-1).reshape(-1, 3)
    index = np.arange(height * width).reshape(height, width)
    faces = np.stack([index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]], axis=-1)
    if keep is None:
        return mesh_of(label, points, faces.reshape(-1, 4), [surface], None, attributes)
    wanted = np.maximum.reduce([keep[:-1, :-1], keep[:-1, 1:], keep[1:, 1:], keep[1:, :-1]]) > 0
    return mesh_of(label, points, faces[wanted], [surface], None, attributes)


def blades(label: str, roots: Array, length: Array, width: Array, random: np.random.Generator) -> bpy.types.Mesh:
    """One leaning triangle a root (N, 3); `length` and `width` (N,) in metres."""
    count = len(roots)
    turn = random.uniform(0, 2 * np.pi, count)
    side = np.stack([np.cos(turn), np.sin(turn), np.zeros(count)], axis=1) * width[:, None] / 2
    lean = random.normal(0, 0.45, (count, 2))
    tip = np.concatenate([lean, np.ones((count, 1))], axis=1)
    tip *= (length / np.linalg.norm(tip, axis=1))[:, None]
    points = np.stack([roots - side, roots + side, roots + tip], axis=1).reshape(-1, 3)
    faces = np.arange(count * 3).reshape(count, 3)
    return mesh_of(label, points, faces, ["blades"], None, {"tint": np.repeat(random.random(count), 3)}, False)


def cards(
    label: str, centres: Array, size: Array, surfaces: Sequence[str], random: np.random.Generator, flat: float = 1.0
) -> bpy.types.Mesh:
    """One leaf card a centre (N, 3); `flat` below 1 lays them level."""
    count = len(centres)
    first = random.normal(size=(count, 3)) * (1.0, 1.0, flat)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(first, random.normal(size=(count, 3)) * (flat, flat, 1.0))
    second /= np.linalg.norm(second, axis=1, keepdims=True)
    scale = (size * random.uniform(0.6, 1.3, count))[:, None]
    points = np.stack([centres - first * scale, centres + second * scale * 0.55,
                       centres + first * scale, centres - second * scale * 0.55], axis=1)  # fmt: skip
    faces = np.arange(count * 4).reshape(count, 4)
    slots = random.integers(0, len(surfaces), count)
    tint = np.repeat(random.random(count), 4)
    return mesh_of(label, points.reshape(-1, 3), faces, surfaces, slots, {"tint": tint}, False)

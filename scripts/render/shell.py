"""Closed rounded shells: rings of a superellipse plan stacked by height and capped by a crown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import bmesh
import bpy
import numpy as np
from numpy.typing import NDArray

from .mesh import Shape, place

Array = NDArray[np.float64]
# material rule: (xi, eta, level, side) -> name; xi and eta in -1..1, side of `SIDES` or "top"
Rule = Callable[[float, float, float, str], str]


@dataclass(frozen=True)
class Outline:
    """Plan outline, counter-clockwise from above; xi forward, eta left, both -1..1; side a column."""

    xi: Array
    eta: Array
    sides: tuple[str, ...]


def outline(power: float, stations: Sequence[float], columns: int = 9) -> Outline:
    """Superellipse |xi|^n + |eta|^n = 1 cut at the given side stations and evenly across the ends."""
    inner = sorted(station for station in stations if abs(station) < 0.9)
    lengthwise = np.array([-0.9, *inner, 0.9])
    width = (1 - np.abs(lengthwise) ** power) ** (1 / power)
    across = np.linspace(-width[-1], width[-1], columns)[1:-1]
    bulge = (1 - np.abs(across) ** power) ** (1 / power)
    xi = np.concatenate([bulge, lengthwise[::-1], -bulge[::-1], lengthwise])
    eta = np.concatenate([across, width[::-1], across[::-1], -width])
    sides = (
        ("front",) * len(across)
        + ("left",) * (len(lengthwise) - 1)
        + ("rear",) * (len(across) + 1)
        + ("right",) * (len(lengthwise) - 1)
        + ("front",)
    )
    return Outline(xi, eta, sides)


@dataclass(frozen=True)
class Extent:
    """One level of a shell: foremost and rearmost x and half the width, metres."""

    front: float
    rear: float
    half_width: float


def shell(
    shape: Shape,
    plan: Outline,
    levels: Sequence[float],
    extent: Callable[[float], Extent],
    height: Callable[[Array, float], Array],
    rule: Rule,
    crown: float,
) -> None:
    """Add a closed shell to `shape`.

    Args:
        levels: heights from 0 (bottom) to 1 (shoulder), rising.
        extent: size of the plan at a level.
        height: z of points with the given x at a level, metres.
        crown: how far the middle of the lid stands above the shoulder, metres.
    """
    rings = []
    for level in levels:
        size = extent(level)
        x = (size.front + size.rear) / 2 + plan.xi * (size.front - size.rear) / 2
        rings.append(np.stack([x, plan.eta * size.half_width, height(x, level)], axis=1))
    columns = len(plan.xi)
    xi_middle = (plan.xi + np.roll(plan.xi, -1)) / 2
    eta_middle = (plan.eta + np.roll(plan.eta, -1)) / 2

    def choose(ring: int, column: int) -> str:
        middle = (levels[ring] + levels[ring + 1]) / 2
        return rule(xi_middle[column], eta_middle[column], middle, plan.sides[column])

    shape.loft(rings, choose)
    shape.add(rings[0], [tuple(range(columns))[::-1]], ["trim"])
    lid = list(lid_rings(rings[-1], extent(levels[-1]), height, crown))
    shape.loft([rings[-1], *lid], lambda _ring, column: rule(xi_middle[column], eta_middle[column], 1.5, "top"))


def lid_rings(edge: Array, size: Extent, height: Callable[[Array, float], Array], crown: float) -> Sequence[Array]:
    """Rings that close a shell: the edge shrinks onto the middle line while the crown rises."""
    middle = (size.front + size.rear) / 2
    reach = max(0.05, (size.front - size.rear) / 2 - size.half_width * 0.8)
    rings = []
    for share in (0.93, 0.8, 0.55, 0.28, 0.0):
        target = np.clip(edge[:, 0], middle - reach, middle + reach)
        x = target + (edge[:, 0] - target) * share
        z = height(x, 1.0) + crown * (1 - share**2.2)
        rings.append(np.stack([x, edge[:, 1] * share, z], axis=1))
    return rings


def cut_arches(body: Shape, centres: Sequence[tuple[float, float]], radius: float, half_width: float) -> Shape:
    """Cut wheel arches out of a closed body.

    Args:
        centres: (x, z) of the axles, metres.
        radius: radius of an arch, metres.
        half_width: half the width of the body, metres.
    """
    thing = place(welded(body.mesh("body")), "body")
    for x, z in centres:
        for side in (-1.0, 1.0):
            cutter = Shape()
            cutter.tube(
                (x, side * half_width * 0.62, z), (x, side * half_width * 1.4, z),
                (radius, radius), "seam", sides=40,
            )  # fmt: skip
            subtract(thing, place(cutter.mesh("cutter"), "cutter"))
    result = Shape()
    mesh = thing.data
    points = np.zeros(len(mesh.vertices) * 3)
    mesh.vertices.foreach_get("co", points)
    names = [slot.name for slot in mesh.materials]
    result.add(
        points.reshape(-1, 3),
        [tuple(face.vertices) for face in mesh.polygons],
        [names[face.material_index] for face in mesh.polygons],
    )
    bpy.data.objects.remove(thing)
    return result


def subtract(thing: bpy.types.Object, cutter: bpy.types.Object) -> None:
    """Boolean difference, applied; the cutter is removed and leaves its material on the cut."""
    modifier = thing.modifiers.new("cut", "BOOLEAN")
    modifier.operation = "DIFFERENCE"
    modifier.solver = "EXACT"
    modifier.material_mode = "TRANSFER"
    modifier.object = cutter
    graph = bpy.context.evaluated_depsgraph_get()
    cut = bpy.data.meshes.new_from_object(thing.evaluated_get(graph), depsgraph=graph)
    thing.modifiers.clear()
    thing.data = cut
    bpy.data.objects.remove(cutter)


def welded(mesh: bpy.types.Mesh) -> bpy.types.Mesh:
    """The mesh with coinciding vertices joined, so that it is closed."""
    work = bmesh.new()
    work.from_mesh(mesh)
    bmesh.ops.remove_doubles(work, verts=work.verts, dist=1e-4)
    bmesh.ops.recalc_face_normals(work, faces=work.faces)
    work.to_mesh(mesh)
    work.free()
    return mesh

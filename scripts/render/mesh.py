"""Small mesh builder: collects faces with named materials and turns them into a Blender mesh.

All lengths are metres. Local axes of a moving thing: x forward, y left, z up.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import bpy
import numpy as np
from numpy.typing import NDArray

from .materials import material
from .skin import skin

Points = NDArray[np.float64]


class Shape:
    """Vertices and faces gathered from simple solids; every face knows its material's name."""

    def __init__(self) -> None:
        self.vertices: list[Points] = []
        self.faces: list[tuple[int, ...]] = []
        self.materials: list[str] = []
        self.count = 0

    def add(self, vertices: Points, faces: Sequence[Sequence[int]], names: Sequence[str]) -> None:
        """Append vertices (N, 3) and faces that index into them, one material name a face."""
        self.vertices.append(np.asarray(vertices, dtype=np.float64))
        self.faces.extend(tuple(index + self.count for index in face) for face in faces)
        self.materials.extend(names)
        self.count += len(vertices)

    def box(self, low: Sequence[float], high: Sequence[float], name: str) -> None:
        """Axis-aligned box between two opposite corners."""
        (x0, y0, z0), (x1, y1, z1) = low, high
        corners = np.array(
            [
                (x0, y0, z0), (x1, y0, z0), (x1, y1, z0), (x0, y1, z0),
                (x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1),
            ]
        )  # fmt: skip
        faces = [(0, 3, 2, 1), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7)]
        self.add(corners, faces, [name] * 6)

    def quad(self, corners: Sequence[Sequence[float]], name: str) -> None:
        """One flat polygon; its normal follows the right-hand rule."""
        self.add(np.array(corners, dtype=np.float64), [tuple(range(len(corners)))], [name])

    def tube(
        self, start: Sequence[float], end: Sequence[float], radii: tuple[float, float], name: str, sides: int = 12
    ) -> None:
        """Cylinder or cone between two points, with closed ends."""
        first, last = np.array(start, dtype=np.float64), np.array(end, dtype=np.float64)
        across, upward = frame_around(last - first)
        rings = [
            circle(centre, across, upward, radius, sides) for centre, radius in ((first, radii[0]), (last, radii[1]))
        ]
        self.loft(rings, lambda _ring, _column: name)
        self.add(rings[0], [tuple(range(sides))[::-1]], [name])
        self.add(rings[1], [tuple(range(sides))], [name])

    def path(self, points: Sequence[Sequence[float]], radius: float, name: str) -> None:
        """Chain of tubes through the points (bent pipes)."""
        for start, end in pairwise(points):
            self.tube(start, end, (radius, radius), name, sides=8)

    def ellipsoid(
        self,
        centre: Sequence[float],
        radii: Sequence[float],
        name: str | Callable[[float], str],
        detail: tuple[int, int] = (16, 10),
    ) -> None:
        """Ellipsoid; `name` may choose the material by relative height (-1 bottom to 1 top)."""
        columns, rows = detail
        heights = np.linspace(-math.pi / 2 + 0.05, math.pi / 2 - 0.05, rows)
        turns = np.linspace(0, 2 * math.pi, columns, endpoint=False)
        rings = []
        for height in heights:
            ring = np.stack(
                [
                    np.cos(turns) * math.cos(height),
                    np.sin(turns) * math.cos(height),
                    np.full(columns, math.sin(height)),
                ],
                axis=1,
            )
            rings.append(ring * np.array(radii) + np.array(centre))

        def choose(ring: int, _column: int) -> str:
            return name if isinstance(name, str) else name(math.sin(heights[ring]))

        self.loft(rings, choose)
        self.add(rings[0], [tuple(range(columns))[::-1]], [choose(0, 0)])
        self.add(rings[-1], [tuple(range(columns))], [choose(rows - 1, 0)])

    def loft(self, rings: Sequence[Points], name: Callable[[int, int], str]) -> None:
        """Skin closed rings of equal length; `name(ring, column)` gives each face's material."""
        columns = len(rings[0])
        faces, names = [], []
        for ring, column, face in skin(len(rings), columns):
            faces.append(face)
            names.append(name(ring, column))
        self.add(np.concatenate(rings), faces, names)

    def mesh(self, label: str, smooth_angle: float = 35.0) -> bpy.types.Mesh:
        """Blender mesh with its materials; edges sharper than `smooth_angle` degrees stay hard."""
        mesh = bpy.data.meshes.new(label)
        mesh.from_pydata(np.concatenate(self.vertices).tolist(), [], self.faces)
        order = sorted(set(self.materials))
        for name in order:
            mesh.materials.append(material(name))
        slots = {name: slot for slot, name in enumerate(order)}
        mesh.polygons.foreach_set("material_index", [slots[name] for name in self.materials])
        mesh.update()
        smooth(mesh, smooth_angle)
        return mesh

    def place(self, label: str, smooth_angle: float = 35.0) -> bpy.types.Object:
        """The mesh as an object of the scene, at the origin."""
        return place(self.mesh(label, smooth_angle), label)


def smooth(mesh: bpy.types.Mesh, angle: float) -> None:
    """Shade smooth, keeping edges sharper than `angle` degrees hard."""
    mesh.polygons.foreach_set("use_smooth", [True] * len(mesh.polygons))
    mesh.set_sharp_from_angle(angle=math.radians(angle))


def place(data: bpy.types.ID, label: str) -> bpy.types.Object:
    """New object of the scene that shows a mesh, or holds a light or a camera."""
    thing = bpy.data.objects.new(label, data)
    bpy.context.scene.collection.objects.link(thing)
    return thing


def frame_around(direction: Points) -> tuple[Points, Points]:
    """Two unit vectors square to the direction and to each other (right-handed with it)."""
    direction = direction / np.linalg.norm(direction)
    helper = np.array([0.0, 0.0, 1.0]) if abs(direction[2]) < 0.9 else np.array([1.0, 0.0, 0.0])
    across = np.cross(helper, direction)
    across /= np.linalg.norm(across)
    return across, np.cross(direction, across)


def circle(centre: Points, across: Points, upward: Points, radius: float, sides: int) -> Points:
    """Ring of points (sides, 3)."""
    turns = np.linspace(0, 2 * math.pi, sides, endpoint=False)[:, None]
    return centre + radius * (np.cos(turns) * across + np.sin(turns) * upward)


def lathe(
    shape: Shape, profile: Sequence[tuple[float, float]], names: Sequence[str], centre: Sequence[float], sides: int = 32
) -> None:
    """Turn a profile of (offset along y, radius) around the y axis; one material a section."""
    middle = np.array(centre, dtype=np.float64)
    across, upward = np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0])
    rings = [
        circle(middle + np.array([0.0, offset, 0.0]), across, upward, radius, sides)[::-1] for offset, radius in profile
    ]
    shape.loft(rings, lambda ring, _column: names[ring])

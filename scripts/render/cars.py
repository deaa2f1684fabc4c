"""Cars: a rounded lower body with cut wheel arches, a glazed cabin, wheels, lamps and mirrors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import bpy
import numpy as np
from numpy.typing import NDArray

from .mesh import Shape, lathe
from .shell import Extent, cut_arches, outline, shell

Array = NDArray[np.float64]


@dataclass(frozen=True)
class CarPlan:
    """Measures of a car in metres; x forward from the middle of its length, z from the ground."""

    length: float
    width: float
    clearance: float
    shoulder: tuple[tuple[float, float], ...]  # (x, z) of the body's upper edge, rear to front
    axles: tuple[float, float]  # x of the rear and the front axle
    wheel_radius: float
    cabin_base: tuple[float, float]  # x of the rear and front edge at the belt line
    cabin_roof: tuple[float, float]  # the same at the roof
    belt: float
    roof: float
    windows: tuple[tuple[float, float], ...]  # xi spans of the side windows, rear to front
    doors: tuple[float, ...]  # x of the door seams
    roof_width: float = 0.76  # share of the body's width
    rails: bool = False


PLANS: dict[str, CarPlan] = {
    "sedan": CarPlan(
        4.70, 1.82, 0.19,
        ((-2.35, 0.93), (-2.1, 0.99), (-1.5, 0.99), (0.2, 0.94), (0.95, 0.93), (1.5, 0.86), (2.0, 0.77), (2.35, 0.66)),
        (-1.36, 1.40), 0.325, (-1.95, 1.12), (-1.02, 0.22), 0.90, 1.42,
        ((-0.80, -0.36), (-0.32, 0.12), (0.16, 0.68)), (-0.92, 0.02, 1.0),
    ),
    "hatchback": CarPlan(
        4.05, 1.76, 0.18,
        ((-2.02, 0.9), (-1.8, 0.97), (-1.2, 0.97), (0.2, 0.94), (0.95, 0.92), (1.35, 0.87), (1.75, 0.79), (2.02, 0.66)),
        (-1.27, 1.24), 0.315, (-1.93, 1.02), (-1.52, 0.20), 0.90, 1.49,
        ((-0.78, -0.42), (-0.38, 0.10), (0.14, 0.70)), (-0.85, 0.05, 0.98),
    ),
    "suv": CarPlan(
        4.62, 1.88, 0.23,
        ((-2.31, 1.02), (-2.1, 1.10), (-1.4, 1.10), (0.2, 1.08), (0.9, 1.07), (1.5, 1.02), (2.0, 0.95), (2.31, 0.80)),
        (-1.38, 1.36), 0.37, (-2.22, 0.98), (-1.85, 0.26), 1.03, 1.64,
        ((-0.84, -0.48), (-0.44, 0.08), (0.12, 0.70)), (-0.98, 0.02, 1.0), 0.80, True,
    ),
    "van": CarPlan(
        4.75, 1.82, 0.20,
        ((-2.37, 0.98), (-2.2, 1.03), (-1.0, 1.03), (0.5, 1.02), (1.5, 1.00), (1.95, 0.93), (2.2, 0.84), (2.37, 0.70)),
        (-1.32, 1.52), 0.33, (-2.32, 1.98), (-2.15, 1.02), 0.97, 1.84,
        ((-0.90, -0.50), (-0.46, 0.06), (0.10, 0.62)), (-0.95, 0.22, 1.2), 0.84,
    ),
}  # fmt: skip
BODY_LEVELS = (0.0, 0.06, 0.12, 0.26, 0.34, 0.42, 0.55, 0.66, 0.78, 0.86, 0.93, 0.975, 1.0)
CABIN_LEVELS = (0.0, 0.1, 0.16, 0.3, 0.5, 0.7, 0.84, 0.9, 0.96, 1.0)


def car(kind: str, paint: str) -> bpy.types.Mesh:
    """Mesh of a car of a kind of `PLANS`, heading along +x; `paint` is a material name."""
    plan = PLANS[kind]
    shape = cut_arches(
        lower_body(plan, paint), [(x, plan.wheel_radius) for x in plan.axles], plan.wheel_radius * 1.16, plan.width / 2
    )
    cabin(shape, plan, paint)
    shape.ellipsoid((plan.length / 2 - 0.03, 0.0, nose(plan)), (0.04, 0.07, 0.055), "chrome", (12, 8))
    for x in plan.axles:
        for side in (-1.0, 1.0):
            wheel(shape, (x, side * (plan.width / 2 - 0.115), plan.wheel_radius), 0.215, side)
    details(shape, plan, paint)
    return shape.mesh(f"{kind} {paint}", smooth_angle=42)


def nose(plan: CarPlan) -> float:
    """Height of the badge in the grille."""
    return plan.clearance + (plan.shoulder[-1][1] - plan.clearance) * 0.74


def lower_body(plan: CarPlan, paint: str) -> Shape:
    """Closed shell from the sills to the shoulder, bonnet and boot lid included."""
    half = plan.length / 2
    seams = [at for x in plan.doors for at in (x / half - 0.004, x / half + 0.004)]
    filler = np.linspace(-0.88, 0.88, 25)
    stations = [x for x in filler if min(abs(x - seam) for seam in seams) > 0.02] + seams
    nodes = np.array(plan.shoulder)
    fine = np.linspace(-half, half, 81)
    kernel = np.ones(7) / 7
    raw = np.interp(fine, nodes[:, 0], nodes[:, 1])
    shoulder = np.convolve(np.pad(raw, 3, mode="edge"), kernel, mode="valid")

    def height(x: Array, level: float) -> Array:
        ends = np.clip((np.abs(x) / half - 0.72) / 0.28, 0, 1)
        low = plan.clearance + 0.06 * ends
        return np.asarray(low + (np.interp(x, fine, shoulder) - low) * level)

    def extent(level: float) -> Extent:
        front = np.interp(level, [0, 0.12, 0.35, 0.6, 0.9, 1.0], [0.955, 0.99, 1.0, 0.99, 0.965, 0.945])
        rear = np.interp(level, [0, 0.12, 0.4, 0.75, 0.93, 1.0], [0.95, 0.985, 1.0, 0.985, 0.972, 0.955])
        side = np.interp(level, [0, 0.06, 0.3, 0.6, 0.86, 0.95, 1.0], [0.92, 0.955, 0.985, 1.0, 0.975, 0.95, 0.91])
        return Extent(float(front * half), float(-rear * half), float(side * plan.width / 2))

    def rule(xi: float, eta: float, level: float, side: str) -> str:
        if side == "top":
            return paint
        if level < 0.06:
            return "trim"
        if side in ("left", "right"):
            return side_material(xi, level, paint, seams)
        return end_material(eta, level, paint, side)

    shape = Shape()
    shell(shape, outline(5.0, stations, columns=17), BODY_LEVELS, extent, height, rule, 0.045)
    return shape


def side_material(xi: float, level: float, paint: str, seams: Sequence[float]) -> str:
    """Doors with dark seams; the lamps reach round the corners."""
    if xi > 0.84 and 0.66 < level < 0.86:
        return "headlamp"
    if xi < -0.86 and 0.55 < level < 0.93:
        return "taillamp"
    if level > 0.12 and any(abs(xi - seam) < 0.0045 for seam in seams):
        return "seam"
    return paint


def end_material(eta: float, level: float, paint: str, side: str) -> str:
    """Front with lamps, grille and intake; rear with lamps and a dark lower bumper."""
    if side == "rear":
        if 0.55 < level < 0.93 and abs(eta) > 0.6:
            return "taillamp"
        return "trim" if level < 0.26 else paint
    if 0.55 < level < 0.86 and abs(eta) > 0.5:
        return "headlamp" if level > 0.66 else "trim"
    if 0.42 < level < 0.78 and abs(eta) < 0.46:
        return "chrome" if level > 0.66 else "trim"
    return "trim" if 0.06 < level < 0.26 and abs(eta) < 0.55 else paint


def cabin(shape: Shape, plan: CarPlan, paint: str) -> None:
    """Greenhouse: pillars, windscreen, rear and side windows and the roof."""
    edges = [edge for window in plan.windows for edge in window]
    filler = [x for x in np.linspace(-0.87, 0.87, 13) if min(abs(x - e) for e in edges) > 0.04]

    def extent(level: float) -> Extent:
        bow = level + 0.10 * np.sin(np.pi * level)
        return Extent(
            float(plan.cabin_base[1] + (plan.cabin_roof[1] - plan.cabin_base[1]) * level),
            float(plan.cabin_base[0] + (plan.cabin_roof[0] - plan.cabin_base[0]) * level),
            float(plan.width / 2 * (0.93 + (plan.roof_width - 0.93) * (2 * level - bow))),
        )

    def height(_x: Array, level: float) -> Array:
        return np.full(_x.shape, plan.belt + (plan.roof - plan.belt) * level)

    def rule(xi: float, eta: float, level: float, side: str) -> str:
        if side == "front" and level < 0.16:
            return "trim"
        if side == "top" or not 0.1 < level < 0.9:
            return paint
        if side in ("front", "rear"):
            return "glass" if abs(eta) < 0.86 else paint
        if any(low < xi < high for low, high in plan.windows):
            return "glass"
        return "trim" if abs(xi) < 0.45 else paint

    plan_outline = outline(6.0, [*edges, *filler], columns=13)
    shell(shape, plan_outline, CABIN_LEVELS, extent, height, rule, 0.055)


def wheel(shape: Shape, centre: Sequence[float], width: float, side: float) -> None:
    """Tyre and five-spoke rim; `side` is +1 for the left of the vehicle, -1 for the right."""
    x, y, z = centre
    radius = z
    half = width / 2
    profile = [
        (-half, radius * 0.60), (-half, radius * 0.90), (-half * 0.8, radius * 0.98),
        (half * 0.8, radius * 0.98), (half, radius * 0.90), (half, radius * 0.66),
        (half * 0.75, radius * 0.64), (half * 0.35, radius * 0.60), (half * 0.3, radius * 0.02),
    ]  # fmt: skip
    names = ["tyre"] * 5 + ["rim", "trim", "trim"]
    piece = Shape()
    lathe(piece, profile, names, (0, 0, 0), sides=28)
    for spoke in range(5):
        angle = 2 * np.pi * spoke / 5
        tip = (0.60 * radius * np.cos(angle), half * 0.62, 0.60 * radius * np.sin(angle))
        piece.tube((0, half * 0.66, 0), tip, (0.045, 0.035), "rim", sides=6)
    piece.tube((0, half * 0.3, 0), (0, half * 0.78, 0), (0.06, 0.05), "rim", sides=10)
    points = np.concatenate(piece.vertices)
    if side < 0:
        points = points * np.array([-1.0, -1.0, 1.0])
    shape.add(points + np.array([x, y, z]), piece.faces, piece.materials)


def details(shape: Shape, plan: CarPlan, paint: str) -> None:
    """Mirrors, door handles, plate blanks, wipers' cowl and roof rails."""
    half, width = plan.length / 2, plan.width / 2
    shoulder = np.array(plan.shoulder)

    def edge(x: float) -> float:
        return float(np.interp(x, shoulder[:, 0], shoulder[:, 1]))

    front = plan.cabin_base[1] - 0.42
    for side in (-1.0, 1.0):
        shape.ellipsoid((front, side * (width + 0.055), plan.belt + 0.09), (0.06, 0.095, 0.07), paint)
        shape.tube(
            (front, side * width * 0.9, plan.belt + 0.03),
            (front, side * (width + 0.04), plan.belt + 0.08),
            (0.03, 0.025),
            "trim",
            8,
        )
        for door in plan.doors[1:]:
            low = edge(door) - 0.16
            inner, outer = sorted((side * width * 0.95, side * (width + 0.012)))
            shape.box((door - 0.82, inner, low), (door - 0.64, outer, low + 0.028), paint)
        if plan.rails:
            y = side * width * plan.roof_width * 0.9
            rear, fore = plan.cabin_roof[0] + 0.25, plan.cabin_roof[1] - 0.15
            shape.path(
                [
                    (rear, y, plan.roof + 0.02),
                    (rear + 0.1, y, plan.roof + 0.1),
                    (fore - 0.1, y, plan.roof + 0.1),
                    (fore, y, plan.roof + 0.02),
                ],
                0.018,
                "trim",
            )
    plate = plan.clearance + 0.30
    shape.box((half * 0.985, -0.22, plate - 0.07), (half + 0.012, 0.22, plate + 0.07), "plate")
    plate = edge(-half) - 0.22
    shape.box((-half - 0.012, -0.22, plate - 0.07), (-half * 0.97, 0.22, plate + 0.07), "plate")

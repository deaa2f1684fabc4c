"""Materials of ground, plants and water; colours differ from scene to scene."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from .classes import class_of
from .graph import Colour, Graph, remade

SOILS: tuple[Colour, ...] = (
    (0.21, 0.125, 0.062), (0.27, 0.175, 0.09), (0.14, 0.088, 0.05), (0.24, 0.11, 0.055), (0.28, 0.22, 0.145),
    (0.095, 0.065, 0.042),
)  # fmt: skip
GREENS: tuple[Colour, ...] = (
    (0.085, 0.16, 0.028), (0.06, 0.12, 0.035), (0.13, 0.19, 0.035), (0.05, 0.105, 0.022), (0.15, 0.18, 0.05),
    (0.095, 0.15, 0.06),
)  # fmt: skip
YELLOW: Colour = (0.27, 0.215, 0.085)
SLABS: tuple[Colour, ...] = (
    (0.30, 0.285, 0.27), (0.22, 0.21, 0.20), (0.31, 0.18, 0.14), (0.36, 0.31, 0.24), (0.25, 0.26, 0.27),
)  # fmt: skip
MUDS: tuple[Colour, ...] = ((0.13, 0.095, 0.06), (0.17, 0.14, 0.10), (0.09, 0.08, 0.065), (0.075, 0.085, 0.06))


def times(colour: Colour, factor: float) -> Colour:
    """A darker or lighter colour."""
    return colour[0] * factor, colour[1] * factor, colour[2] * factor


def between(first: Colour, second: Colour, share: float) -> Colour:
    """A colour between two others."""
    red, green, blue = (a + (b - a) * share for a, b in zip(first, second, strict=True))
    return red, green, blue


def pick(colours: tuple[Colour, ...], random: np.random.Generator) -> Colour:
    """One of the colours, a little lighter or darker."""
    return times(colours[int(random.integers(len(colours)))], float(random.uniform(0.8, 1.2)))


def make_surfaces(random: np.random.Generator) -> None:
    """Make the scene's materials anew."""
    soil = pick(SOILS, random)
    green = pick(GREENS, random)
    dry = float(random.choice((0.0, random.uniform(0.0, 0.3), random.uniform(0.3, 0.9)), p=(0.5, 0.3, 0.2)))
    road(random)
    for name in ("slabs", "path"):
        slabs(name, random)
    for name, colour, grey in (
        ("kerb", (0.36, 0.355, 0.34), 0.32), ("edging", (0.27, 0.265, 0.255), 0.28),
        ("marking", (0.62, 0.62, 0.60), 0.6), ("yellow_marking", (0.60, 0.38, 0.05), 0.5),
        ("new_asphalt", times((0.045, 0.045, 0.047), float(random.uniform(0.6, 1.2))), 0.08),
        ("manhole", (0.06, 0.06, 0.062), 0.12), ("tactile", (0.5, 0.38, 0.11), 0.4),
    ):  # fmt: skip
        hard(name, colour, grey)
    earth(soil)
    turf(between(times(green, 0.8), YELLOW, dry), soil)
    foliage("blades", green, dry, 0.9)
    foliage("leaf", times(green, 0.85), 0.0, 0.7)
    foliage("leaf_light", times(green, 1.35), 0.0, 0.7)
    foliage("leaf_dark", times(green, 0.3), 0.0, 0.9)
    foliage("cover", times(pick(GREENS, random), 1.1), dry * 0.5, 0.6)
    for name in ("litter_turf", "litter_earth", "litter_paved"):
        litter(name)
    flower(random)
    plain("bark", (0.12, 0.085, 0.06), 0.3)
    plain("twig", (0.16, 0.11, 0.07), 0.3)
    water(pick(MUDS, random))


def number_surfaces() -> None:
    """Give each material the index that the mask pass reads."""
    for material in bpy.data.materials:
        material.pass_index = class_of(material.name) + 1


def wetted(graph: Graph, colour: Any, rough: float, patchy: float = 1.3) -> tuple[Any, Any, Any]:
    """Colour, roughness and wetness of a porous surface in rain and beside water."""
    patches = graph.noise(patchy, 2.0, 0.65)
    wet = graph.control("wet")
    rained = graph.math("MULTIPLY", wet, graph.span(graph.math("ADD", patches, wet), 0.55, 1.2))
    dampness = graph.math("MAXIMUM", graph.attribute("damp"), rained)
    darker = graph.mix(graph.math("MULTIPLY", dampness, 0.62), colour, (0.0, 0.0, 0.0))
    return darker, graph.span(dampness, 0.0, 1.0, (rough, 0.29)), dampness


def road(random: np.random.Generator) -> None:
    """Asphalt with stones, worn tracks, cracks and stains."""
    graph = Graph(remade("road").node_tree)
    base = times((0.105, 0.106, 0.108), float(random.uniform(0.6, 1.6)))
    broad, fine = graph.noise(0.35, 3.0, 0.65), graph.noise(70.0, 1.0, 0.7)
    colour = graph.mix(graph.span(broad, 0.3, 0.7), times(base, 0.72), times(base, 1.2))
    colour = graph.mix(graph.span(fine, 0.35, 0.75), graph.mix(1.0, colour, (0.72, 0.72, 0.72), "MULTIPLY"), colour)
    cracks = graph.node("ShaderNodeTexVoronoi", feature="DISTANCE_TO_EDGE")
    graph.feed(cracks.inputs["Vector"], graph.mix(0.12, graph.position, graph.noise(0.8, 2.0), "ADD"))
    cracks.inputs["Scale"].default_value = float(random.uniform(0.18, 0.5))
    frayed = graph.math("ADD", cracks.outputs["Distance"], graph.math("MULTIPLY", fine, 0.03))
    worn = float(random.choice((0.0, random.uniform(0.35, 0.6)), p=(0.6, 0.4)))
    line = graph.math("MAXIMUM", graph.span(frayed, 0.016, 0.026), graph.span(broad, worn - 0.04, worn))
    colour = graph.mix(line, (0.03, 0.03, 0.03), colour)
    edge = graph.math("ADD", graph.attribute("stain"), graph.math("MULTIPLY", graph.noise(3.0, 2.0, 0.7), 0.9))
    stain = graph.span(edge, 0.85, 1.1)
    colour = graph.mix(graph.math("MULTIPLY", stain, 0.75), colour, (0.012, 0.011, 0.011))
    colour, rough, dampness = wetted(graph, colour, 0.85)
    rough = graph.math("SUBTRACT", rough, graph.math("MULTIPLY", stain, 0.3))
    strength = graph.span(dampness, 0.0, 1.0, (0.35, 0.12))
    graph.surface(colour, rough, graph.bump(fine, strength, 0.01), base[0] * 1.3)


def slabs(name: str, random: np.random.Generator) -> None:
    """Paving slabs with joints; sizes and colours differ."""
    graph = Graph(remade(name).node_tree)
    colour = pick(SLABS, random)
    tiles = graph.node("ShaderNodeTexBrick")
    width = float(random.choice((0.2, 0.3, 0.5, 0.6)))
    graph.feed(tiles.inputs["Vector"], graph.position)
    for key, value in (("Scale", 1.0), ("Brick Width", width), ("Row Height", width * float(random.choice((0.5, 1.0)))),
                       ("Mortar Size", 0.006)):  # fmt: skip
        tiles.inputs[key].default_value = value
    for key, factor in (("Color1", 1.12), ("Color2", float(random.uniform(0.72, 0.95))), ("Mortar", 0.5)):
        tiles.inputs[key].default_value = (*times(colour, factor), 1.0)
    dirt = graph.span(graph.noise(0.7, 4.0, 0.7), 0.3, 0.75, (0.7, 1.1))
    shaded = graph.mix(1.0, tiles.outputs["Color"], dirt, "MULTIPLY")
    shaded, rough, _dampness = wetted(graph, shaded, 0.85)
    graph.surface(shaded, rough, None, colour[1])


def hard(name: str, colour: Colour, grey: float) -> None:
    """Stone, paint or iron that lies in the weather."""
    graph = Graph(remade(name).node_tree)
    worn = graph.mix(graph.span(graph.noise(4.0, 4.0, 0.7), 0.3, 0.7), times(colour, 0.6), times(colour, 1.1))
    shaded, rough, _dampness = wetted(graph, worn, 0.8)
    graph.surface(shaded, rough, None, grey)


def earth(colour: Colour) -> None:
    """Bare soil: clods, pebbles and lighter dry crust."""
    graph = Graph(remade("earth").node_tree)
    broad, clods, grain = graph.noise(0.9, 3.0, 0.6), graph.noise(9.0, 3.0, 0.7), graph.noise(45.0, 1.0, 0.7)
    shaded = graph.mix(graph.span(broad, 0.3, 0.7), times(colour, 0.7), times(colour, 1.25))
    shaded = graph.mix(graph.span(clods, 0.3, 0.62), times(colour, 0.5), shaded)
    shaded = graph.mix(graph.span(grain, 0.66, 0.74), shaded, (0.36, 0.33, 0.29))
    shaded, rough, _dampness = wetted(graph, shaded, 0.95)
    height = graph.math("ADD", clods, graph.math("MULTIPLY", grain, 0.35))
    graph.surface(shaded, rough, graph.bump(height, 0.9, 0.05), 0.27, 0.2)


def turf(colour: Colour, soil: Colour) -> None:
    """The sward under the blades: green to straw, uneven."""
    graph = Graph(remade("turf").node_tree)
    broad, fine = graph.noise(0.5, 4.0, 0.65), graph.noise(26.0, 3.0, 0.75)
    shaded = graph.mix(graph.span(broad, 0.3, 0.7), times(colour, 0.75), between(times(colour, 1.25), YELLOW, 0.15))
    shaded = graph.mix(graph.span(fine, 0.3, 0.6), between(times(colour, 0.35), times(soil, 0.4), 0.25), shaded)
    graph.surface(shaded, 0.95, graph.bump(fine, 0.8, 0.06), 0.42, 0.15)


def foliage(name: str, colour: Colour, dry: float, rough: float) -> None:
    """Leaves and blades; `dry` mixes in straw by place and by blade."""
    graph = Graph(remade(name).node_tree)
    tint, place = graph.attribute("tint"), graph.noise(0.6, 3.0, 0.6)
    shaded = graph.mix(tint, times(colour, 0.6), times(colour, 1.55))
    shaded = graph.mix(graph.span(place, 0.35, 0.7), shaded, graph.mix(1.0, shaded, (0.7, 0.82, 0.7), "MULTIPLY"))
    if dry > 0:
        shaded = graph.mix(graph.span(graph.math("ADD", place, graph.math("MULTIPLY", tint, 0.3)),
                                      1.05 - 0.75 * dry, 1.15 - 0.6 * dry), shaded, YELLOW)  # fmt: skip
    graph.surface(shaded, rough, None, 0.6, 0.25)


def litter(name: str) -> None:
    """Fallen leaves, brown to yellow."""
    graph = Graph(remade(name).node_tree)
    shaded = graph.mix(graph.attribute("tint"), (0.16, 0.07, 0.025), (0.42, 0.27, 0.05))
    graph.surface(shaded, 0.85, None, 0.4, 0.2)


def flower(random: np.random.Generator) -> None:
    """Petals."""
    colours: tuple[Colour, ...] = ((0.6, 0.05, 0.12), (0.7, 0.45, 0.03), (0.55, 0.12, 0.5), (0.65, 0.62, 0.6))
    plain("flower", pick(colours, random), 0.6)


def plain(name: str, colour: Colour, grey: float) -> None:
    """One uneven colour."""
    graph = Graph(remade(name).node_tree)
    shaded = graph.mix(graph.noise(6.0), times(colour, 0.6), times(colour, 1.3))
    graph.surface(shaded, 0.9, None, grey, 0.2)


def water(mud: Colour) -> None:
    """Ponded water: a mirror by Fresnel over clear to muddy depths, with wind ripples and rain rings."""
    graph = Graph(remade("water").node_tree)
    ripple, rain = graph.control("ripple"), graph.control("rain")
    cells = graph.node("ShaderNodeTexVoronoi")
    graph.feed(cells.inputs["Vector"], graph.position)
    cells.inputs["Scale"].default_value = 7.0
    distance = cells.outputs["Distance"]
    rings = graph.math("MULTIPLY", graph.math("SINE", graph.math("MULTIPLY", distance, 38.0)),
                       graph.span(distance, 0.05, 0.5, (1.0, 0.0)))  # fmt: skip
    waves = graph.math("MULTIPLY", graph.noise(5.0, 2.0, 0.5), ripple)
    height = graph.math("ADD", waves, graph.math("MULTIPLY", graph.math("MULTIPLY", rings, rain), 0.10))
    normal = graph.bump(height, 0.7, 0.014)
    fresnel = graph.node("ShaderNodeFresnel")
    fresnel.inputs["IOR"].default_value = 1.34
    graph.feed(fresnel.inputs["Normal"], normal)
    mirror = graph.node("ShaderNodeBsdfGlossy")
    graph.feed(mirror.inputs["Roughness"], graph.math("MULTIPLY", ripple, 0.06))
    graph.feed(mirror.inputs["Normal"], normal)
    clear = graph.node("ShaderNodeBsdfTransparent")
    clear.inputs["Color"].default_value = (0.78, 0.80, 0.78, 1.0)
    mud_node = graph.node("ShaderNodeBsdfDiffuse")
    graph.feed(mud_node.inputs["Color"], graph.mix(graph.noise(0.8), times(mud, 0.8), times(mud, 1.2)))
    turbid = graph.math("MULTIPLY", graph.control("turbid"), graph.span(graph.attribute("depth"), -0.004, 0.02))
    depths = blend(graph, turbid, clear.outputs[0], mud_node.outputs[0])
    graph.finish(blend(graph, fresnel.outputs[0], depths, mirror.outputs[0]))


def blend(graph: Graph, share: Any, first: Any, second: Any) -> Any:
    """A shader between two others."""
    made = graph.node("ShaderNodeMixShader")
    graph.feed(made.inputs[0], share)
    graph.tree.links.new(first, made.inputs[1])
    graph.tree.links.new(second, made.inputs[2])
    return made.outputs[0]

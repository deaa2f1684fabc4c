"""Named surface materials. A name is a key of `TABLE` or `paint:RRGGBB` / `cloth:RRGGBB` etc."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import bpy

# name: (base colour linear RGB, roughness, metallic, variation 0..1, variation scale 1/m)
TABLE: dict[str, tuple[tuple[float, float, float], float, float, float, float]] = {
    "asphalt": ((0.090, 0.091, 0.095), 0.88, 0.0, 0.42, 0.9),
    "patch": ((0.055, 0.055, 0.058), 0.92, 0.0, 0.30, 2.0),
    "marking": ((0.62, 0.62, 0.60), 0.7, 0.0, 0.45, 3.0),
    "yellow_marking": ((0.62, 0.40, 0.045), 0.7, 0.0, 0.40, 3.0),
    "kerb": ((0.36, 0.355, 0.34), 0.85, 0.0, 0.30, 1.7),
    "paving": ((0.31, 0.285, 0.26), 0.9, 0.0, 0.35, 0.8),
    "paving_dark": ((0.20, 0.185, 0.175), 0.9, 0.0, 0.30, 1.2),
    "tactile": ((0.55, 0.42, 0.12), 0.85, 0.0, 0.30, 1.5),
    "court": ((0.23, 0.30, 0.26), 0.9, 0.0, 0.35, 0.6),
    "soil": ((0.10, 0.075, 0.05), 0.95, 0.0, 0.5, 3.0),
    "grass": ((0.075, 0.135, 0.035), 0.95, 0.0, 0.6, 2.5),
    "brick": ((0.33, 0.155, 0.105), 0.9, 0.0, 0.0, 1.0),
    "plaster_cream": ((0.58, 0.51, 0.40), 0.92, 0.0, 0.22, 0.35),
    "plaster_grey": ((0.42, 0.42, 0.41), 0.92, 0.0, 0.25, 0.3),
    "plaster_white": ((0.66, 0.65, 0.62), 0.92, 0.0, 0.18, 0.3),
    "plaster_ochre": ((0.52, 0.36, 0.20), 0.92, 0.0, 0.22, 0.3),
    "stone": ((0.30, 0.285, 0.265), 0.85, 0.0, 0.3, 1.2),
    "roof": ((0.13, 0.12, 0.115), 0.9, 0.0, 0.3, 1.0),
    "frame": ((0.68, 0.68, 0.67), 0.5, 0.0, 0.0, 1.0),
    "frame_dark": ((0.06, 0.065, 0.07), 0.45, 0.3, 0.0, 1.0),
    "window": ((0.025, 0.032, 0.038), 0.06, 0.0, 0.5, 0.35),
    "curtain": ((0.40, 0.38, 0.34), 0.9, 0.0, 0.3, 2.0),
    "shop_interior": ((0.16, 0.13, 0.10), 0.6, 0.0, 0.7, 1.2),
    "steel": ((0.42, 0.43, 0.44), 0.42, 0.8, 0.1, 2.0),
    "pole_green": ((0.045, 0.085, 0.07), 0.45, 0.2, 0.1, 2.0),
    "bark": ((0.12, 0.085, 0.06), 0.95, 0.0, 0.5, 5.0),
    "leaf": ((0.055, 0.125, 0.025), 0.75, 0.0, 0.5, 0.9),
    "leaf_light": ((0.10, 0.18, 0.035), 0.75, 0.0, 0.5, 0.9),
    "awning_red": ((0.38, 0.06, 0.05), 0.8, 0.0, 0.15, 1.0),
    "awning_green": ((0.05, 0.19, 0.12), 0.8, 0.0, 0.15, 1.0),
    "awning_blue": ((0.05, 0.13, 0.30), 0.8, 0.0, 0.15, 1.0),
    "sign_blue": ((0.02, 0.09, 0.38), 0.4, 0.0, 0.0, 1.0),
    "sign_red": ((0.50, 0.02, 0.02), 0.4, 0.0, 0.0, 1.0),
    "white": ((0.72, 0.72, 0.71), 0.5, 0.0, 0.0, 1.0),
    "bin_green": ((0.03, 0.13, 0.06), 0.5, 0.0, 0.1, 2.0),
    "wood": ((0.24, 0.13, 0.06), 0.7, 0.0, 0.4, 3.0),
    "glass": ((0.022, 0.026, 0.03), 0.04, 0.0, 0.0, 1.0),
    "trim": ((0.018, 0.018, 0.019), 0.55, 0.0, 0.0, 1.0),
    "seam": ((0.008, 0.008, 0.008), 0.8, 0.0, 0.0, 1.0),
    "tyre": ((0.016, 0.016, 0.017), 0.85, 0.0, 0.0, 1.0),
    "rim": ((0.46, 0.47, 0.48), 0.3, 0.9, 0.0, 1.0),
    "chrome": ((0.62, 0.62, 0.63), 0.15, 1.0, 0.0, 1.0),
    "headlamp": ((0.70, 0.72, 0.74), 0.08, 0.35, 0.0, 1.0),
    "taillamp": ((0.34, 0.008, 0.008), 0.12, 0.0, 0.0, 1.0),
    "taillamp_on": ((0.75, 0.02, 0.015), 0.2, 0.0, 0.0, 1.0),
    "plate": ((0.03, 0.12, 0.55), 0.45, 0.0, 0.0, 1.0),
    "cargo": ((0.62, 0.62, 0.60), 0.6, 0.0, 0.12, 0.6),
    "shoe": ((0.03, 0.028, 0.027), 0.6, 0.0, 0.0, 1.0),
    "signal_off": ((0.02, 0.02, 0.02), 0.3, 0.0, 0.0, 1.0),
}

SHARED: dict[str, tuple[float, float, float]] = {
    # prefix: (roughness, coat, metallic) for `prefix:RRGGBB` names
    "paint": (0.30, 1.0, 0.0),
    "metallic": (0.42, 0.9, 0.45),
    "cloth": (0.92, 0.0, 0.0),
    "skin": (0.6, 0.0, 0.0),
    "hair": (0.55, 0.0, 0.0),
    "plain": (0.6, 0.0, 0.0),
}

# prefix: fills a new material for a `prefix:RRGGBB` name; other modules add theirs
MAKERS: dict[str, Callable[[bpy.types.Material, str], None]] = {}


def linear(code: str) -> tuple[float, float, float]:
    """Linear RGB of an sRGB hexadecimal code such as `c02018`."""
    values = [int(code[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values)
    return red, green, blue


def material(name: str) -> bpy.types.Material:
    """The material of that name, made on first use.

    Raises:
        KeyError: the name is neither in `TABLE` nor `prefix:RRGGBB` with a known prefix.
    """
    found = bpy.data.materials.get(name)
    if found is not None:
        return found
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    shader = made.node_tree.nodes["Principled BSDF"]
    if ":" in name:
        prefix, code = name.split(":", 1)
        if prefix in MAKERS:
            MAKERS[prefix](made, code)
            return made
        roughness, coat, metallic = SHARED[prefix]
        set_surface(shader, linear(code), roughness, metallic)
        shader.inputs["Coat Weight"].default_value = coat
        shader.inputs["Coat Roughness"].default_value = 0.04
        return made
    colour, roughness, metallic, variation, scale = TABLE[name]
    set_surface(shader, colour, roughness, metallic)
    if name == "brick":
        add_bricks(made.node_tree, shader)
    elif name in ("paving", "paving_dark"):
        add_tiles(made.node_tree, shader, colour)
    elif variation > 0:
        add_variation(made.node_tree, shader, colour, variation, scale)
    return made


def set_surface(shader: Any, colour: tuple[float, float, float], roughness: float, metallic: float) -> None:
    """Constant inputs of a principled shader."""
    shader.inputs["Base Color"].default_value = (*colour, 1.0)
    shader.inputs["Roughness"].default_value = roughness
    shader.inputs["Metallic"].default_value = metallic


def add_variation(tree: Any, shader: Any, colour: tuple[float, float, float], amount: float, scale: float) -> None:
    """Uneven colour: world-space noise at two sizes mixed around the base colour."""
    place = tree.nodes.new("ShaderNodeNewGeometry")
    noise = tree.nodes.new("ShaderNodeTexNoise")
    noise.inputs["Scale"].default_value = scale
    noise.inputs["Detail"].default_value = 4.0
    noise.inputs["Roughness"].default_value = 0.68
    ramp = tree.nodes.new("ShaderNodeValToRGB")
    ramp.color_ramp.elements[0].position = 0.3
    ramp.color_ramp.elements[1].position = 0.7
    ramp.color_ramp.elements[0].color = (*(part * (1 - amount) for part in colour), 1.0)
    ramp.color_ramp.elements[1].color = (*(min(1.0, part * (1 + amount)) for part in colour), 1.0)
    tree.links.new(place.outputs["Position"], noise.inputs["Vector"])
    tree.links.new(noise.outputs["Fac"], ramp.inputs["Fac"])
    tree.links.new(ramp.outputs["Color"], shader.inputs["Base Color"])


def add_tiles(tree: Any, shader: Any, colour: tuple[float, float, float]) -> None:
    """Square paving slabs of 0.4 m with dark joints."""
    first, second, joint = (tuple(part * share for part in colour) for share in (1.12, 0.84, 0.5))
    courses(tree, shader, (0.6, 0.4, 0.008), (first, second, joint), upright=False)


def add_bricks(tree: Any, shader: Any) -> None:
    """Brick courses on upright walls."""
    colours = ((0.36, 0.165, 0.11), (0.27, 0.12, 0.085), (0.38, 0.35, 0.31))
    courses(tree, shader, (0.5, 0.16, 0.012), colours, upright=True)


def courses(
    tree: Any, shader: Any, sizes: tuple[float, float, float], colours: Sequence[Sequence[float]], upright: bool,
    offset: float = 0.5,
) -> None:  # fmt: skip
    """Colour in courses of bricks, slabs or tiles.

    Args:
        sizes: length and height of a brick and width of a joint, metres.
        colours: of bricks, of other bricks and of joints.
        upright: on walls; else on the ground.
        offset: by which a course is shifted against the one before, in bricks.
    """
    place = tree.nodes.new("ShaderNodeNewGeometry")
    bricks = tree.nodes.new("ShaderNodeTexBrick")
    bricks.offset = offset
    bricks.inputs["Scale"].default_value = 1.0
    for key, value in zip(("Brick Width", "Row Height", "Mortar Size"), sizes, strict=True):
        bricks.inputs[key].default_value = value
    for key, colour in zip(("Color1", "Color2", "Mortar"), colours, strict=True):
        bricks.inputs[key].default_value = (*colour, 1.0)
    tree.links.new(unfolded(tree, place) if upright else place.outputs["Position"], bricks.inputs["Vector"])
    tree.links.new(bricks.outputs["Color"], shader.inputs["Base Color"])


def unfolded(tree: Any, place: Any) -> Any:
    """Position on an upright wall as (x + y, z)."""
    apart = tree.nodes.new("ShaderNodeSeparateXYZ")
    total = tree.nodes.new("ShaderNodeMath")
    joined = tree.nodes.new("ShaderNodeCombineXYZ")
    tree.links.new(place.outputs["Position"], apart.inputs["Vector"])
    tree.links.new(apart.outputs["X"], total.inputs[0])
    tree.links.new(apart.outputs["Y"], total.inputs[1])
    tree.links.new(total.outputs["Value"], joined.inputs["X"])
    tree.links.new(apart.outputs["Z"], joined.inputs["Y"])
    return joined.outputs["Vector"]

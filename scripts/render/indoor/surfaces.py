"""Surfaces of indoor things and rooms, named `prefix:RRGGBB` like those of `materials`.

`register` adds the prefixes to `materials.MAKERS`.
"""

from __future__ import annotations

from typing import Any

import bpy
from scripts.render.materials import MAKERS, add_variation, courses, linear, set_surface

Colour = tuple[float, float, float]
RUST: Colour = (0.11, 0.045, 0.02)


def worn(made: bpy.types.Material, code: str) -> None:
    """Old paint with rust spots and paler scuffs."""
    tree = made.node_tree
    shader = tree.nodes["Principled BSDF"]
    base = linear(code)
    set_surface(shader, base, 0.5, 0.0)
    scuffed = mix(tree, spots(tree, 9.0, 0.55, 0.70), base, tuple(min(1.0, part * 1.3 + 0.06) for part in base))
    rusty = mix(tree, spots(tree, 17.0, 0.60, 0.68), scuffed, RUST)
    tree.links.new(rusty, shader.inputs["Base Color"])


def spots(tree: Any, scale: float, start: float, end: float) -> Any:
    """Socket that is 0 on most of a surface and 1 in patches of about 1 / `scale` metres."""
    place = tree.nodes.new("ShaderNodeNewGeometry")
    noise = tree.nodes.new("ShaderNodeTexNoise")
    noise.inputs["Scale"].default_value = scale
    noise.inputs["Detail"].default_value = 5.0
    reach = tree.nodes.new("ShaderNodeMapRange")
    reach.inputs["From Min"].default_value = start
    reach.inputs["From Max"].default_value = end
    tree.links.new(place.outputs["Position"], noise.inputs["Vector"])
    tree.links.new(noise.outputs["Fac"], reach.inputs["Value"])
    return reach.outputs["Result"]


def mix(tree: Any, share: Any, first: Any, second: Any) -> Any:
    """Colour socket between two colours (sockets or RGB values)."""
    node = tree.nodes.new("ShaderNodeMix")
    node.data_type = "RGBA"
    tree.links.new(share, node.inputs["Factor"])
    for value, socket in ((first, node.inputs[6]), (second, node.inputs[7])):
        if isinstance(value, tuple):
            socket.default_value = (*value, 1.0)
        else:
            tree.links.new(value, socket)
    return node.outputs[2]


def clear(made: bpy.types.Material, code: str) -> None:
    """Tinted see-through plastic or glass without refraction, which is cheap and quiet."""
    tree = made.node_tree
    shader = tree.nodes["Principled BSDF"]
    base = linear(code)
    set_surface(shader, base, 0.08, 0.0)
    through = tree.nodes.new("ShaderNodeBsdfTransparent")
    through.inputs["Color"].default_value = (*(0.25 + 0.75 * part for part in base), 1.0)
    facing = tree.nodes.new("ShaderNodeLayerWeight")
    facing.inputs["Blend"].default_value = 0.55
    blend = tree.nodes.new("ShaderNodeMixShader")
    tree.links.new(facing.outputs["Facing"], blend.inputs["Fac"])
    tree.links.new(through.outputs["BSDF"], blend.inputs[1])
    tree.links.new(shader.outputs["BSDF"], blend.inputs[2])
    tree.links.new(blend.outputs["Shader"], tree.nodes["Material Output"].inputs["Surface"])


def glow(made: bpy.types.Material, code: str) -> None:
    """Lamp or bright window; the light itself comes from lamps, so the surface is not sampled."""
    shader = made.node_tree.nodes["Principled BSDF"]
    shader.inputs["Emission Color"].default_value = (*linear(code), 1.0)
    shader.inputs["Emission Strength"].default_value = 3.0
    made.cycles.emission_sampling = "NONE"


def brushed(made: bpy.types.Material, code: str) -> None:
    """Brushed stainless steel."""
    set_surface(made.node_tree.nodes["Principled BSDF"], linear(code), 0.3, 1.0)


def mirror(made: bpy.types.Material, code: str) -> None:
    """Polished steel or a mirror."""
    set_surface(made.node_tree.nodes["Principled BSDF"], linear(code), 0.03, 1.0)


def glossy(made: bpy.types.Material, code: str) -> None:
    """Smooth plastic film, such as a full rubbish bag."""
    set_surface(made.node_tree.nodes["Principled BSDF"], linear(code), 0.28, 0.0)


def stained(made: bpy.types.Material, code: str) -> None:
    """Plaster or concrete with stains."""
    shader = made.node_tree.nodes["Principled BSDF"]
    set_surface(shader, linear(code), 0.85, 0.0)
    add_variation(made.node_tree, shader, linear(code), 0.28, 0.9)


def floor_tiles(made: bpy.types.Material, code: str) -> None:
    """Polished square tiles of 0.6 m on the floor."""
    tiles(made, code, 0.6, 0.12, upright=False)


def small_tiles(made: bpy.types.Material, code: str) -> None:
    """Matt square tiles of 0.3 m on the floor."""
    tiles(made, code, 0.3, 0.4, upright=False)


def wall_tiles(made: bpy.types.Material, code: str) -> None:
    """Glazed tiles of 0.3 m on upright walls; the horizontal coordinate is x + y."""
    tiles(made, code, 0.3, 0.15, upright=True)


def tiles(made: bpy.types.Material, code: str, size: float, roughness: float, upright: bool) -> None:
    """Grid of tiles with joints."""
    tree = made.node_tree
    shader = tree.nodes["Principled BSDF"]
    base = linear(code)
    set_surface(shader, base, roughness, 0.0)
    colours = [tuple(part * share for part in base) for share in (1.06, 0.93, 0.45)]
    courses(tree, shader, (size, size, 0.006), colours, upright, offset=0.0)


def register() -> None:
    """Let `materials` make these surfaces."""
    MAKERS.update(
        {
            "worn": worn, "clear": clear, "glow": glow, "brushed": brushed, "mirror": mirror, "glossy": glossy,
            "stained": stained, "floortile": floor_tiles, "smalltile": small_tiles, "walltile": wall_tiles,
        }
    )  # fmt: skip

"""Shader nodes of one material, written as expressions."""

from __future__ import annotations

from typing import Any

import bpy

Colour = tuple[float, float, float]


def remade(name: str) -> bpy.types.Material:
    """An empty material of that name; meshes that showed an older one show it instead."""
    old = bpy.data.materials.get(name)
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    made.node_tree.nodes.clear()
    if old is not None:
        old.user_remap(made)
        bpy.data.materials.remove(old)
        made.name = name
    return made


class Graph:
    """Makes nodes; a value is a number, a linear RGB colour or another node's socket."""

    def __init__(self, tree: Any) -> None:
        self.tree = tree
        self.position = self.node("ShaderNodeNewGeometry").outputs["Position"]

    def node(self, kind: str, **settings: Any) -> Any:
        """New node with its settings."""
        made = self.tree.nodes.new(kind)
        for key, value in settings.items():
            setattr(made, key, value)
        return made

    def feed(self, socket: Any, value: Any) -> None:
        """Connect or set an input."""
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, socket)
        elif isinstance(value, tuple) and len(value) == 3 and socket.type == "RGBA":
            socket.default_value = (*value, 1.0)
        else:
            socket.default_value = value

    def noise(self, scale: float, detail: float = 3.0, roughness: float = 0.6, at: Any = None) -> Any:
        """Noise of 0..1 around 0.5; `scale` in 1/m."""
        made = self.node("ShaderNodeTexNoise")
        self.feed(made.inputs["Vector"], self.position if at is None else at)
        for key, value in (("Scale", scale), ("Detail", detail), ("Roughness", roughness)):
            made.inputs[key].default_value = value
        return made.outputs["Fac"]

    def mix(self, share: Any, first: Any, second: Any, blend: str = "MIX") -> Any:
        """Colour between two others."""
        made = self.node("ShaderNodeMixRGB", blend_type=blend)
        for key, value in (("Fac", share), ("Color1", first), ("Color2", second)):
            self.feed(made.inputs[key], value)
        return made.outputs["Color"]

    def math(self, operation: str, first: Any, second: Any = 0.0) -> Any:
        """Arithmetic on numbers."""
        made = self.node("ShaderNodeMath", operation=operation)
        self.feed(made.inputs[0], first)
        self.feed(made.inputs[1], second)
        return made.outputs["Value"]

    def span(self, value: Any, low: float, high: float, to: tuple[float, float] = (0.0, 1.0)) -> Any:
        """Value mapped smoothly from low..high to another span, clamped."""
        made = self.node("ShaderNodeMapRange", interpolation_type="SMOOTHSTEP")
        for index, number in enumerate((value, low, high, *to)):
            self.feed(made.inputs[index], number)
        return made.outputs["Result"]

    def attribute(self, name: str) -> Any:
        """A number stored with the mesh's points."""
        return self.node("ShaderNodeAttribute", attribute_name=name).outputs["Fac"]

    def control(self, name: str, value: float = 0.0) -> Any:
        """A number that `set_control` changes from picture to picture."""
        made = self.node("ShaderNodeValue", name=f"control {name}")
        made.outputs[0].default_value = value
        return made.outputs[0]

    def bump(self, height: Any, strength: Any, distance: float) -> Any:
        """Normal of a surface with small heights."""
        made = self.node("ShaderNodeBump")
        for key, value in (("Height", height), ("Strength", strength), ("Distance", distance)):
            self.feed(made.inputs[key], value)
        return made.outputs["Normal"]

    def surface(self, colour: Any, rough: Any, normal: Any, grey: float, shine: float = 0.5) -> None:
        """Finish as an opaque surface; `grey` is its brightness under infrared light."""
        infrared = self.mix(0.55, (grey, grey, grey), self.mix(1.0, colour, (0.0, 0.0, 0.0), "COLOR"))
        colour = self.mix(self.control("infrared"), colour, infrared)
        made = self.node("ShaderNodeBsdfPrincipled")
        self.feed(made.inputs["Base Color"], colour)
        self.feed(made.inputs["Roughness"], rough)
        made.inputs["Specular IOR Level"].default_value = shine
        if normal is not None:
            self.feed(made.inputs["Normal"], normal)
        self.finish(made.outputs[0])

    def finish(self, shader: Any) -> None:
        """Connect a shader to the output."""
        self.tree.links.new(shader, self.node("ShaderNodeOutputMaterial").inputs["Surface"])


def set_control(name: str, value: float) -> None:
    """Set a named number in every material."""
    for material in bpy.data.materials:
        if material.use_nodes:
            node = material.node_tree.nodes.get(f"control {name}")
            if node is not None:
                node.outputs[0].default_value = value

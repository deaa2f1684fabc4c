"""The map's layers. A further one is a line here: its name, what gives its things, and who may see them."""

from sharp_eyes.hub.one_map.case_layer import cases_on_map
from sharp_eyes.hub.one_map.layer import Layer, whoever_sends
from sharp_eyes.hub.one_map.people_layer import people_on_map
from sharp_eyes.hub.one_map.register_layers import devices_layer, premises_layer
from sharp_eyes.hub.one_map.standing import cameras_on_map, places_on_map, units_on_map

LAYERS: tuple[Layer, ...] = (
    Layer("cases", cases_on_map),
    Layer("cameras", cameras_on_map),
    Layer("units", units_on_map),
    Layer("people", people_on_map, whoever_sends),
    Layer("premises", premises_layer),
    Layer("devices", devices_layer),
    Layer("places", places_on_map),
)

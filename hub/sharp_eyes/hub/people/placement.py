"""Where somebody stands: their role, area and unit, checked against the city pack."""

from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.errors import SettingsError
from sharp_eyes.hub.lifecycle.roles import BUILT_IN, Right


def check_placement(city: CityPack, role: str, area: str | None, unit: str | None) -> str:
    """Check that the city pack has all three and that they go together; returns the area, the whole city for None.

    Raises:
        SettingsError: one of them is not in the city pack, or the role needs a unit.
    """
    known = known_roles(city)
    if role not in known:
        raise SettingsError(f"role {role!r} is not known; use one of {', '.join(known)}")
    path = area or city.root
    if city.area(path) is None:
        raise SettingsError(f"area {path!r} is not in the city pack")
    if unit is None and needs_unit(city, role):
        raise SettingsError(f"a {role} belongs to a unit; name it with --unit")
    if unit is not None and city.unit(unit) is None:
        raise SettingsError(f"unit {unit!r} is not in the city pack; it has {', '.join(one.id for one in city.units)}")
    return path


def known_roles(city: CityPack) -> list[str]:
    """List the built-in roles, and the city pack's own."""
    return list(dict.fromkeys([*(str(one) for one in BUILT_IN), *(one.id for one in city.roles)]))


def needs_unit(city: CityPack, role: str) -> bool:
    """Whether a role can do nothing without a unit of its own."""
    rights = city.rights(role)
    if rights.reports and not rights.moves:  # it only reports, as a platform of devices does
        return False
    return rights.sees_own_unit_only or Right.OWN_UNIT in rights.moves.values()

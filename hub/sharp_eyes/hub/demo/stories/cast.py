"""Who is in the stories: the demo's people, by the names with which they sign in there."""

from sharp_eyes.hub.demo.people import OTHERS, Person
from sharp_eyes.hub.demo.stories.story import Outsider
from sharp_eyes.hub.lifecycle.roles import Role

DISTRICT = "demo"
STREET = "demo/first-street"
EAST = "demo/first-street/east"


def _staff(role: Role) -> Person:
    return Person(f"demo-{role.value.replace('_', '-')}", role, role.value, DISTRICT)


def of_unit(unit: str) -> Person:
    """A unit's handler."""
    return Person(f"crew-{unit}", Role.HANDLER, unit, DISTRICT, unit)


def other(username: str) -> Person:
    """Somebody of the district by name."""
    return next(one for one in OTHERS if one.username == username)


CLERK = _staff(Role.CLERK)
DISPATCHER = _staff(Role.DISPATCHER)
CHECKER = _staff(Role.CHECKER)
SHIFT_LEAD = _staff(Role.SHIFT_LEAD)
STAFF = (CLERK, DISPATCHER, CHECKER, SHIFT_LEAD)
GRID_WORKER = other("demo-grid-east")
GRID_WORKER_2 = other("demo-grid-east-2")
STREET_LEADER = other("demo-street-leader")
EVALUATOR = other("demo-evaluator")

RESIDENT = Outsider("居民", "a resident")
NEIGHBOUR = Outsider("邻居", "a neighbour")
CAMERA = Outsider("摄像机", "a camera")
DEVICE = Outsider("设备", "a device")
CLOCK = Outsider("时钟", "the clock")

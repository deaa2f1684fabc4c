"""A gas smell: told by phone, at once major, four units sent together, evacuated in 15 minutes and sealed in 20."""

from sharp_eyes.hub.demo.stories.acts import all_of, case_seen, handles, moves, reports, takes, told_of
from sharp_eyes.hub.demo.stories.cast import CHECKER, CLERK, GRID_WORKER, SHIFT_LEAD, of_unit
from sharp_eyes.hub.demo.stories.story import Play, Step, Story, expect, expect_same

_GAS, _FIRE = of_unit("gas-company"), of_unit("fire-brigade")
_POLICE, _HOUSING = of_unit("police-station"), of_unit("housing-office")
UNITS = (_GAS, _FIRE, _POLICE, _HOUSING)


def _told_together(play: Play) -> None:
    """All four hear of it in the same minute, and so does the shift lead."""
    case = case_seen(play, CLERK)
    expect_same((case.grade, case.state), ("major", "dispatched"), "grade and state a moment after the report")
    expect_same([turn.unit for turn in case.assignments], [one.unit for one in UNITS], "the units that were sent")
    for one in UNITS:
        expect("dispatched" in told_of(play, one, play.case), f"{one.username} was not told")
    expect("reported" in told_of(play, SHIFT_LEAD, play.case), "the shift lead was not told of a major case")


def _here(unit: str) -> object:
    one = of_unit(unit)
    return all_of(takes(one), moves(one, "arrive"))


def _neighbour_calls(play: Play) -> None:
    """A neighbour smells it, too, and calls: the clerk takes it down, and it is the same thing."""
    clerk = play.stage.client(CLERK)
    second = clerk.report(
        "resident", "gas_smell", words="It smells of gas on our stairs, too",
        position={"longitude": 120.5269, "latitude": 29.6055, "datum": "wgs84"},
        contact={"name": "Ms Li", "phone": "13800000000"},
    )  # fmt: skip
    play.keep("call", second.key)
    offered = clerk.request("GET", f"/api/cases/{second.case}")["duplicates"]
    expect(play.case in [one["case"]["id"] for one in offered], "the call is not offered as the same thing")
    joined = clerk.request("POST", f"/api/cases/{play.case}/duplicates/{second.case}", json={"same": True})
    expect_same(joined["id"], play.case, "the case that goes on")


def _asked_how_it_was(play: Play) -> None:
    """Who called is called back: the number is behind a door of its own, and their stars stand on the case."""
    clerk = play.stage.client(CLERK)
    contact = clerk.request("GET", f"/api/reports/{play.kept['call']}/contact")
    expect_same(contact["phone"], "13800000000", "the number of who called")
    rated = clerk.move(play.case, "rate", stars=5, note="Out of the house in good time, and back in the same evening")
    expect_same(rated.rating, 5, "the stars")

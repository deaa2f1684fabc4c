"""Role × area × move, complete: who is offered a move of a case, who may make it, and who adds photos."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from tests.hub.bench import EAST, JPEG
from tests.hub.everybody import AREAS, ASKED_FOR, NORTH, UNSENT, WAY, WEST, Place, World
from tests.hub.test_case import LEAD, ROLES, SOURCES

from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle.acts import NAMING_UNITS, Move
from sharp_eyes.hub.lifecycle.model import State
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.case_tables import Case


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("world"))
    yield made
    made.bench.close()


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", Role)
def test_a_page_is_offered_just_the_moves_of_its_role(world: World, role: Role, state: State) -> None:
    """In each state: what the hand-written tables say, in one's own area; elsewhere there is no case."""
    place = world.standing(WAY[state])
    turn = list(Role).index(role) + list(State).index(state)
    offered = {move for move in Move if may(role, move) and state in SOURCES[move] and move is not Move.SPLIT}
    if state is not State.REPORTED:
        offered.discard(Move.ACKNOWLEDGE)  # whoever filed it has
    for number, area in enumerate(AREAS):  # person and machine take turns
        answer = world.callers(role, area)[(turn + number) % 2].get(place.path("/api/cases/{case_id}"))
        if area in (WEST, NORTH) or (role is Role.HANDLER and state in UNSENT):
            assert answer.status_code == 404
        else:
            nobody_above = {Move.PASS_UP} if area == "demo" else set()
            assert {one["move"] for one in answer.json()["moves"]} == offered - nobody_above
    for caller in (world.other_unit, world.other_machine):
        assert caller.get(place.path("/api/cases/{case_id}")).status_code == 404


@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize("role", Role)
def test_every_move_is_open_to_its_roles(world: World, role: Role, move: Move) -> None:
    """In one's area 200 for the right role, 403 for another, 409 from a wrong state; outside always 404.

    Who may is let in from each area and kept out of each; states, and for whoever is refused areas, take turns over
    roles and moves, as person and machine do. All of each with each: ``test_case.py``, the moves that are offered, and
    ``test_who_may_what.py`` for who sees the case at all.
    """
    turn = list(Role).index(role) + list(Move).index(move)
    right = [state for state in State if state in SOURCES[move]]
    wrong = [state for state in State if state not in SOURCES[move]]
    legal = ASKED_FOR[move] if move in ASKED_FOR else WAY[right[turn % len(right)]]
    ways = [(legal, 200 if may(role, move) else 403)]
    ways += [(WAY[wrong[turn % len(wrong)]], 409)] if wrong else []
    areas = AREAS[1:3] if move is Move.PASS_UP else AREAS[:3]  # from the root nothing is passed up
    for way, wanted in ways:
        unseen = role is Role.HANDLER and not any(isinstance(one, line.Dispatched) for one in way)
        refused = wanted != 200 or unseen
        alarms = 2 if move is Move.SPLIT else 1
        place = world.standing(way, alarms=alarms)
        before = world.lines_of(place)
        for number, area in enumerate([areas[turn % len(areas)]] if refused else areas):
            # Each who is let in needs a case of their own.
            place = place if refused else world.fresh(way, alarms=alarms)
            answer = ask(world, place, world.callers(role, area)[(turn + number) % 2], move)
            assert answer.status_code == (404 if unseen else wanted), (way, area, answer.text)
        outside = [world.callers(role, area)[(turn + (wanted == 409)) % 2] for area in (WEST, NORTH)]
        outside += [world.other_unit, world.other_machine]
        for caller in [outside[turn % len(outside)]] if refused else outside:
            assert ask(world, place, caller, move).status_code == 404, way
        assert not refused or world.lines_of(place) == before, "whoever is refused changes nothing"


def may(role: Role, move: Move) -> bool:
    """What the hand-written table says; a call is declined by who is called alone: test_devices.py."""
    return move is not Move.DECLINE_CALL and role in ROLES[move] | LEAD


def ask(world: World, place: Place, caller: TestClient, move: Move) -> Response:
    """Ask for a move with all that it may need; a third unit where one is sent."""
    with world.bench.hub.read_only() as work:
        other = work.session.get_one(Case, world.places[1].case).number
    body: dict[str, Any] = {
        "reason": "why",
        "note": "what",
        "until": (world.bench.clock() + timedelta(days=2)).isoformat(),
        "grade": "major",
        "stars": 4,
        "case": other,
        "alarms": place.alarms,
        "granted": True,
        "group": "heavy",
        "milestone": "sealed",
    }
    body |= {"unit": "gas-company", "anyway": True} if move in NAMING_UNITS else {}
    path = place.path("/api/cases/{case_id}/moves/{move}", move)
    answer: Response = caller.post(path, json=body)
    return answer


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", Role)
def test_photos_are_added_by_who_handles_the_case(world: World, role: Role, state: State) -> None:
    """The unit it was dispatched to, and administrators; outside one's area there is no case."""
    file = {"file": ("p.jpg", JPEG, "image/jpeg")}
    handles = role in {Role.HANDLER} | LEAD and state in {State.DISPATCHED, State.ACCEPTED}
    place = world.fresh(WAY[state]) if handles else world.standing(WAY[state])
    unseen = role is Role.HANDLER and state in UNSENT
    path = place.path("/api/cases/{case_id}/photos")
    turn = list(Role).index(role) + list(State).index(state)
    for number, area in enumerate(("demo", EAST, WEST, NORTH)):  # person and machine take turns
        answer = world.callers(role, area)[(turn + number // 2) % 2].post(path, files=file)
        seen = area in ("demo", EAST) and not unseen
        assert answer.status_code == ((201 if handles else 409) if seen else 404), answer.text
    for caller in (world.other_unit, world.other_machine):
        assert caller.post(path, files=file).status_code == 404

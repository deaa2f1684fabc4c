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
    offered = {move for move in Move if may(role, move) and state in SOURCES[move] and move is not Move.SPLIT}
    if state is not State.REPORTED:
        offered.discard(Move.ACKNOWLEDGE)  # whoever filed it has
    for area in AREAS:
        for caller in world.callers(role, area):
            answer = caller.get(place.path("/api/cases/{case_id}"))
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

    States take turns over roles and moves, person and machine over areas too; all of each with each:
    ``test_case.py``, and the moves that are offered.
    """
    turn = list(Role).index(role) + list(Move).index(move)
    right = [state for state in State if state in SOURCES[move]]
    wrong = [state for state in State if state not in SOURCES[move]]
    legal = ASKED_FOR[move] if move in ASKED_FOR else WAY[right[turn % len(right)]]
    ways = [(legal, 200 if may(role, move) else 403)]
    ways += [(WAY[wrong[turn % len(wrong)]], 409)] if wrong else []
    for way, wanted in ways:
        unseen = role is Role.HANDLER and not any(isinstance(one, line.Dispatched) for one in way)
        refused = wanted != 200 or unseen
        alarms = 2 if move is Move.SPLIT else 1
        place = world.standing(way, alarms=alarms)
        before = world.lines_of(place)
        # From the root nothing is passed up. Person and machine take turns over areas, roles and moves.
        for number, area in enumerate(AREAS[1:3] if move is Move.PASS_UP else AREAS[:3]):
            # Each who is let in needs a case of their own.
            place = place if refused else world.fresh(way, alarms=alarms)
            answer = ask(world, place, world.callers(role, area)[(turn + number) % 2], move)
            assert answer.status_code == (404 if unseen else wanted), (way, area, answer.text)
        for number, area in enumerate((WEST, NORTH)):
            caller = world.callers(role, area)[(turn + number + (wanted == 409)) % 2]
            assert ask(world, place, caller, move).status_code == 404, way
        path = place.path("/api/cases/{case_id}/moves/{move}", move)
        for caller in (world.other_unit, world.other_machine):
            assert caller.post(path, json={}).status_code == 404
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
    for caller in (*world.callers(role, "demo"), *world.callers(role, EAST)):
        answer = caller.post(path, files=file)
        assert answer.status_code == (201 if handles else 404 if unseen else 409), answer.text
    elsewhere = (*world.callers(role, WEST), *world.callers(role, NORTH), world.other_unit, world.other_machine)
    for caller in elsewhere:
        assert caller.post(path, files=file).status_code == 404

"""Whoever clicks whatever in any order: the store follows the legal paths, and its log tells all of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.hub.bench import Bench, answer, scene_event
from tests.hub.test_case import OPEN, SENT
from tests.hub.test_city import raw

from sharp_eyes.contract.event import Outcome, Phase, SceneName
from sharp_eyes.hub.lifecycle.acts import Move
from sharp_eyes.hub.lifecycle.model import State
from sharp_eyes.hub.lifecycle.roles import Role

ROLES = [(Role.HANDLER, unit) for unit in ("traffic-police", "police-station")] + [
    (role, None) for role in Role if role is not Role.HANDLER
]
CLICKS = st.tuples(
    st.sampled_from(ROLES),
    st.sampled_from(Move),
    st.fixed_dictionaries(
        {},
        optional={
            "reason": st.sampled_from(["", "why"]),
            "note": st.sampled_from(["", "what"]),
            "unit": st.sampled_from(["traffic-police", "police-station", "nobody"]),
        },
    ),
)
ANSWERS = st.tuples(st.sampled_from(ROLES), st.sampled_from(["confirm", "decline"]))
"""What somebody says to a draft, where there is one."""
ENDS = {State.CLOSED, State.REJECTED, State.VOIDED}
CHANGES: dict[str, tuple[set[State], State]] = {
    "filed": ({State.REPORTED}, State.FILED),
    "rejected": ({State.REPORTED, State.FILED}, State.REJECTED),
    "voided": (OPEN, State.VOIDED),
    "dispatched": ({State.FILED}, State.DISPATCHED),
    "withdrawn": (SENT, State.FILED),
    "reassigned": (SENT, State.DISPATCHED),
    "accepted": (SENT, State.ACCEPTED),
    "sent_back": (SENT, State.FILED),
    "handled": ({State.ACCEPTED}, State.HANDLED),
    "passed": ({State.HANDLED}, State.CHECKED),
    "failed": ({State.HANDLED}, State.DISPATCHED),
    "closed": ({State.CHECKED}, State.CLOSED),
    "force_closed": (OPEN, State.CLOSED),
    "reopened": (ENDS, State.FILED),
}
"""Lines that change the state: from where, and to what."""

STEPS = st.lists(
    st.one_of(CLICKS, ANSWERS, st.sampled_from(Outcome), st.sampled_from([Phase.UPDATED, Phase.CLOSED])), max_size=25
)
TEXT = {"zh": "已自行消失", "en": "gone by itself"}


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Bench]:
    """A hub whose city pack drafts a move for some scenes when their event ends."""
    city, drafts = raw(), {"illegal_parking": "withdraw", "perimeter_intrusion": "handle"}
    for rule in city["rules"]:
        if rule["scene"] in drafts:
            rule["when_gone"] = {"move": drafts[rule["scene"]], "reason": "gone", "text": TEXT}
    file = tmp_path / "city.yaml"
    file.write_text(yaml.safe_dump(city, allow_unicode=True), encoding="utf-8")
    made = Bench(tmp_path / "data", city=file)
    yield made
    made.close()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from([SceneName.ILLEGAL_PARKING, SceneName.PERIMETER_INTRUSION, SceneName.GREENERY_DAMAGE]), STEPS)
def test_no_walk_through_the_interface_leaves_the_legal_paths(quick: Bench, scene: SceneName, steps: list[Any]) -> None:
    """Every offered move works when its needs are met; the log is one unbroken chain that only grows."""
    opened = scene_event(quick.clock(), event_id=uuid4(), scene=scene)
    quick.send(opened)
    pages = _pages(quick)
    admin = pages[Role.ADMINISTRATOR, None]
    case = admin.get("/api/cases").json()["items"][0]["id"]
    before: list[Any] = []
    for sequence, step in enumerate(steps, start=1):
        quick.clock.forward(seconds=1)
        if isinstance(step, Outcome):
            mine = [command for _, command in quick.out.commands if command.event_id == opened.event_id]
            if mine:
                quick.send(answer(mine[-1], step, quick.clock()))
        elif isinstance(step, Phase):
            ended = quick.clock() if step is Phase.CLOSED else None
            changes: dict[str, Any] = {"event_id": opened.event_id, "scene": scene}
            quick.send(scene_event(quick.clock(), sequence=sequence, phase=step, ended_at=ended, **changes))
        elif len(step) == 2:
            _answer_draft(pages[step[0]], case, step[1])
        else:
            who, move, body = step
            shown = pages[who].get(f"/api/cases/{case}")
            assert shown.status_code in (200, 404), "a handler is shown what the own unit has or had"
            offered = {choice["move"] for choice in shown.json().get("moves", ())}
            status = pages[who].post(f"/api/cases/{case}/moves/{move}", json=body).status_code
            if shown.status_code == 404:
                assert status == 404
            else:
                # A unit that has the case already cannot be sent once more.
                assert status in ((200, 409, 422) if move in offered else (403, 409, 422))
        log = admin.get(f"/api/cases/{case}").json()["log"]
        assert log[: len(before)] == before
        before = log
    _check_chain(before, admin.get(f"/api/cases/{case}").json()["state"])


def _answer_draft(page: Any, case: int, what: str) -> None:
    shown = page.get(f"/api/cases/{case}").json()
    draft = shown.get("draft")
    number = 1 if draft is None else draft["number"]
    status = page.post(f"/api/cases/{case}/drafts/{number}/{what}", json={}).status_code
    if "log" not in shown:
        assert status == 404
    elif draft is None:
        assert status == 409
    else:
        assert (status == 200) == draft[f"may_{what}"], (status, draft)


def _check_chain(log: list[Any], state: str) -> None:
    at = None
    for line in log:
        assert line["from_state"] == at
        at = line["to_state"]
        if line["from_state"] not in (None, line["to_state"]):
            sources, target = CHANGES[line["what"]]
            assert line["from_state"] in sources
            assert line["to_state"] == target
    assert at in (None, state)


_PAGES: dict[int, Any] = {}


def _pages(bench: Bench) -> Any:
    if id(bench) not in _PAGES:
        _PAGES.clear()
        _PAGES[id(bench)] = {(role, unit): bench.client(role, unit=unit) for role, unit in ROLES}
    return _PAGES[id(bench)]

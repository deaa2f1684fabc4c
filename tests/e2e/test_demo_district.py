"""The demo's district: who is on duty, and that what the crew neglects is reminded of, late, and told up the tree."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.hub.bench import Clock, scene_event
from tests.ports import free_port

from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.areas.city_doubts import doubts
from sharp_eyes.hub.cases.queries import lock_row
from sharp_eyes.hub.cases.record import read_log
from sharp_eyes.hub.cases.timers import run_due
from sharp_eyes.hub.demo.crew import CHECK_AFTER, LONGEST_LOOK, NEGLECTED, STILL_THERE
from sharp_eyes.hub.demo.prepare import GATEWAY, prepare
from sharp_eyes.hub.handle.person_moves import move_case
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.intake.scene_events import take_event
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind, Move
from sharp_eyes.hub.lifecycle.given import Given
from sharp_eyes.hub.lifecycle.roles import BUILT_IN
from sharp_eyes.hub.notices.people import of_role, of_unit
from sharp_eyes.hub.settings import LimitSettings, load_settings
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.notice_tables import Notice
from sharp_eyes.hub.store.tables import Account

EAST = "demo/first-street/east"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo that is made ready, twice, as at a second start."""
    made = tmp_path_factory.mktemp("demo")
    first = prepare(made, free_port(), free_port())
    assert prepare(made, free_port(), free_port()).credentials == first.credentials
    return made


@pytest.fixture
def hub(folder: Path) -> Hub:
    """Its hub, with a clock that can be turned."""
    clock = Clock()
    clock.time = datetime.now(UTC)
    made = Hub(load_settings(folder / "hub.yaml"), clock, clock.monotonic)
    made.take_city()
    return made


def test_somebody_is_on_duty_and_who_is_away_has_a_deputy(hub: Hub) -> None:
    """Each desk and the property have one of two on duty; the district's leader is told through the deputy."""
    for hours in (0, 12, 24, 36):
        assert isinstance(hub.clock, Clock)
        hub.clock.time += timedelta(hours=12 if hours else 0)
        with hub.read_only() as work:
            for role in ("clerk", "dispatcher", "shift_lead"):
                assert len(of_role(work, role, EAST)) == 1, (role, hours)
            assert [one.awake for one in of_unit(work, "property-management", EAST)] == [True]
            assert [one.account.username for one in of_role(work, "leader", EAST, 1)] == ["demo-street-leader"]
            assert [one.account.username for one in of_role(work, "leader", EAST, 2)] == ["demo-district-deputy"]
            grid = {one.account.username for one in of_role(work, "grid_worker", EAST)}
            assert grid == {"demo-grid-east", "demo-grid-east-2"}
    hub.stop()


def test_the_pack_means_what_it_says_and_knows_the_crews_reason(hub: Hub) -> None:
    """No doubts, a calendar with this year and the next, and a reason of the list for each move that needs one."""
    assert list(doubts(hub.city)) == []
    assert hub.city.calendar is not None
    assert {2026, 2027} <= set(hub.city.calendar.years)
    assert hub.city.reason(Move.FAIL, STILL_THERE) is not None
    for move in (Move.REJECT, Move.VOID, Move.WITHDRAW, Move.REASSIGN, Move.SEND_BACK, Move.FORCE_CLOSE, Move.SUSPEND):
        assert hub.city.reasons_for(move), move
    hub.stop()


@pytest.mark.parametrize(
    ("scene", "state", "reminded", "escalated"),
    [
        (SceneName.EBIKE_STAIRWELL, "reported", {"demo-clerk"}, [{"demo-shift-lead"}]),
        (
            SceneName.FIRE_LANE_BLOCKED,
            "accepted",
            {"crew-property-management"},
            [{"demo-dispatcher", "demo-shift-lead"}, {"demo-street-leader"}, {"demo-district-deputy"}],
        ),
    ],
)
def test_what_the_crew_neglects_climbs_the_ladder(
    hub: Hub, scene: SceneName, state: str, reminded: set[str], escalated: list[set[str]]
) -> None:
    """Reminded before, escalated at and after the deadline while the crew still waits; each told to who is on duty."""
    assert isinstance(hub.clock, Clock)
    event = scene_event(hub.clock(), scene=scene).model_copy(update={"gateway": GATEWAY})
    with hub.transaction() as work:
        take_event(work, EAST, event, LimitSettings(storm_events=0))
        case_id = work.session.scalars(select(Case.id).where(Case.event_id == event.event_id)).one()
    hub.clock.forward(seconds=5.5)  # never at the very moment of a deadline, which is not late yet
    with hub.transaction() as work:
        case = lock_row(work, case_id)
        assert case is not None
        if state == "accepted":
            squad = Actor(ActorKind.PERSON, "crew-property-management", BUILT_IN["handler"], "property-management")
            move_case(work, case, squad, Move.ACCEPT, Given())
        assert case.state == state
    end = hub.clock() + timedelta(seconds=NEGLECTED[scene.value, state])
    while hub.clock() < end:
        hub.clock.forward(seconds=1)
        run_due(hub.transaction)
    with hub.read_only() as work:
        told = [line.payload.what for line in read_log(work, case_id)]
        assert told[-1 - len(escalated) :] == ["reminded", *["escalated"] * len(escalated)]
        assert work.session.get_one(Case, case_id).late_since is not None
        rows = work.session.execute(
            select(Notice.kind, Notice.at, Account.username)
            .join(Account, Account.id == Notice.account_id)
            .where(Notice.case_id == case_id, Notice.kind.in_(["reminded", "escalated"]))
            .order_by(Notice.at)
        ).all()
    assert {name for kind, _, name in rows if kind == "reminded"} == reminded
    moments = sorted({at for kind, at, _ in rows if kind == "escalated"})
    assert [{name for kind, at, name in rows if kind == "escalated" and at == one} for one in moments] == escalated
    hub.stop()


def test_the_neglect_ends() -> None:
    """Whoever looks on sees these cases end, too, within some minutes."""
    assert max(NEGLECTED.values()) + CHECK_AFTER + LONGEST_LOOK < 330

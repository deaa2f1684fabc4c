"""Snoozes: road works open no case and call nobody, nothing is lost by them, and what is grave gets through."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from tests.hub.bench import CAMERA, EAST, GATEWAY, Bench, scene_event
from tests.hub.notices_bench import add_person, set_notices, told

from sharp_eyes.contract.event import Grade, Phase, SceneName
from sharp_eyes.hub.cases.queries import lock_row
from sharp_eyes.hub.intake.snoozes import end_snoozes
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.case_tables import Alarm, Case

OF_CAMERA: dict[str, Any] = {"gateway": GATEWAY, "camera": CAMERA}


@pytest.fixture
def street(bench: Bench) -> Bench:
    """A camera in the east, a squad and a dispatcher."""
    bench.birth()
    add_person(bench, "ann", Role.HANDLER, unit="traffic-police")
    add_person(bench, "desk", Role.DISPATCHER)
    return bench


def snooze(bench: Bench, *pages: TestClient, hours: float = 8, **values: Any) -> Any:
    page = pages[0] if pages else bench.client(Role.SHIFT_LEAD)
    ends = (bench.clock() + timedelta(hours=hours)).isoformat()
    return page.post("/api/snoozes", json={"ends_at": ends, "reason": "road works"} | values)


def cases(bench: Bench) -> list[Case]:
    with bench.hub.read_only() as work:
        return list(work.session.scalars(select(Case).order_by(Case.id)))


def states(bench: Bench) -> list[str]:
    return [case.state for case in cases(bench)]


def update(bench: Bench, event: UUID, zone: str, sequence: int, **changes: Any) -> None:
    phase = Phase.OPENED if sequence == 0 else Phase.UPDATED
    bench.send(
        scene_event(
            bench.clock(), **({"event_id": event, "zone": zone, "sequence": sequence, "phase": phase} | changes)
        )
    )


def test_alarms_of_a_snoozed_camera_call_nobody(street: Bench) -> None:
    """They are kept: fifty of one spot are one case, rejected with the reason; another camera's are not touched."""
    every = {"lines": ["reported", "rejected", "alarm_joined", "dispatched"], "tell": ["unit", "dispatcher"]}
    set_notices(street, rules=[every])
    assert snooze(street, **OF_CAMERA).status_code == 201
    for _ in range(50):
        street.report(zone="gate")
    street.report(zone="gate", camera="cam-2")
    rows = cases(street)
    assert [(case.state, case.end_reason, case.alarm_count) for case in rows] == [
        ("rejected", "snoozed", 50),
        ("dispatched", None, 1),
    ]
    assert told(street) == [("desk", "reported"), ("ann", "dispatched"), ("desk", "dispatched")]
    with street.hub.read_only() as work:
        assert work.session.scalar(select(func.count()).select_from(Alarm)) == 51


def test_what_was_open_before_goes_on(street: Bench) -> None:
    """A further alarm of a case that people have at hand joins it, as ever."""
    street.report(zone="gate")
    snooze(street, **OF_CAMERA)
    street.report(zone="gate")
    assert [(case.state, case.alarm_count) for case in cases(street)] == [("dispatched", 2)]


@pytest.mark.parametrize(
    ("values", "snoozed"),
    [
        ({"scene": "illegal_parking"}, True),
        ({"scene": "illegal_parking", "area": EAST}, True),
        ({"scene": "illegal_parking", "area": "demo/second-street"}, False),
        ({"scene": "smoke"}, False),
        (OF_CAMERA | {"zone": "gate"}, True),
        (OF_CAMERA | {"zone": "yard"}, False),
        (OF_CAMERA | {"scene": "smoke"}, False),
        (OF_CAMERA | {"begins_at": "2026-03-01T09:00:00Z"}, False),
    ],
)
def test_what_a_snooze_covers(quick: Bench, values: dict[str, Any], snoozed: bool) -> None:
    """All that it names must fit, and its time must have come."""
    quick.birth()
    assert snooze(quick, **values).status_code == 201
    quick.report(zone="gate")
    assert states(quick) == ["rejected" if snoozed else "dispatched"]


def test_what_is_grave_gets_through(street: Bench) -> None:
    """A major alarm, and one that becomes major; unless the snooze says that it holds for that as well."""
    snooze(street, **OF_CAMERA)
    event = uuid4()
    update(street, event, "gate", 0)
    update(street, event, "gate", 1)
    assert states(street) == ["rejected"]
    update(street, event, "gate", 2, grade=Grade.MAJOR)
    street.report(zone="yard", grade=Grade.MAJOR)
    assert states(street) == ["filed", "dispatched"]
    assert ("desk", "reopened") in told(street)
    snooze(street, **OF_CAMERA, major_too=True)
    street.report(zone="corner", grade=Grade.MAJOR)
    assert states(street)[2] == "rejected"


def test_what_still_holds_at_the_end_is_opened_again(street: Bench) -> None:
    """Once, however often it is looked for; what has gone by itself stays rejected."""
    snooze(street, **OF_CAMERA)
    staying, gone = uuid4(), uuid4()
    update(street, staying, "gate", 0)
    update(street, gone, "yard", 0)
    update(street, gone, "yard", 1, phase=Phase.CLOSED, ended_at=street.clock())
    assert end_snoozes(street.hub.transaction) == 0
    street.clock.forward(hours=8)
    assert end_snoozes(street.hub.transaction) == 1
    assert end_snoozes(street.hub.transaction) == 0
    assert states(street) == ["filed", "rejected"]
    assert told(street) == [("desk", "reopened")]
    street.report(zone="gate")
    assert states(street) == ["filed", "rejected"], "it joins the case that was opened again"


def test_a_spot_that_has_an_open_case_gets_no_second_one(street: Bench) -> None:
    """After the end, before the hub has looked, a new alarm opened one: the snoozed one stays as it is."""
    snooze(street, **OF_CAMERA)
    street.report(zone="gate")
    street.clock.forward(hours=8)
    street.report(zone="gate")
    assert end_snoozes(street.hub.transaction) == 0
    assert states(street) == ["rejected", "dispatched"]


def test_a_snooze_within_another_wakes_nothing(street: Bench) -> None:
    """The longer one goes on."""
    snooze(street, hours=2, **OF_CAMERA)
    snooze(street, hours=9, scene=SceneName.ILLEGAL_PARKING.value)
    street.report(zone="gate")
    street.clock.forward(hours=3)
    end_snoozes(street.hub.transaction)
    assert states(street) == ["rejected"]
    street.clock.forward(hours=7)
    assert end_snoozes(street.hub.transaction) == 1


def test_a_snooze_is_listed_and_ended_by_who_may(street: Bench) -> None:
    """Shift leads and administrators, in their own area; each act stands in the audit trail."""
    clerk, west = street.client(Role.CLERK), street.client(Role.SHIFT_LEAD, "demo/first-street/west")
    assert snooze(street, clerk, **OF_CAMERA).status_code == 403
    assert snooze(street, west, **OF_CAMERA, area=EAST).status_code == 404
    made = snooze(street, **OF_CAMERA, area=EAST).json()
    assert [row["id"] for row in clerk.get("/api/snoozes").json()] == [made["id"]]
    assert west.get("/api/snoozes").json() == []
    assert west.delete(f"/api/snoozes/{made['id']}").status_code == 404
    assert clerk.delete(f"/api/snoozes/{made['id']}").status_code == 403
    lead = street.client(Role.SHIFT_LEAD, name="lead")
    street.report(zone="gate")
    assert lead.delete(f"/api/snoozes/{made['id']}").json()["ended_by"] == "lead"
    assert end_snoozes(street.hub.transaction) == 1
    assert clerk.get("/api/snoozes").json() == []
    assert len(clerk.get("/api/snoozes?over=true").json()) == 1
    admin = street.client(Role.ADMINISTRATOR)
    lines = admin.get("/api/audit").json()["items"]
    assert {"snooze_set", "snooze_ended"} <= {one["action"] for one in lines}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"reason": "  "}, "reason_needed"),
        ({"ends_at": "2026-03-01T07:00:00Z"}, "invalid"),
        ({"ends_at": "2027-12-01T07:00:00Z"}, "invalid"),
        ({"camera": None, "gateway": None}, "invalid"),
        ({"gateway": None}, "invalid"),
        ({"scene": "dragons"}, "invalid"),
        ({"ends_at": "9999-12-31T23:59:59-12:00"}, "invalid"),
    ],
)
def test_a_snooze_that_makes_no_sense(quick: Bench, values: dict[str, Any], code: str) -> None:
    """Says why, with a code that the page knows."""
    answer = snooze(quick, **(OF_CAMERA | values))
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)


def test_the_log_tells_it(quick: Bench) -> None:
    """Which snooze, and why; a replay of the log gives the same state."""
    quick.birth()
    number = snooze(quick, **OF_CAMERA).json()["id"]
    quick.report(zone="gate")
    page = quick.client(Role.SHIFT_LEAD)
    case = cases(quick)[0].id
    found = page.get(f"/api/cases/{case}").json()["log"][-1]
    assert (found["reason"], found["note"]) == ("snoozed", f"{number}: road works")
    with quick.transaction() as work:
        assert lock_row(work, case) is not None
    assert datetime.fromisoformat(found["at"]) == quick.clock()


def test_a_snooze_goes_along_with_its_area(street: Bench) -> None:
    """What still holds at its end is opened although the street was renamed meanwhile, and lies where it lies now."""
    lead, chief = street.client(Role.SHIFT_LEAD), street.client(Role.ADMINISTRATOR)
    assert snooze(street, lead, area="demo/first-street", scene="illegal_parking").status_code == 201
    event = uuid4()
    update(street, event, "bay-1", 0)
    assert states(street) == ["rejected"]
    street.clock.forward(minutes=1)
    renamed = chief.patch("/api/areas/demo.first-street", json={"part": "main"}, headers={"If-Match": "*"})
    assert renamed.status_code == 200, renamed.text
    update(street, event, "bay-1", 1)
    assert states(street) == ["rejected"]
    street.clock.forward(hours=9)
    assert end_snoozes(street.transaction) == 1
    assert [case.area for case in cases(street)] == ["demo/main/east"]

"""Role × area × action, complete: a route without a row here fails, and so does a row that is not kept."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from tests.hub.bench import CAMERA, EAST, GATEWAY, JPEG, START, Bench, announced, scene_event
from tests.hub.test_case import LEAD, ROLES, SOURCES

from sharp_eyes.contract.event import SceneName
from sharp_eyes.contract.status import CameraNote
from sharp_eyes.contract.topics import Channel
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.audit import Origin
from sharp_eyes.hub.cases.record import write_line
from sharp_eyes.hub.clocks.clock import ClockKind
from sharp_eyes.hub.clocks.limit import Limit, TimeUnit
from sharp_eyes.hub.intake.gateways import add_gateway
from sharp_eyes.hub.lifecycle import call_lines as call_line
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle import time_lines as time_line
from sharp_eyes.hub.lifecycle.acts import SENDING, Actor, ActorKind, Move
from sharp_eyes.hub.lifecycle.entries import Payload
from sharp_eyes.hub.lifecycle.model import State
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.people.tokens import TokenWish, make_token
from sharp_eyes.hub.store.case_tables import Case, CaseLog

WEST, NORTH = "demo/first-street/west", "demo/second-street/north"
AREAS = ("demo", "demo/first-street", EAST, WEST, NORTH)
UNIT = "parks"
OPEN, OWN, LIST, ONE, ADMINISTRATOR, KEEPER = "open", "own", "list", "one", "administrator", "keeper"
PERSONAL = "personal"
ROLES_OF_ITS_OWN = "roles of its own"

ROUTES: dict[tuple[str, str], str] = {
    ("post", "/api/session"): OPEN,
    ("delete", "/api/session"): OPEN,
    ("get", "/api/health"): OPEN,
    ("get", "/api/join/authority"): OPEN,
    ("post", "/api/join"): OPEN,  # by a one-time code: tests/hub/test_invitations.py
    ("get", "/api/session/provider"): OPEN,  # tests/hub/provider, as the others of the provider
    ("post", "/api/session/provider"): OPEN,
    ("get", "/api/session/provider/callback"): OPEN,
    ("get", "/open311/v2/discovery.{form}"): OPEN,  # where the deployer says so: test_open311.py
    ("get", "/open311/v2/services.{form}"): OPEN,
    ("get", "/open311/v2/services/{code}.{form}"): OPEN,
    ("post", "/open311/v2/requests.{form}"): OPEN,
    ("get", "/open311/v2/requests.{form}"): OPEN,
    ("get", "/open311/v2/requests/{number}.{form}"): OPEN,
    ("get", "/open311/v2/tokens/{token}.{form}"): OPEN,  # and the rating: by a token that only the reporter has
    ("post", "/open311/v2/tokens/{token}/rating.{form}"): OPEN,
    ("get", "/open311/v2/ground.json"): OPEN,
    ("get", "/open311/v2/tiles"): OPEN,
    ("get", "/api/session"): OWN,
    ("get", "/api/account"): PERSONAL,
    ("post", "/api/account/password"): PERSONAL,
    ("delete", "/api/account/sessions"): PERSONAL,
    ("delete", "/api/account/sessions/{session_id}"): PERSONAL,
    ("post", "/api/account/second-factor"): PERSONAL,
    ("post", "/api/account/second-factor/confirm"): PERSONAL,
    ("post", "/api/account/second-factor/off"): PERSONAL,
    ("post", "/api/account/second-factor/recovery-codes"): PERSONAL,
    ("get", "/api/units"): OWN,
    ("get", "/api/scene-settings"): OWN,
    ("get", "/api/city"): LIST,
    ("get", "/api/areas"): LIST,
    ("put", "/api/areas"): ROLES_OF_ITS_OWN,  # test_areas.py, as the others of areas and units
    ("post", "/api/areas"): ROLES_OF_ITS_OWN,
    ("patch", "/api/areas/{area_id}"): ROLES_OF_ITS_OWN,
    ("delete", "/api/areas/{area_id}"): ROLES_OF_ITS_OWN,
    ("get", "/api/rules"): ROLES_OF_ITS_OWN,  # test_rules.py
    ("put", "/api/rules"): ROLES_OF_ITS_OWN,
    ("patch", "/api/gateways/{gateway}"): ROLES_OF_ITS_OWN,  # test_gateways.py
    ("delete", "/api/gateways/{gateway}"): ROLES_OF_ITS_OWN,
    ("post", "/api/areas/{area_id}/merge"): ROLES_OF_ITS_OWN,
    ("post", "/api/areas/{area_id}/split"): ROLES_OF_ITS_OWN,
    ("get", "/api/city/pack"): ROLES_OF_ITS_OWN,  # test_city_pack.py, as the others of the whole pack
    ("post", "/api/city/pack/check"): ROLES_OF_ITS_OWN,
    ("put", "/api/city/pack"): ROLES_OF_ITS_OWN,
    ("post", "/api/units"): ROLES_OF_ITS_OWN,
    ("patch", "/api/units/{unit_id}"): ROLES_OF_ITS_OWN,
    ("delete", "/api/units/{unit_id}"): ROLES_OF_ITS_OWN,
    ("get", "/api/stream"): LIST,  # by area: tests/hub/test_stream.py
    ("get", "/api/cases"): LIST,
    ("get", "/api/cases/counts"): LIST,
    ("post", "/api/reports"): ROLES_OF_ITS_OWN,  # test_reports.py, as the others of reports
    ("get", "/api/reports"): OWN,
    ("get", "/api/reports/{key}"): ROLES_OF_ITS_OWN,
    ("post", "/api/reports/{key}/photos"): ROLES_OF_ITS_OWN,
    ("get", "/api/reports/{key}/contact"): ROLES_OF_ITS_OWN,
    ("post", "/api/cases/{case_id}/duplicates/{other_id}"): ROLES_OF_ITS_OWN,
    ("get", "/api/premises"): ROLES_OF_ITS_OWN,  # test_inspections.py, as the others of premises and inspections
    ("post", "/api/premises"): ROLES_OF_ITS_OWN,
    ("post", "/api/premises/import"): ROLES_OF_ITS_OWN,
    ("get", "/api/premises/{premises_id}"): ROLES_OF_ITS_OWN,
    ("patch", "/api/premises/{premises_id}"): ROLES_OF_ITS_OWN,
    ("get", "/api/premises/{premises_id}/contact"): ROLES_OF_ITS_OWN,
    ("get", "/api/inspections/due"): ROLES_OF_ITS_OWN,
    ("post", "/api/inspections"): ROLES_OF_ITS_OWN,
    ("get", "/api/inspections/{key}"): ROLES_OF_ITS_OWN,
    ("put", "/api/inspections/{key}"): ROLES_OF_ITS_OWN,
    ("put", "/api/inspections/{key}/photos/{photo_id}"): ROLES_OF_ITS_OWN,
    ("get", "/api/listed-hazards"): LIST,
    ("get", "/api/tasks"): LIST,  # of one's own unit: test_tasks.py
    ("get", "/api/cameras"): LIST,
    ("get", "/api/gateways"): LIST,
    ("post", "/api/gateways/{gateway}/camera-searches"): ROLES_OF_ITS_OWN,  # test_camera_setup.py
    ("get", "/api/gateways/{gateway}/camera-setups/{request_id}"): ROLES_OF_ITS_OWN,
    ("post", "/api/gateways/{gateway}/cameras"): ROLES_OF_ITS_OWN,
    ("delete", "/api/gateways/{gateway}/cameras/{camera}"): ROLES_OF_ITS_OWN,
    ("get", "/api/map"): LIST,  # test_map.py
    ("get", "/api/map/counts"): LIST,
    ("get", "/api/map/tiles"): OWN,
    ("get", "/api/one-map/around"): LIST,  # test_one_map.py, as the others of one map and of places
    ("get", "/api/one-map/{layer}"): ROLES_OF_ITS_OWN,
    ("post", "/api/one-map"): LIST,
    ("post", "/api/one-map/analyse"): LIST,
    ("get", "/api/cases/{case_id}/nearest"): ONE,
    ("get", "/api/places"): LIST,
    ("post", "/api/places"): ROLES_OF_ITS_OWN,
    ("get", "/api/places/export"): LIST,
    ("post", "/api/places/import"): ROLES_OF_ITS_OWN,
    ("get", "/api/places/{place_id}"): ROLES_OF_ITS_OWN,
    ("put", "/api/places/{place_id}"): ROLES_OF_ITS_OWN,
    ("delete", "/api/places/{place_id}"): ROLES_OF_ITS_OWN,
    ("get", "/api/figures"): LIST,  # test_figures.py, as its exports
    ("get", "/api/figures/today"): LIST,
    ("get", "/api/figures/table.csv"): LIST,
    ("get", "/api/figures/cases.csv"): LIST,
    ("get", "/api/cases/{case_id}"): ONE,
    ("post", "/api/cases/{case_id}/moves/{move}"): ONE,
    ("post", "/api/cases/{case_id}/photos"): ONE,
    ("get", "/api/evidence/{evidence_id}"): ONE,
    ("get", "/api/evidence/{evidence_id}/small"): ONE,
    ("get", "/api/cameras/{gateway}/{camera}/snapshot"): ONE,
    ("post", "/api/cameras/{gateway}/{camera}/video"): ONE,  # and its WebSocket: test_live_video.py
    ("post", "/api/cases/{case_id}/look-back"): ONE,  # and its WebSocket: test_look_back.py
    ("post", "/api/cases/{case_id}/clips"): ONE,
    ("get", "/api/cases/{case_id}/events"): ONE,
    ("get", "/api/cases/{case_id}/people"): ROLES_OF_ITS_OWN,  # test_comments.py
    ("get", "/api/audit"): ADMINISTRATOR,
    ("post", "/api/audit/export"): ADMINISTRATOR,
    ("get", "/api/holds"): KEEPER,
    ("get", "/api/retention"): KEEPER,
    ("get", "/api/notices"): PERSONAL,
    ("post", "/api/notices/read"): PERSONAL,
    ("get", "/api/account/contacts"): PERSONAL,
    ("put", "/api/account/contacts"): PERSONAL,
    ("get", "/api/notices/untold"): KEEPER,
    ("get", "/api/notices/channels"): KEEPER,
    ("get", "/api/duty/handovers"): LIST,  # test_handovers.py, as the others of handovers
    ("post", "/api/duty/handovers"): PERSONAL,
    ("get", "/api/duty/handovers/draft"): PERSONAL,
    ("get", "/api/duty/handovers/{handover_id}"): ROLES_OF_ITS_OWN,
    ("post", "/api/duty/handovers/{handover_id}/take"): PERSONAL,
    ("post", "/api/duty/handovers/{handover_id}/withdraw"): PERSONAL,
    ("get", "/api/duty/shifts"): LIST,  # test_duty.py, as the others of rosters and deputies
    ("get", "/api/deputies"): PERSONAL,
    ("get", "/api/snoozes"): LIST,  # test_snoozes.py
    # Each with a test of its own: test_retention.py, test_photos.py and where another is named.
    ("get", "/api/desks"): LIST,  # test_desks.py, as claims
    ("put", "/api/desks"): PERSONAL,
    ("put", "/api/cases/{case_id}/claim"): PERSONAL,
    ("delete", "/api/cases/{case_id}/claim"): PERSONAL,
    ("get", "/api/cases/moves"): ROLES_OF_ITS_OWN,  # test_shared_moves.py
    ("post", "/api/cases/moves/{move}"): ROLES_OF_ITS_OWN,
    ("post", "/api/cases/{case_id}/hold"): ROLES_OF_ITS_OWN,
    ("post", "/api/cases/{case_id}/drafts/{number}/confirm"): ROLES_OF_ITS_OWN,  # test_drafts.py
    ("post", "/api/cases/{case_id}/drafts/{number}/decline"): ROLES_OF_ITS_OWN,
    ("get", "/api/storage"): ROLES_OF_ITS_OWN,
    ("get", "/api/health/parts"): ROLES_OF_ITS_OWN,  # test_health.py
    ("get", "/api/evidence/{evidence_id}/original"): ROLES_OF_ITS_OWN,
    ("get", "/api/cameras/{gateway}/{camera}/settings"): ROLES_OF_ITS_OWN,  # test_camera_settings.py
    ("put", "/api/cameras/{gateway}/{camera}/settings"): ROLES_OF_ITS_OWN,  # test_camera_settings.py
    ("post", "/api/cameras/{gateway}/{camera}/settings/trials"): ROLES_OF_ITS_OWN,
    ("get", "/api/cameras/{gateway}/{camera}/settings/trials/{trial_id}"): ROLES_OF_ITS_OWN,
    ("post", "/api/rules/try"): ROLES_OF_ITS_OWN,  # test_dry_run.py
    ("get", "/api/false-alarms"): LIST,  # test_false_alarms.py
    ("get", "/api/cameras/{gateway}/{camera}/thresholds"): ROLES_OF_ITS_OWN,  # test_false_alarms.py
    ("put", "/api/cameras/{gateway}/{camera}/thresholds"): ROLES_OF_ITS_OWN,
    ("post", "/api/cameras/{gateway}/{camera}/settings/revert"): ROLES_OF_ITS_OWN,
    ("post", "/api/notices/untold/{delivery_id}/retry"): ROLES_OF_ITS_OWN,  # test_notices_api.py
    ("post", "/api/notices/untold/{delivery_id}/settle"): ROLES_OF_ITS_OWN,
    ("post", "/api/notices/channels/{channel}/test"): ROLES_OF_ITS_OWN,
    ("get", "/api/duty"): ROLES_OF_ITS_OWN,  # test_duty.py
    ("post", "/api/duty/shifts"): ROLES_OF_ITS_OWN,
    ("delete", "/api/duty/shifts/{shift_id}"): ROLES_OF_ITS_OWN,
    ("post", "/api/deputies"): PERSONAL,
    ("delete", "/api/deputies/{deputy_id}"): PERSONAL,
    ("post", "/api/snoozes"): ROLES_OF_ITS_OWN,  # test_snoozes.py
    ("delete", "/api/snoozes/{snooze_id}"): ROLES_OF_ITS_OWN,
    ("post", "/api/gateways/invitations"): ROLES_OF_ITS_OWN,  # test_invitations.py
    ("get", "/api/tokens"): PERSONAL,  # by role too: test_tokens.py
    ("post", "/api/tokens"): PERSONAL,
    ("delete", "/api/tokens/{token_id}"): PERSONAL,
    ("post", "/api/device-messages"): ROLES_OF_ITS_OWN,  # test_devices.py, as all of devices and households
    ("get", "/api/devices"): ROLES_OF_ITS_OWN,
    ("post", "/api/devices"): ROLES_OF_ITS_OWN,
    ("put", "/api/devices/{device_id}"): ROLES_OF_ITS_OWN,
    ("delete", "/api/devices/{device_id}"): ROLES_OF_ITS_OWN,
    ("get", "/api/households"): ROLES_OF_ITS_OWN,
    ("post", "/api/households"): ROLES_OF_ITS_OWN,
    ("put", "/api/households/{household_id}"): ROLES_OF_ITS_OWN,
    ("delete", "/api/households/{household_id}"): ROLES_OF_ITS_OWN,
    ("get", "/api/households/{household_id}/contacts"): ROLES_OF_ITS_OWN,
    ("put", "/api/households/{household_id}/contacts"): ROLES_OF_ITS_OWN,
    ("get", "/api/cases/{case_id}/device"): ROLES_OF_ITS_OWN,
    ("get", "/api/cases/{case_id}/device/contacts"): ROLES_OF_ITS_OWN,
    ("get", "/api/calls"): PERSONAL,
    ("get", "/api/duty/position"): PERSONAL,
    ("put", "/api/duty/position"): PERSONAL,
    ("delete", "/api/duty/position"): PERSONAL,
    ("get", "/api/webhooks"): PERSONAL,  # by role too: test_webhooks.py
    ("post", "/api/webhooks"): PERSONAL,
    ("patch", "/api/webhooks/{webhook_id}"): PERSONAL,
    ("delete", "/api/webhooks/{webhook_id}"): PERSONAL,
    ("post", "/api/webhooks/{webhook_id}/test"): PERSONAL,
    ("post", "/api/webhooks/{webhook_id}/replay"): PERSONAL,
    ("get", "/api/account/acting"): PERSONAL,  # test_deputies.py
    ("put", "/api/account/acting"): PERSONAL,
    ("delete", "/api/account/acting"): PERSONAL,
    ("get", "/api/account/provider"): PERSONAL,
    ("post", "/api/account/provider"): PERSONAL,
    ("post", "/api/account/provider/unlink"): PERSONAL,
    ("get", "/api/users/{username}/provider"): PERSONAL,
    ("put", "/api/users/{username}/provider"): PERSONAL,
    ("post", "/api/users/{username}/provider/unlink"): PERSONAL,
    ("get", "/api/users"): PERSONAL,  # by role too: test_users.py
    ("post", "/api/users"): PERSONAL,
    ("patch", "/api/users/{username}"): PERSONAL,
    ("post", "/api/users/{username}/password"): PERSONAL,
    ("post", "/api/users/{username}/second-factor/off"): PERSONAL,
    ("post", "/api/users/{username}/sessions/end"): PERSONAL,
}
"""Who is let in by each route: all, whoever is signed in or has a token, whoever is signed in, by area as a filter, by
area as a door, by role."""


PERSON = Actor(ActorKind.PERSON, "someone")
SENT: tuple[Payload, ...] = (line.Filed(), line.Dispatched(units=(UNIT,)))
DONE: tuple[Payload, ...] = (*SENT, line.Accepted(unit=UNIT), line.Handled(unit=UNIT))
WAY: dict[State, tuple[Payload, ...]] = {
    State.REPORTED: (),
    State.FILED: SENT[:1],
    State.DISPATCHED: SENT,
    State.ACCEPTED: DONE[:3],
    State.HANDLED: DONE,
    State.CHECKED: (*DONE, line.Passed()),
    State.CLOSED: (*DONE, line.Passed(), line.Closed()),
    State.REJECTED: (line.Rejected(),),
    State.VOIDED: (*SENT, line.Voided()),
    State.MERGED: (*SENT, line.Merged(into="2026-000001")),
}
"""How a case gets into each state."""
MINUTE = Limit(amount=1, unit=TimeUnit.MINUTES)
LATE: tuple[Payload, ...] = (
    line.Filed(),
    line.Dispatched(units=(UNIT,), limits={ClockKind.HANDLE: MINUTE}),
    *DONE[2:],
    line.Passed(),
    line.Closed(),
)
ASKED_FOR: dict[Move, tuple[Payload, ...]] = {
    Move.ACKNOWLEDGE: (),  # whom a person has filed has been seen
    Move.GRANT_EXTENSION: (*SENT, time_line.ExtensionAsked(unit=UNIT)),
    Move.REFUSE_EXTENSION: (*SENT, time_line.ExtensionAsked(unit=UNIT)),
    Move.RESUME: (*SENT, time_line.Suspended(until=START + timedelta(days=300))),
    Move.ANSWER_SUPERVISION: (*SENT, time_line.Supervised(text="how is it?")),
    Move.DECLINE_CALL: (*SENT, call_line.Called(unit=UNIT, person="else", until=START + timedelta(days=300))),
    Move.APPEAL: LATE,
    Move.DECIDE_APPEAL: (*LATE, time_line.Appealed(reason="flood")),
}
"""How a case gets where the answer to something is legal."""
UNSENT = {State.REPORTED, State.FILED, State.REJECTED}
"""States in which no unit has had the case: no handler sees it."""


@dataclass
class Place:
    """One of two places that have everything: a camera with a picture, a case with evidence."""

    gateway: str
    area: str
    case: int
    evidence: UUID
    alarms: list[str] = field(default_factory=list)

    def path(self, pattern: str, move: str = "file") -> str:
        return pattern.format(
            case_id=self.case,
            move=move,
            evidence_id=self.evidence,
            gateway=self.gateway,
            camera=CAMERA,
            session_id=2**40,
            delivery_id=2**40,
            shift_id=2**40,
            handover_id=2**40,
            deputy_id=2**40,
            snooze_id=2**40,
            token_id=2**40,
            webhook_id=2**40,
            place_id=2**40,
            layer="places",
            premises_id=2**40,
            photo_id=self.evidence,
            device_id=2**40,
            household_id=2**40,
            username="nobody",
            area_id="none",
            channel="none",
            trial_id=self.evidence,
            request_id=self.evidence,
            unit_id="none",
            number=1,
            key=self.evidence,
            other_id=2**40,
            form="json",
            code="none",
            token=self.evidence,
        )


class World:
    """A hub with two places, and every role in every area."""

    def __init__(self, data: Path) -> None:
        self.bench = Bench(data)
        with self.bench.transaction() as work:
            add_gateway(work.session, work.city, work.now, "gate-02", "demo/second-street")
        self.places = [self._place(GATEWAY, EAST), self._place("gate-02", NORTH)]
        self.people = {(role, area): self.person(role, area) for role in Role for area in AREAS}
        self.machines = {(role, area): self.machine(role, area) for role in Role for area in AREAS}
        self.other_unit = self.person(Role.HANDLER, EAST, "drainage")
        self.other_machine = self.machine(Role.HANDLER, EAST, "drainage")
        self._standing: dict[str, Place] = {}

    def person(self, role: Role, area: str, unit: str = UNIT) -> TestClient:
        return self.bench.client(role, area, unit if role is Role.HANDLER else None)

    def machine(self, role: Role, area: str, unit: str = UNIT) -> TestClient:
        """The same with an API token: no cookie, no header of ours."""
        with self.bench.transaction() as work:
            theirs = unit if role is Role.HANDLER else None
            wish = TokenWish("machine", role, area, theirs, work.now + timedelta(days=365))
            _, text = make_token(work, Origin("chief", "local"), wish, 365)
        client = self.bench.stranger()
        del client.headers["x-requested-with"]
        client.headers["authorization"] = f"Bearer {text}"
        return client

    def callers(self, role: Role, area: str) -> list[TestClient]:
        """A person and a machine."""
        return [self.people[role, area], self.machines[role, area]]

    def _place(self, gateway: str, area: str) -> Place:
        bench = self.bench
        bench.birth(cameras=(CameraNote(camera=CAMERA, name="x", area=area),), gateway=gateway)
        (event,) = self._report(gateway)
        file = announced(JPEG, event, bench.clock(), part_size=len(JPEG))
        bench.send(file, gateway)
        bench.post(Channel.EVIDENCE, JPEG, gateway, evidence_id=file.evidence_id, part=0)
        bench.post(Channel.SNAPSHOT, JPEG, gateway, camera=CAMERA)
        with bench.hub.read_only() as work:
            case = work.session.query(Case).filter_by(event_id=event).one().id
        return Place(gateway, area, case, file.evidence_id)

    def standing(self, way: tuple[Payload, ...], *, alarms: int = 1) -> Place:
        """Give the first place with a case that has gone a way; made once, for those who change nothing of it."""
        key = f"{alarms} {way}"
        if key not in self._standing:
            self._standing[key] = self.fresh(way, alarms=alarms)
        return self._standing[key]

    def fresh(self, way: tuple[Payload, ...], *, alarms: int = 1) -> Place:
        """Give the first place with another case, which has gone a way."""
        place = replace(self.places[0])
        self.put(place, way, alarms=alarms)
        return place

    def lines_of(self, place: Place) -> int:
        """Count the lines that the log of a place's case has."""
        with self.bench.hub.read_only() as work:
            return work.session.query(CaseLog).filter_by(case_id=place.case).count()

    def _report(self, gateway: str, alarms: int = 1) -> list[UUID]:
        zone, seen = f"bed-{uuid4().hex[:8]}", []
        for _ in range(alarms):
            event = scene_event(self.bench.clock(), gateway=gateway, scene=SceneName.GREENERY_DAMAGE, zone=zone)
            self.bench.send(event, gateway)
            seen.append(event.event_id)
        return seen

    def put(self, place: Place, way: tuple[Payload, ...], *, alarms: int = 1) -> None:
        """Give a place another case, which has gone a way, late where that is part of it."""
        event, *others = self._report(place.gateway, alarms)
        with self.bench.hub.read_only() as work:
            place.case = work.session.query(Case).filter_by(event_id=event).one().id
        place.alarms = [str(other) for other in others]
        for payload in way:
            self.bench.clock.forward(minutes=2 if way[:2] == LATE[:2] and payload is LATE[2] else 0)
            with self.bench.transaction() as work:
                write_line(work, work.session.get_one(Case, place.case), PERSON, payload)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("world"))
    yield made
    made.bench.close()


def test_every_route_has_its_row(world: World) -> None:
    """Who adds a route says here who may use it."""
    paths = world.bench.app.openapi()["paths"]
    assert {(method, path) for path, methods in paths.items() for method in methods} == set(ROUTES)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route[0]} {route[1]}")
def test_strangers_are_let_in_nowhere_but_at_the_door(world: World, route: tuple[str, str]) -> None:
    """401 before anything is looked at, also where the thing does not exist."""
    stranger = world.bench.stranger()
    method, path = route
    for place in world.places:
        answer = stranger.request(method, place.path(path), json={} if method == "post" else None)
        assert (answer.status_code == 401) == (ROUTES[route] != OPEN), answer.text


@pytest.mark.parametrize("route", [route for route, kind in ROUTES.items() if kind in {ADMINISTRATOR, KEEPER}])
def test_routes_of_administrators_are_theirs(world: World, route: tuple[str, str]) -> None:
    """In every area; those of legal holds are shift leads' too."""
    let_in = {Role.ADMINISTRATOR, Role.SHIFT_LEAD} if ROUTES[route] == KEEPER else {Role.ADMINISTRATOR}
    for (role, _), page in (*world.people.items(), *world.machines.items()):
        assert page.request(*route).status_code == (200 if role in let_in else 403)


@pytest.mark.parametrize("route", [route for route in ROUTES if ROUTES[route] == PERSONAL])
def test_machines_have_no_rights_of_people(world: World, route: tuple[str, str]) -> None:
    """Whatever the role and area of a token: no account, no sessions, no tokens."""
    for caller in world.machines.values():
        answer = caller.request(route[0], world.places[0].path(route[1]), json={} if route[0] == "post" else None)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "session_needed")


@pytest.mark.parametrize("route", [route for route, kind in ROUTES.items() if kind == OWN])
def test_machines_may_ask_what_whoever_is_known_may(world: World, route: tuple[str, str]) -> None:
    """Of every role and area."""
    found = 404 if route[1] == "/api/map/tiles" else 200  # this hub has no tiles
    for caller in world.machines.values():
        assert caller.request(*route).status_code == found


@pytest.mark.parametrize("kind", ["person", "machine"])
@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("role", Role)
def test_only_ones_own_area_is_seen(world: World, role: Role, area: str, kind: str) -> None:
    """Cases, evidence, pictures, cameras, gateways and names; what lies outside is not found, as if it were not."""
    page = world.callers(role, area)[kind == "machine"]
    # No unit has had these cases yet: a handler is shown none, nor their evidence.
    seen = [place for place in world.places if covers(area, place.area)]
    cases = [] if role is Role.HANDLER else seen
    for place in world.places:
        for (method, path), let_in in ROUTES.items():
            if let_in == ONE and method == "get":
                shown = seen if "snapshot" in path else cases
                assert page.get(place.path(path)).status_code == (200 if place in shown else 404), path
        video = page.post(place.path("/api/cameras/{gateway}/{camera}/video"))
        assert video.status_code == (200 if place in seen else 404), video.text
        past = page.post(place.path("/api/cases/{case_id}/look-back"))
        assert past.status_code == (200 if place in cases else 404), past.text
    for path in ("/api/cases", "/api/cases?gateway=gate-01", "/api/cases?gateway=gate-02"):
        items = page.get(path).json()["items"]
        wanted = [place.gateway for place in cases if path.endswith(("cases", place.gateway))]
        assert {case["gateway"] for case in items} == set(wanted), path
    assert {camera["gateway"] for camera in page.get("/api/cameras").json()} == {place.gateway for place in seen}
    for gateway in page.get("/api/gateways").json():
        assert covers(area, gateway["area"]), gateway
    assert all(covers(area, one["path"]) for one in page.get("/api/city").json()["areas"])
    assert all(covers(area, one["properties"]["path"]) for one in page.get("/api/areas").json()["features"])


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
                assert {one["move"] for one in answer.json()["moves"]} == offered
    for caller in (world.other_unit, world.other_machine):
        assert caller.get(place.path("/api/cases/{case_id}")).status_code == 404


@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize("role", Role)
def test_every_move_is_open_to_its_roles(world: World, role: Role, move: Move) -> None:
    """In one's area 200 for the right role, 403 for another, 409 from a wrong state; outside always 404.

    States take turns over roles and moves; all of each with each: ``test_case.py``, and the moves that are offered.
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
        for number, area in enumerate(AREAS[:3]):
            callers = world.callers(role, area)
            # Each who is let in needs a case of their own: person and machine take turns over areas and roles.
            for caller in callers if refused else [callers[(turn + number) % 2]]:
                place = place if refused else world.fresh(way, alarms=alarms)
                answer = ask(world, place, caller, move)
                assert answer.status_code == (404 if unseen else wanted), (way, area, answer.text)
        for caller in (*world.callers(role, WEST), *world.callers(role, NORTH)):
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
    }
    body |= {"unit": "gas-company", "anyway": True} if move in SENDING else {}
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


def test_nobody_reaches_anothers_account(world: World) -> None:
    """Routes of one's own account name nobody; a session of another's is not found."""
    page = world.people[Role.ADMINISTRATOR, "demo"]
    others = world.people[Role.CLERK, EAST].get("/api/account").json()["sessions"]
    assert page.delete(f"/api/account/sessions/{others[0]['id']}").status_code == 404
    assert world.people[Role.CLERK, EAST].get("/api/session").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/assets/..%2f..%2fpage_routes.py", "/..%2fpage_routes.py"],
)
def test_no_path_leads_out_of_the_pages_folder(world: World, path: str) -> None:
    """Neither a file of the machine nor one of the program."""
    text = world.bench.stranger().get(path).text
    assert "root:" not in text
    assert "page_router" not in text

"""Role × area × action, complete: a route without a row here fails, and so does a row that is not kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from tests.hub.bench import CAMERA, EAST, GATEWAY, JPEG, Bench, announced
from tests.hub.test_case import LEGAL, ROLES

from sharp_eyes.contract.event import SceneName
from sharp_eyes.contract.status import CameraNote
from sharp_eyes.contract.topics import Channel
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.cases.state_machine import Move, Role, State
from sharp_eyes.hub.intake.gateways import add_gateway
from sharp_eyes.hub.store.tables import Case

WEST, NORTH = "demo/first-street/west", "demo/second-street/north"
AREAS = ("demo", "demo/first-street", EAST, WEST, NORTH)
UNIT = "parks"
OPEN, OWN, LIST, ONE, ADMINISTRATOR, KEEPER = "open", "own", "list", "one", "administrator", "keeper"
ROLES_OF_ITS_OWN = "roles of its own"

ROUTES: dict[tuple[str, str], str] = {
    ("post", "/api/session"): OPEN,
    ("delete", "/api/session"): OPEN,
    ("get", "/api/health"): OPEN,
    ("get", "/api/join/authority"): OPEN,
    ("post", "/api/join"): OPEN,  # by a one-time code: tests/hub/test_invitations.py
    ("get", "/api/session"): OWN,
    ("get", "/api/account"): OWN,
    ("post", "/api/account/password"): OWN,
    ("delete", "/api/account/sessions"): OWN,
    ("delete", "/api/account/sessions/{session_id}"): OWN,
    ("post", "/api/account/second-factor"): OWN,
    ("post", "/api/account/second-factor/confirm"): OWN,
    ("post", "/api/account/second-factor/off"): OWN,
    ("post", "/api/account/second-factor/recovery-codes"): OWN,
    ("get", "/api/units"): OWN,
    ("get", "/api/city"): LIST,
    ("get", "/api/stream"): LIST,  # by area: tests/hub/test_stream.py
    ("get", "/api/cases"): LIST,
    ("get", "/api/cameras"): LIST,
    ("get", "/api/gateways"): LIST,
    ("get", "/api/cases/{case_id}"): ONE,
    ("post", "/api/cases/{case_id}/moves/{move}"): ONE,
    ("post", "/api/cases/{case_id}/photos"): ONE,
    ("get", "/api/evidence/{evidence_id}"): ONE,
    ("get", "/api/cameras/{gateway}/{camera}/snapshot"): ONE,
    ("get", "/api/cases/{case_id}/events"): ONE,
    ("get", "/api/audit"): ADMINISTRATOR,
    ("post", "/api/audit/export"): ADMINISTRATOR,
    ("get", "/api/holds"): KEEPER,
    ("get", "/api/retention"): KEEPER,
    # Each with a test of its own: test_retention.py, test_photos.py and where another is named.
    ("post", "/api/cases/{case_id}/hold"): ROLES_OF_ITS_OWN,
    ("get", "/api/storage"): ROLES_OF_ITS_OWN,
    ("get", "/api/evidence/{evidence_id}/original"): ROLES_OF_ITS_OWN,
    ("get", "/api/cameras/{gateway}/{camera}/settings"): ROLES_OF_ITS_OWN,  # test_camera_settings.py
    ("put", "/api/cameras/{gateway}/{camera}/settings"): ROLES_OF_ITS_OWN,  # test_camera_settings.py
    ("post", "/api/gateways/invitations"): ROLES_OF_ITS_OWN,  # test_invitations.py
}
"""Who is let in by each route: all, whoever is signed in, by area as a filter, by area as a door, by role."""


@dataclass(frozen=True)
class Place:
    """One of two places that have everything: a camera with a picture, a case with evidence."""

    gateway: str
    area: str
    case: int
    evidence: UUID

    def path(self, pattern: str, move: str = "file") -> str:
        return pattern.format(
            case_id=self.case,
            move=move,
            evidence_id=self.evidence,
            gateway=self.gateway,
            camera=CAMERA,
            session_id=2**40,
        )


class World:
    """A hub with two places, and every role in every area."""

    def __init__(self, data: Path) -> None:
        self.bench = Bench(data)
        with self.bench.transaction() as work:
            add_gateway(work.session, work.city, work.now, "gate-02", "demo/second-street")
        self.places = [self._place(GATEWAY, EAST), self._place("gate-02", NORTH)]
        self.people = {(role, area): self.person(role, area) for role in Role for area in AREAS}
        self.other_unit = self.person(Role.HANDLER, EAST, "drainage")

    def person(self, role: Role, area: str, unit: str = UNIT) -> TestClient:
        return self.bench.client(role, area, unit if role is Role.HANDLER else None)

    def _place(self, gateway: str, area: str) -> Place:
        bench = self.bench
        bench.birth(cameras=(CameraNote(camera=CAMERA, name="x", area=area),), gateway=gateway)
        event = self._report(gateway)
        file = announced(JPEG, event, bench.clock(), part_size=len(JPEG))
        bench.send(file, gateway)
        bench.post(Channel.EVIDENCE, JPEG, gateway, evidence_id=file.evidence_id, part=0)
        bench.post(Channel.SNAPSHOT, JPEG, gateway, camera=CAMERA)
        with bench.hub.read_only() as work:
            case = work.session.query(Case).filter_by(event_id=event).one().id
        return Place(gateway, area, case, file.evidence_id)

    def _report(self, gateway: str) -> UUID:
        from tests.hub.bench import scene_event

        event = scene_event(self.bench.clock(), gateway=gateway, scene=SceneName.GREENERY_DAMAGE)
        self.bench.send(event, gateway)
        return event.event_id

    def put(self, place: Place, state: State) -> None:
        """Bring a case into a state."""
        with self.bench.transaction() as work:
            values = {"state": state.value, "unit": UNIT, "sent_back_by": None}
            work.session.execute(update(Case).where(Case.id == place.case).values(**values))


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
    for (role, _), page in world.people.items():
        assert page.request(*route).status_code == (200 if role in let_in else 403)


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("role", Role)
def test_only_ones_own_area_is_seen(world: World, role: Role, area: str) -> None:
    """Cases, evidence, pictures, cameras, gateways and names; what lies outside is not found, as if it were not."""
    page = world.people[role, area]
    seen = [place for place in world.places if covers(area, place.area)]
    for place in world.places:
        for (method, path), kind in ROUTES.items():
            if kind == ONE and method == "get":
                assert page.get(place.path(path)).status_code == (200 if place in seen else 404), path
    for path in ("/api/cases", "/api/cases?gateway=gate-01", "/api/cases?gateway=gate-02"):
        items = page.get(path).json()["items"]
        wanted = [place.gateway for place in seen if path.endswith(("cases", place.gateway))]
        assert {case["gateway"] for case in items} == set(wanted), path
    assert {camera["gateway"] for camera in page.get("/api/cameras").json()} == {place.gateway for place in seen}
    for gateway in page.get("/api/gateways").json():
        assert covers(area, gateway["area"]), gateway
    assert all(covers(area, one["path"]) for one in page.get("/api/city").json()["areas"])


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", Role)
def test_every_move_in_every_state_is_open_to_its_roles(world: World, role: Role, state: State) -> None:
    """In one's area 200 for the right role, 403 for another, 409 from a wrong state; outside always 404."""
    place = world.places[0]
    body = {"reason": "why", "note": "what", "unit": UNIT}
    for move in Move:
        allowed = role is Role.ADMINISTRATOR or role in ROLES[move]
        wanted = 409 if (state, move) not in LEGAL else 200 if allowed else 403
        for area in ("demo", EAST):
            world.put(place, state)
            answer = world.people[role, area].post(place.path("/api/cases/{case_id}/moves/{move}", move), json=body)
            assert answer.status_code == wanted, (move, area, answer.text)
        for area in (WEST, NORTH):
            answer = world.people[role, area].post(place.path("/api/cases/{case_id}/moves/{move}", move), json=body)
            assert answer.status_code == 404, (move, area, answer.text)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", Role)
def test_photos_are_added_by_who_handles_the_case(world: World, role: Role, state: State) -> None:
    """The unit it was dispatched to, and administrators; outside one's area there is no case."""
    place = world.places[0]
    world.put(place, state)
    file = {"file": ("p.jpg", JPEG, "image/jpeg")}
    handles = role in {Role.HANDLER, Role.ADMINISTRATOR} and state in {State.DISPATCHED, State.ACCEPTED}
    for area in ("demo", EAST):
        answer = world.people[role, area].post(place.path("/api/cases/{case_id}/photos"), files=file)
        assert answer.status_code == (201 if handles else 409), answer.text
    for area in (WEST, NORTH):
        answer = world.people[role, area].post(place.path("/api/cases/{case_id}/photos"), files=file)
        assert answer.status_code == 404
    answer = world.other_unit.post(place.path("/api/cases/{case_id}/photos"), files=file)
    assert answer.status_code == 409


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

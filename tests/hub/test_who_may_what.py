"""Role × area × action, complete: a route without a row here fails, and so does a row that is not kept."""

from collections.abc import Iterator

import pytest
from fastapi.routing import iter_route_contexts
from tests.hub.bench import EAST
from tests.hub.everybody import AREAS, World

from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.lifecycle.roles import Role

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
    ("get", "/api/calendar"): ROLES_OF_ITS_OWN,  # test_calendar_change.py, as the others of the calendar
    ("put", "/api/calendar"): ROLES_OF_ITS_OWN,
    ("post", "/api/calendar/try"): ROLES_OF_ITS_OWN,
    ("patch", "/api/gateways/{gateway}"): ROLES_OF_ITS_OWN,  # test_gateways.py
    ("delete", "/api/gateways/{gateway}"): ROLES_OF_ITS_OWN,
    ("post", "/api/areas/{area_id}/merge"): ROLES_OF_ITS_OWN,
    ("post", "/api/areas/{area_id}/split"): ROLES_OF_ITS_OWN,
    ("get", "/api/areas/{area_id}/contents"): ROLES_OF_ITS_OWN,  # test_city_pack.py
    ("get", "/api/city/pack/versions/{version}"): ROLES_OF_ITS_OWN,
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
    ("get", "/api/figures/report"): LIST,  # test_formulas.py, as the workbook and the hot spots
    ("get", "/api/figures/report.xlsx"): LIST,
    ("get", "/api/figures/hotspots"): LIST,
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
    ("get", "/api/cases/{case_id}/export"): ROLES_OF_ITS_OWN,  # test_outward.py
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
    ("get", "/api/callbacks"): ROLES_OF_ITS_OWN,  # test_call_and_answer.py
    ("get", "/api/sponsors"): LIST,  # test_whistle.py, as the others of sponsors
    ("post", "/api/sponsors"): ROLES_OF_ITS_OWN,
    ("patch", "/api/sponsors/{sponsor_id}"): ROLES_OF_ITS_OWN,
    ("get", "/api/whistle"): LIST,
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


BESIDE = {
    "/{path:path}",  # the page's own files, for all
    "/api/openapi.json",  # for all
    "/open311/v2/{rest:path}",  # an error in the protocol's form
    "/api/live/{ticket}",  # by a ticket that is good once: test_live_video.py
    "/api/gateway-video/{ticket}",
    "/api/look-back/{ticket}",  # test_look_back.py
}
"""What the document leaves out."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("world"))
    yield made
    made.bench.close()


def test_every_route_has_its_row(world: World) -> None:
    """Who adds a route says here who may use it."""
    paths = world.bench.app.openapi()["paths"]
    assert {(method, path) for path, methods in paths.items() for method in methods} == set(ROUTES)


def test_what_the_document_leaves_out_is_named_too(world: World) -> None:
    """A route beside the document, or a WebSocket, is let in by nobody's oversight."""
    every = iter_route_contexts(world.bench.app.routes)
    assert {route.path for route in every if not getattr(route, "include_in_schema", False)} == BESIDE


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

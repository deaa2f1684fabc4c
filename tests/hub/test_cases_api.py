"""The HTTP interface: lists, details, moves, photos, and what lies outside one's area."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from tests.hub.bench import CAMERA, EAST, GATEWAY, JPEG, STREET, Bench, announced

from sharp_eyes.contract.event import EvidenceKind, SceneName
from sharp_eyes.contract.status import CameraNote
from sharp_eyes.contract.topics import Channel
from sharp_eyes.hub.lifecycle.roles import Role


def only_case(page: TestClient) -> int:
    items = page.get("/api/cases").json()["items"]
    assert len(items) == 1
    number: int = items[0]["id"]
    return number


def move(page: TestClient, case: int, name: str, **body: object) -> tuple[int, str]:
    answer = page.post(f"/api/cases/{case}/moves/{name}", json=body)
    said = answer.json()
    return answer.status_code, said["error"]["code"] if "error" in said else said["state"]


def photo(page: TestClient, case: int, content: bytes = JPEG) -> tuple[int, str]:
    answer = page.post(f"/api/cases/{case}/photos", files={"file": ("p.jpg", content, "image/jpeg")})
    said = answer.json()
    return answer.status_code, said["error"]["code"] if "error" in said else said["id"]


def test_the_whole_walk_of_a_case_with_every_role(bench: Bench) -> None:
    """Reported, filed, dispatched, sent back, dispatched again, accepted, handled, failed, handled, passed, closed."""
    bench.birth()
    bench.report(scene=SceneName.GAS_CYLINDER)
    pages = {role: bench.client(role) for role in Role if role is not Role.HANDLER}
    gas = bench.client(Role.HANDLER, unit="gas-company")
    fire = bench.client(Role.HANDLER, unit="fire-brigade")
    case = only_case(pages[Role.CLERK])

    assert move(pages[Role.DISPATCHER], case, "file") == (403, "not_allowed")
    assert move(pages[Role.CLERK], case, "dispatch", unit="parks") == (409, "illegal_move")
    assert move(pages[Role.CLERK], case, "file") == (200, "filed")
    assert move(pages[Role.DISPATCHER], case, "dispatch") == (422, "unit_needed")
    assert move(pages[Role.DISPATCHER], case, "dispatch", unit="nobody") == (422, "unknown_unit")
    assert move(pages[Role.DISPATCHER], case, "dispatch", unit="parks") == (422, "unit_without_people")
    assert move(pages[Role.DISPATCHER], case, "dispatch", unit="fire-brigade") == (200, "dispatched")
    assert move(gas, case, "accept") == (404, "not_found")
    assert move(fire, case, "send_back") == (422, "reason_needed")
    assert move(fire, case, "send_back", reason="it is a gas matter") == (200, "filed")
    assert move(pages[Role.DISPATCHER], case, "dispatch", unit="fire-brigade") == (422, "note_needed")
    assert move(pages[Role.DISPATCHER], case, "dispatch", unit="gas-company") == (200, "dispatched")
    assert move(gas, case, "accept") == (200, "accepted")
    assert move(gas, case, "handle") == (422, "note_or_photo_needed")
    assert move(gas, case, "handle", note="taken away") == (200, "handled")
    assert move(pages[Role.CHECKER], case, "fail") == (422, "reason_needed")
    assert move(pages[Role.CHECKER], case, "fail", reason="still there") == (200, "dispatched")
    assert move(gas, case, "accept") == (200, "accepted")
    status, identity = photo(gas, case)
    assert status == 201
    assert move(gas, case, "handle", photo_ids=[identity]) == (200, "handled")
    assert move(pages[Role.CHECKER], case, "pass") == (200, "checked")
    assert move(pages[Role.SHIFT_LEAD], case, "close") == (200, "closed")

    detail = pages[Role.ADMINISTRATOR].get(f"/api/cases/{case}").json()
    assert [(line["actor_kind"], line["what"], line["to_state"]) for line in detail["log"]] == [
        ("gateway", "reported", "reported"),
        ("person", "filed", "filed"),
        ("person", "dispatched", "dispatched"),
        ("person", "sent_back", "filed"),
        ("person", "dispatched", "dispatched"),
        ("person", "accepted", "accepted"),
        ("person", "handled", "handled"),
        ("rule", "looked_again", "handled"),
        ("person", "failed", "dispatched"),
        ("person", "accepted", "accepted"),
        ("person", "handled", "handled"),
        ("rule", "looked_again", "handled"),
        ("person", "passed", "checked"),
        ("person", "closed", "closed"),
    ]
    assert detail["log"][3]["reason"] == "it is a gas matter"
    assert detail["log"][10]["photo_ids"] == [identity]
    assert [item["kind"] for item in detail["evidence"]] == ["photo"]
    assert {choice["move"] for choice in detail["moves"]} == {"reopen", "rate", "link", "comment"}


def test_a_case_is_not_opened_again_beside_an_open_one_of_its_spot(bench: Bench) -> None:
    """The database allows one open case of a spot; whoever reopens a former one is told which that is."""
    bench.birth()
    bench.report(scene=SceneName.GAS_CYLINDER, zone="kitchen")
    lead = bench.client(Role.SHIFT_LEAD)
    former = only_case(lead)
    assert move(lead, former, "reject", reason="a bollard") == (200, "rejected")
    bench.report(scene=SceneName.GAS_CYLINDER, zone="kitchen")
    present = max(item["id"] for item in lead.get("/api/cases").json()["items"])
    assert present != former
    assert move(lead, former, "reopen", reason="it was one") == (409, "illegal_move")
    assert move(lead, present, "reject", reason="the same bollard") == (200, "rejected")
    assert move(lead, former, "reopen", reason="it was one") == (200, "filed")


def test_a_case_tells_all_that_the_page_shows(bench: Bench) -> None:
    """Names in both languages, the measure with its limit, pictures, and the moves legal for me."""
    bench.birth()
    event = bench.report()
    full = announced(JPEG, event, bench.clock())
    bench.send_file(full, JPEG)
    page = bench.client(Role.HANDLER, unit="traffic-police")
    case = page.get("/api/cases").json()["items"][0]
    assert case["number"] == "2026-000001"
    assert case["event_id"] == str(event)
    assert (case["state"], case["unit"], case["unit_name"]["zh"]) == ("dispatched", "traffic-police", "交警中队")
    assert (case["camera_name"], case["area"], case["area_name"]["en"]) == ("东门", EAST, "East Community")
    assert case["main_measure"] == {
        "name": "dwell",
        "value": 181.0,
        "unit": "s",
        "threshold": 180.0,
        "uncertainty": 1.0,
    }
    assert (case["picture_id"], case["crop_id"]) == (str(full.evidence_id), None)
    assert case["measured_on_real"] is True
    assert case["opened_at"] == "2026-03-01T07:57:00Z"
    assert case["due_at"] == "2026-03-01T08:30:00Z"
    detail = page.get(f"/api/cases/{case['id']}").json()
    assert [choice["move"] for choice in detail["moves"]] == ["accept", "send_back", "ask_extension", "comment"]
    assert detail["moves"][1]["needs"] == ["reason"]
    assert detail["box"] == [0.1, 0.2, 0.3, 0.4]
    assert detail["look_again"] is None


def test_another_areas_cases_pictures_and_cameras_are_not_there(bench: Bench) -> None:
    """404 for everything, the same as for what does not exist; the lists leave it out."""
    bench.birth()
    event = bench.report()
    full = announced(JPEG, event, bench.clock())
    bench.send_file(full, JPEG)
    bench.post(Channel.SNAPSHOT, JPEG, camera=CAMERA)
    mine = bench.client(Role.ADMINISTRATOR, area=EAST)
    other = bench.client(Role.ADMINISTRATOR, area="demo/first-street/west")
    case = only_case(mine)
    paths = [
        f"/api/cases/{case}",
        f"/api/evidence/{full.evidence_id}",
        f"/api/cameras/{GATEWAY}/{CAMERA}/snapshot",
    ]
    for path in paths:
        assert mine.get(path).status_code == 200, path
        assert other.get(path).status_code == 404, path
        assert other.get(path).json()["error"]["code"] == "not_found"
    missing = other.get(f"/api/cases/{case + 1}").json()["error"]["message"]
    assert other.get(f"/api/cases/{case}").json()["error"]["message"] == missing.replace(str(case + 1), str(case))
    assert move(other, case, "accept") == (404, "not_found")
    assert photo(other, case) == (404, "not_found")
    assert other.get("/api/cases").json()["items"] == []
    assert other.get("/api/cameras").json() == []
    assert other.get("/api/gateways").json() == []
    assert bench.client(Role.CLERK, area=STREET).get("/api/cameras").json() != []
    areas = [area["path"] for area in other.get("/api/city").json()["areas"]]
    assert areas == ["demo/first-street/west"]


def test_an_area_is_no_prefix_of_its_namesake(bench: Bench) -> None:
    """'demo/first-street/e' would not see 'demo/first-street/east', nor does '_' stand for any letter."""
    bench.birth()
    bench.report()
    for area in ("demo/first-street/eas", "demo/first_street", "demo/first-stree_/east", "dem%"):
        assert bench.client(Role.CLERK, area=area).get("/api/cases").json()["items"] == []


def test_the_list_is_filtered_and_paged(bench: Bench) -> None:
    """Newest first; the cursor goes through all cases once, also while new ones come in."""
    bench.birth(cameras=(CameraNote(camera=CAMERA, name="a"), CameraNote(camera="cam-2", name="b")))
    for count in range(5):
        bench.report(camera="cam-2" if count % 2 else CAMERA, scene="smoke" if count == 4 else "illegal_parking")
    page = bench.client(Role.CLERK)

    def numbers(query: str) -> list[str]:
        return [item["number"][-1] for item in page.get(f"/api/cases?{query}").json()["items"]]

    assert numbers("") == ["5", "4", "3", "2", "1"]
    assert numbers("camera=cam-2") == ["4", "2"]
    assert numbers("scene=smoke") == ["5"]
    assert numbers("state=filed&state=closed") == ["5"]
    assert numbers("state=dispatched&unit=traffic-police") == ["4", "3", "2", "1"]
    seen, cursor = [], ""
    while True:
        answer = page.get(f"/api/cases?limit=2{cursor}").json()
        seen += [item["number"][-1] for item in answer["items"]]
        bench.report()
        if answer["next"] is None:
            break
        cursor = f"&before={answer['next']}"
    assert seen == ["5", "4", "3", "2", "1"]
    for wrong in ("limit=0", "limit=201", "state=lost", "scene=x", "before=x"):
        answer = page.get(f"/api/cases?{wrong}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (JPEG, 201),
        (b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + b"\0" * 30 + b"IEND\xaeB`\x82", 415),
        (JPEG[: len(JPEG) // 2], 415),
        (b"RIFF" + (99).to_bytes(4, "little") + b"WEBP" + b"\0" * 20, 415),
        (b"<script>alert(1)</script>", 415),
        (b"GIF89a" + b"\0" * 50, 415),
        (b"", 415),
        (JPEG[:4] + b"\0" * 20_000_000, 413),
    ],
)
def test_only_whole_pictures_of_a_sensible_size_are_taken(quick: Bench, content: bytes, status: int) -> None:
    """JPEG, PNG and WebP by their bytes, whatever the upload calls itself."""
    quick.report()
    page = quick.client(Role.HANDLER, unit="traffic-police")
    assert photo(page, only_case(page), content)[0] == status
    stored = [path for path in (quick.hub.settings.data / "evidence").rglob("*") if path.is_file()]
    assert len(stored) == (2 if status == 201 else 0), "what is shown, and the original"


def test_photos_are_for_those_who_handle_the_case(quick: Bench) -> None:
    """Nobody else adds one; and a photo of another case is no photo of this one."""
    quick.report()
    quick.report()
    police = quick.client(Role.HANDLER, unit="traffic-police")
    first, second = (item["id"] for item in police.get("/api/cases").json()["items"])
    assert photo(quick.client(Role.CLERK), first) == (409, "not_allowed")
    assert photo(quick.client(Role.HANDLER, unit="parks"), first) == (404, "not_found")
    _, identity = photo(police, first)
    assert move(police, second, "accept")[0] == 200
    assert move(police, second, "handle", photo_ids=[identity]) == (422, "unknown_photo")
    assert move(police, second, "handle", photo_ids=[str(uuid4())]) == (422, "unknown_photo")
    picture = police.get(f"/api/evidence/{identity}")
    assert (picture.content[:3], picture.headers["content-type"]) == (JPEG[:3], "image/jpeg")


def test_evidence_can_be_read_in_parts(quick: Bench) -> None:
    """A browser seeks in a clip with Range."""
    event = quick.report()
    content = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 20
    clip = announced(content, event, quick.clock(), kind=EvidenceKind.CLIP, media_type="video/mp4")
    quick.send_file(clip, content)
    page = quick.client(Role.CLERK)
    answer = page.get(f"/api/evidence/{clip.evidence_id}", headers={"Range": "bytes=1000-1099"})
    assert (answer.status_code, answer.content) == (206, content[1000:1100])
    assert answer.headers["content-type"] == "video/mp4"


def test_two_people_cannot_make_the_same_move(bench: Bench) -> None:
    """The second one is told that it is not legal any more."""
    bench.report(scene="smoke")
    bench.client(Role.HANDLER, unit="fire-brigade")
    first, second = bench.client(Role.DISPATCHER), bench.client(Role.DISPATCHER)
    case = only_case(first)
    assert move(first, case, "dispatch", unit="fire-brigade") == (200, "dispatched")
    assert move(second, case, "dispatch", unit="parks") == (409, "illegal_move")


PATHS = (
    "/api/session",
    "/api/cases",
    "/api/cases/1",
    f"/api/evidence/{UUID(int=1)}",
    "/api/cameras",
    "/api/cameras/a/b/snapshot",
    "/api/cameras/a/b/settings",
    "/api/cameras/a/b/thresholds",
    "/api/scene-settings",
    f"/api/cameras/a/b/settings/trials/{UUID(int=1)}",
    "/api/calls",
    "/api/devices",
    "/api/households",
    "/api/households/1/contacts",
    "/api/cases/1/device",
    "/api/cases/1/device/contacts",
    "/api/duty/position",
    "/api/areas",
    "/api/rules",
    "/api/city/pack",
    "/api/city/pack/versions/1",
    "/api/areas/1/contents",
    "/api/calendar",
    "/api/false-alarms",
    "/api/gateways",
    f"/api/gateways/a/camera-setups/{UUID(int=1)}",
    "/api/units",
    "/api/city",
    "/api/stream",
    "/api/storage",
    "/api/health/parts",
    f"/api/evidence/{UUID(int=1)}/original",
    f"/api/evidence/{UUID(int=1)}/small",
    "/api/cases/counts",
    "/api/figures",
    "/api/figures/today",
    "/api/figures/table.csv",
    "/api/figures/cases.csv",
    "/api/figures/report",
    "/api/figures/report.xlsx",
    "/api/figures/hotspots",
    "/api/premises",
    "/api/premises/1",
    "/api/premises/1/contact",
    "/api/inspections/due",
    f"/api/inspections/{UUID(int=1)}",
    "/api/listed-hazards",
    "/api/account",
    "/api/audit",
    "/api/holds",
    "/api/retention",
    "/api/cases/1/events",
    "/api/notices",
    "/api/notices/untold",
    "/api/notices/channels",
    "/api/account/contacts",
    "/api/account/provider",
    "/api/account/acting",
    "/api/users/x/provider",
    "/api/duty",
    "/api/duty/shifts",
    "/api/duty/handovers",
    "/api/duty/handovers/draft",
    "/api/duty/handovers/1",
    "/api/deputies",
    "/api/snoozes",
    "/api/sponsors",
    "/api/whistle",
    "/api/callbacks",
    "/api/tokens",
    "/api/webhooks",
    "/api/users",
    "/api/cases/moves",
    "/api/cases/1/people",
    "/api/cases/1/export",
    "/api/desks",
    "/api/map",
    "/api/map/counts",
    "/api/map/tiles",
    "/api/tasks",
    "/api/reports",
    f"/api/reports/{UUID(int=1)}",
    f"/api/reports/{UUID(int=1)}/contact",
    "/api/one-map/around",
    "/api/one-map/places",
    "/api/cases/1/nearest",
    "/api/places",
    "/api/places/1",
    "/api/places/export",
)


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Somebody nobody knows, at a hub where nothing has happened."""
    made = Bench(tmp_path_factory.mktemp("closed"))
    yield made.stranger()
    made.close()


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_shown_without_signing_in(stranger: TestClient, path: str) -> None:
    """Every path but health and the page itself asks for a session."""
    answer = stranger.get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_signed_in")


def test_every_route_of_the_interface_is_in_that_list(quick: Bench) -> None:
    """A new route cannot be forgotten above."""
    listed = {path for path in quick.hub_paths() if path.startswith("/api")}
    template = {"/api/cases/{case_id}": PATHS[2], "/api/evidence/{evidence_id}": PATHS[3]}
    template["/api/cases/{case_id}/events"] = f"{PATHS[2]}/events"
    template["/api/cases/{case_id}/export"] = f"{PATHS[2]}/export"
    template["/api/cases/{case_id}/device"] = f"{PATHS[2]}/device"
    template["/api/cases/{case_id}/device/contacts"] = f"{PATHS[2]}/device/contacts"
    template["/api/households/{household_id}/contacts"] = "/api/households/1/contacts"
    template["/api/cases/{case_id}/people"] = f"{PATHS[2]}/people"
    template["/api/evidence/{evidence_id}/original"] = f"{PATHS[3]}/original"
    template["/api/evidence/{evidence_id}/small"] = f"{PATHS[3]}/small"
    template["/api/cameras/{gateway}/{camera}/snapshot"] = PATHS[5]
    template["/api/cameras/{gateway}/{camera}/settings"] = PATHS[6]
    template["/api/cameras/{gateway}/{camera}/thresholds"] = PATHS[7]
    template["/api/cameras/{gateway}/{camera}/settings/trials/{trial_id}"] = f"{PATHS[6]}/trials/{UUID(int=1)}"
    template["/api/gateways/{gateway}/camera-setups/{request_id}"] = f"/api/gateways/a/camera-setups/{UUID(int=1)}"
    template["/api/city/pack/versions/{version}"] = "/api/city/pack/versions/1"
    template["/api/areas/{area_id}/contents"] = "/api/areas/1/contents"
    template["/api/users/{username}/provider"] = "/api/users/x/provider"
    template["/api/duty/handovers/{handover_id}"] = "/api/duty/handovers/1"
    template["/api/one-map/{layer}"] = "/api/one-map/places"
    template["/api/cases/{case_id}/nearest"] = f"{PATHS[2]}/nearest"
    template["/api/places/{place_id}"] = "/api/places/1"
    template["/api/reports/{key}"] = f"/api/reports/{UUID(int=1)}"
    template["/api/reports/{key}/contact"] = f"/api/reports/{UUID(int=1)}/contact"
    template["/api/premises/{premises_id}"] = "/api/premises/1"
    template["/api/premises/{premises_id}/contact"] = "/api/premises/1/contact"
    template["/api/inspections/{key}"] = f"/api/inspections/{UUID(int=1)}"
    open_to_all = {"/api/health", "/api/openapi.json", "/api/join/authority"}
    open_to_all |= {"/api/session/provider", "/api/session/provider/callback"}  # how one signs in
    writes = {path for path, methods in quick.app.openapi()["paths"].items() if "get" not in methods}
    assert {template.get(path, path) for path in listed - open_to_all - writes} == set(PATHS)

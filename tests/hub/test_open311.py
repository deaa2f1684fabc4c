"""Open311 GeoReport v2: what residents report without an account, from the form to their stars."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from tests.hub.bench import EAST, JPEG, Bench

from sharp_eyes.hub.areas.city_pack import Area
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.open311_settings import ApiKeySettings, Open311Settings
from sharp_eyes.hub.store.report_tables import Report, ReporterContact

ROOT = "/open311/v2"
GATE = {"lat": "30.572812", "long": "104.066834"}
ON = Open311Settings(enabled=True)
TREE: dict[str, Any] = {"service_code": "leaning_tree", "description": "It leans over the lane", **GATE}


@pytest.fixture
def bench(tmp_path: Path, database_url: str) -> Iterator[Bench]:
    made = Bench(tmp_path / "data", database_url, open311=ON)
    yield made
    made.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """For what changes little: one hub whose bounds are wide."""
    made = Bench(tmp_path_factory.mktemp("open311"), open311=Open311Settings(enabled=True, reports_per_address=1000))
    yield made
    made.close()


def resident(bench: Bench, address: str = "203.0.113.5") -> TestClient:
    """Somebody from outside, who knows of no header of ours."""
    client = bench.stranger(address)
    del client.headers["x-requested-with"]
    return client


def xml(answer: Response) -> ElementTree.Element:
    assert answer.headers["content-type"].startswith("application/xml")
    return ElementTree.fromstring(answer.content)


def move(client: TestClient, case: int, name: str, **body: Any) -> dict[str, Any]:
    said = client.post(f"/api/cases/{case}/moves/{name}", json=body)
    assert said.status_code == 200, said.text
    found: dict[str, Any] = said.json()
    return found


def test_the_day_of_a_resident(bench: Bench) -> None:
    """Told over Open311 in XML, sent to two units, done, read as closed and rated by who told of it alone."""
    outside = resident(bench)
    listed = [one.findtext("service_code") for one in xml(outside.get(f"{ROOT}/services.xml"))]
    assert "leaning_tree" in listed
    assert "gas_smell" not in listed  # who smells gas is to call
    told = TREE | {"first_name": "Li", "phone": "13800001111", "email": "li@example.org"}
    made = outside.post(f"{ROOT}/requests.xml", data=told, files={"media": ("p.jpg", JPEG, "image/jpeg")})
    assert made.status_code == 200, made.text
    (answer,) = xml(made)
    number, token = answer.findtext("service_request_id"), answer.findtext("reporter_token")
    follow = f"{ROOT}/requests/{number}.xml"

    def stands() -> tuple[str | None, str | None]:
        (one,) = xml(outside.get(follow, headers={"Accept-Language": "en"}))
        return one.findtext("status"), one.findtext("status_notes")

    assert stands() == ("open", "Somebody has been told to deal with it")
    (seen,) = xml(outside.get(follow))
    assert (seen.findtext("lat"), seen.findtext("long")) == ("30.5728", "104.0668")
    assert seen.findtext("expected_datetime") == "2026-03-01T20:00:00+08:00"
    shown = ElementTree.tostring(seen, encoding="unicode")
    assert not [word for word in ("13800001111", "Li", "leans", "parks", "open311") if word in shown]

    clerk = bench.client(Role.CLERK)
    (case,) = clerk.get("/api/cases").json()["items"]
    detail = clerk.get(f"/api/cases/{case['id']}").json()
    assert (detail["number"], detail["source"]) == (number, "resident")
    (kept,) = detail["reports"]
    assert (len(kept["photos"]), kept["words"]) == (1, "It leans over the lane")
    contact = clerk.get(f"/api/reports/{kept['key']}/contact").json()
    assert contact == {"name": "Li", "phone": "13800001111", "email": "li@example.org"}
    assert str(token) not in str(detail)
    rating = f"{ROOT}/tokens/{token}/rating.xml"
    assert outside.post(rating, data={"stars": 4}).status_code == 400  # not yet

    for unit in ("parks", "traffic-police"):
        bench.clock.forward(minutes=20)
        handler = bench.client(Role.HANDLER, unit=unit)
        move(handler, case["id"], "accept")
        move(handler, case["id"], "handle", note="done")
    assert stands()[1] == "Dealt with; being checked"
    move(bench.client(Role.CHECKER), case["id"], "pass")
    assert stands() == ("closed", "Done")
    assert [one["service_request_id"] for one in outside.get(f"{ROOT}/requests.json?status=closed").json()] == [number]
    (token_view,) = outside.get(f"{ROOT}/tokens/{token}.json").json()
    assert token_view == {"service_request_id": number, "token": token, "may_rate": True}
    for other in (uuid4(), kept["key"]):  # what an officer sees is not the token
        assert outside.post(f"{ROOT}/tokens/{other}/rating.xml", data={"stars": 1}).status_code == 404
    assert outside.post(rating, data={"stars": 4, "words": "Quick"}).status_code == 200
    assert outside.post(rating, data={"stars": 1}).status_code == 400
    rated = clerk.get(f"/api/cases/{case['id']}").json()
    assert (rated["rating"], rated["log"][-1]["what"]) == (4, "rated")
    day = {"reported_from": "2026-03-01", "reported_to": "2026-03-01"}
    figures = bench.client(Role.SHIFT_LEAD).get("/api/figures", params=day).json()
    assert {one["source"]: one["now"] for one in figures["sources"] if one["now"]} == {"resident": 1}


def test_a_request_is_one_however_often_it_is_sent(bench: Bench) -> None:
    outside, key = resident(bench), str(uuid4())
    photo = {"media": ("p.jpg", JPEG, "image/jpeg")}
    ways: tuple[dict[str, Any], ...] = (
        {"headers": {"Idempotency-Key": key}, "data": TREE},
        {"data": TREE | {"key": key}},
    )
    sent = [outside.post(f"{ROOT}/requests.json", files=photo, **way).json()[0] for way in ways]
    assert sent[0] == sent[1]
    assert sent[0]["reporter_token"] == key
    case = bench.client(Role.CLERK).get("/api/cases").json()["items"][0]["id"]
    assert len(bench.client(Role.CLERK).get(f"/api/cases/{case}").json()["reports"][0]["photos"]) == 1
    other = outside.post(f"{ROOT}/requests.json", data=TREE | {"key": key, "description": "another"})
    assert other.status_code == 400
    with bench.transaction() as work:
        assert work.session.query(Report).count() == 1
        assert work.session.query(ReporterContact).count() == 0


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"lat": "91"}, 400),
        ({"lat": "nan"}, 400),
        ({"lat": "north"}, 400),
        ({"long": ""}, 400),
        ({"lat": "", "long": ""}, 400),  # and no address
        ({"description": "x" * 2001}, 400),
        ({"description": "x\0"}, 400),
        ({"service_code": ""}, 400),
        ({"service_code": "ufo"}, 404),
        ({"service_code": "gas_smell"}, 404),
        ({"service_code": "<&\x01"}, 404),
        ({"key": "00000000-0000-1000-8000-000000000000"}, 400),
        ({"api_key": "none"}, 403),
    ],
)
def test_what_is_not_taken_is_said_in_the_standards_form(shared: Bench, changes: dict[str, str], status: int) -> None:
    outside = resident(shared)
    for form in ("json", "xml"):
        answer = outside.post(f"{ROOT}/requests.{form}", data=TREE | changes)
        assert answer.status_code == status, answer.text
        if form == "json":
            (error,) = answer.json()
            assert error["code"] == status
            assert error["description"]
        else:
            (line,) = xml(answer)
            assert (line.tag, line.findtext("code")) == ("error", str(status))


def test_other_wrong_questions(shared: Bench) -> None:
    outside = resident(shared)
    asked = {
        "services/ufo.json": 404,
        "requests/2026-999999.json": 404,
        "requests/%00.json": 400,
        f"tokens/{uuid4()}.json": 404,
        "tokens/7.json": 404,
        "requests.json?status=late": 400,
        "requests.json?start_date=yesterday": 400,
        "requests.json?start_date=2026-01-01T00:00:00Z&end_date=2026-04-02T00:00:00Z": 400,
        "elsewhere.json": 404,
    }
    for path, status in asked.items():
        answer = outside.get(f"{ROOT}/{path}")
        assert (answer.status_code, answer.json()[0]["code"]) == (status, status), path
    photo = outside.post(f"{ROOT}/requests.json", data=TREE, files={"media": ("p.jpg", b"no picture", "image/jpeg")})
    assert photo.status_code == 400
    assert outside.get(f"{ROOT}/requests.json").json() == []
    discovery = outside.get(f"{ROOT}/discovery.json").json()
    assert discovery["endpoints"][0]["url"] == f"http://testserver{ROOT}"
    assert outside.get(f"{ROOT}/services/leaning_tree.json").json() == {
        "service_code": "leaning_tree",
        "attributes": [],
    }


def test_a_place_elsewhere_is_not_taken(tmp_path: Path) -> None:
    """Where the city has an outline."""
    bench = Bench(tmp_path, open311=ON)
    city = bench.hub.city
    ring = [[104.0, 30.5], [104.1, 30.5], [104.1, 30.6], [104.0, 30.6], [104.0, 30.5]]
    root = city.areas[0].model_dump() | {"geometry": {"type": "Polygon", "coordinates": [ring]}}
    bench.hub.city = city.model_copy(update={"areas": (Area.model_validate(root), *city.areas[1:])})
    sent = [resident(bench).post(f"{ROOT}/requests.json", data=TREE | more) for more in ({"lat": "0", "long": "0"}, {})]
    assert [one.status_code for one in sent] == [400, 200]
    bench.close()


def test_requests_are_found_by_number_kind_and_span(shared: Bench) -> None:
    outside = resident(shared)
    shared.clock.forward(days=100)
    numbers = []
    for code in ("leaning_tree", "road_hole"):
        made = outside.post(f"{ROOT}/requests.json", data=TREE | {"service_code": code, "address_string": "No. 7"})
        numbers.append(made.json()[0]["service_request_id"])
        shared.clock.forward(days=1)

    def found(**asked: str) -> list[str]:
        return [one["service_request_id"] for one in outside.get(f"{ROOT}/requests.json", params=asked).json()]

    assert found() == numbers[::-1]
    assert found(service_code="road_hole") == numbers[1:]
    assert found(start_date="2026-06-10T00:00:00+08:00") == numbers[1:]
    assert found(end_date="2026-06-10T00:00:00") == numbers[:1]
    assert found(status="closed") == []
    assert found(status="open,closed") == numbers[::-1]
    shared.clock.forward(days=100)
    assert found() == []
    assert found(service_request_id=f"{numbers[0]}, nothing") == numbers[:1]
    clerk = shared.client(Role.CLERK)
    body = {"source": "resident", "kind": "road_hole", "address": "No. 7"}
    assert clerk.post("/api/reports", json=body, headers={"Idempotency-Key": str(uuid4())}).status_code == 201
    assert found() == []  # who told the office on the telephone has asked for no publishing


def test_strangers_are_bounded(tmp_path: Path) -> None:
    """By their address and all together; a system with a key by the bound that every sender has."""
    settings = Open311Settings(
        enabled=True,
        reports_per_address=2,
        reports_per_hour=3,
        jurisdiction_id="demo.example",
        api_keys=(ApiKeySettings(name="app", sha256=sha256(b"key").hexdigest()),),
    )
    bench = Bench(tmp_path, open311=settings)

    def send(address: str, **more: str) -> int:
        answer: Response = resident(bench, address).post(f"{ROOT}/requests.json", data=TREE | more)
        assert answer.status_code != 429 or int(answer.headers["retry-after"]) > 0
        return answer.status_code

    key = str(uuid4())
    assert [send("203.0.113.5", key=key) for _ in range(4)] == [200] * 4  # once
    assert [send("203.0.113.5") for _ in range(2)] == [200, 429]
    assert [send("203.0.113.6") for _ in range(2)] == [200, 429]
    assert send("203.0.113.6", api_key="key", jurisdiction_id="demo.example") == 200
    assert send("203.0.113.7", jurisdiction_id="elsewhere") == 404
    bench.clock.forward(minutes=61)
    assert send("203.0.113.5") == 200
    with bench.transaction() as work:
        assert {one.sender for one in work.session.query(Report)} == {"open311:residents", "open311:app"}
    bench.close()


def test_nothing_is_offered_until_it_is_turned_on(quick: Bench) -> None:
    outside = resident(quick)
    assert outside.get(f"{ROOT}/services.json").json()[0]["code"] == 404
    assert outside.post(f"{ROOT}/requests.json", data=TREE).status_code == 404


def test_a_second_request_of_one_thing_goes_the_way_of_duplicates(bench: Bench) -> None:
    """A person says that two are one; each keeps its number and sees what becomes of both."""
    outside, lead = resident(bench), bench.client(Role.SHIFT_LEAD, EAST.rpartition("/")[0].partition("/")[0])
    first, second = (outside.post(f"{ROOT}/requests.json", data=TREE).json()[0] for _ in range(2))
    cases = {one["number"]: one["id"] for one in lead.get("/api/cases").json()["items"]}
    pair = [cases[one["service_request_id"]] for one in (first, second)]
    assert lead.post(f"/api/cases/{pair[0]}/duplicates/{pair[1]}", json={"same": True}).status_code == 200
    move(lead, pair[0], "force_close", reason="over")
    numbers = ",".join(one["service_request_id"] for one in (first, second))
    both = outside.get(f"{ROOT}/requests.json", params={"service_request_id": numbers}).json()
    assert {one["service_request_id"]: one["status"] for one in both} == dict.fromkeys(numbers.split(","), "closed")
    assert UUID(first["reporter_token"]) != UUID(second["reporter_token"])

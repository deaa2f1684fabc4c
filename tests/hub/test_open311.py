"""Open311 GeoReport v2: what is taken and told without an account, and what is refused; the day is a story."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from tests.hub.bench import JPEG, Bench

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

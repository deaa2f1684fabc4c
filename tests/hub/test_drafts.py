"""What the camera saw is gone while units have the case: a proposal, confirmed with one word, declined, or outdated."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml
from fastapi.testclient import TestClient
from tests.hub.bench import Bench, answer, scene_event
from tests.hub.notices_bench import add_person, told
from tests.hub.test_city import raw

from sharp_eyes.contract.event import Outcome, Phase, SceneName
from sharp_eyes.hub.areas.city_pack import load_city_pack
from sharp_eyes.hub.errors import CityError
from sharp_eyes.hub.lifecycle.roles import Role

TEXT = {"zh": "车辆已自行驶离。", "en": "The vehicle drove away by itself."}
GONE = {"move": "force_close", "reason": "gone", "text": TEXT}
DONE = {"move": "handle", "text": TEXT}
ZONE = "lane"


def pack(**drafts: Any) -> dict[str, Any]:
    """The demonstration city with drafts for some scenes, and a reason for closing by force."""
    city = raw()
    city["rules"] = [
        rule | ({"when_gone": drafts[rule["scene"]]} if rule["scene"] in drafts else {}) for rule in city["rules"]
    ]
    reason = {"code": "gone", "name": {"zh": "已自行消失", "en": "Gone by itself"}, "moves": ["force_close"]}
    return city | {"reasons": [reason]}


@pytest.fixture
def street(tmp_path: Path, database_url: str) -> Iterator[Bench]:
    """A hub that drafts: parking is to be closed, a fire lane to be checked; each is dispatched by itself."""
    city = tmp_path / "city.yaml"
    city.write_text(yaml.safe_dump(pack(illegal_parking=GONE, fire_lane_blocked=DONE), allow_unicode=True), "utf-8")
    made = Bench(tmp_path / "data", database_url, city=city)
    yield made
    made.close()


def alarm(bench: Bench, scene: SceneName = SceneName.ILLEGAL_PARKING) -> UUID:
    return bench.report(scene=scene, zone=ZONE)


def ends(bench: Bench, event: UUID, scene: SceneName = SceneName.ILLEGAL_PARKING) -> None:
    """The camera sees nothing more."""
    bench.clock.forward(seconds=30)
    changes: dict[str, Any] = {"event_id": event, "scene": scene, "zone": ZONE, "ended_at": bench.clock()}
    bench.send(scene_event(bench.clock(), sequence=1, phase=Phase.CLOSED, **changes))


def case(page: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = page.get("/api/cases/1").json()
    return found


def say(page: TestClient, what: str, number: int, **body: Any) -> tuple[int, dict[str, Any]]:
    said = page.post(f"/api/cases/1/drafts/{number}/{what}", json=body)
    return said.status_code, said.json()


def test_one_word_makes_the_move_with_the_prepared_text(street: Bench) -> None:
    """The lead closes what drove away; reason and text stand in the log, in the lead's language."""
    event = alarm(street)
    lead = street.client(Role.SHIFT_LEAD)
    assert case(lead)["draft"] is None
    ends(street, event)
    draft = case(lead)["draft"]
    assert (draft["move"], draft["text"], draft["reason_name"]["en"]) == ("force_close", TEXT, "Gone by itself")
    assert draft["may_confirm"]
    assert [line["what"] for line in case(lead)["log"][-2:]] == ["alarm_ended", "drafted"]
    status, seen = say(lead, "confirm", draft["number"])
    assert (status, seen["state"], seen["draft"]) == (200, "closed", None)
    last = seen["log"][-1]
    assert (last["what"], last["reason"], last["note"]) == ("force_closed", "gone", TEXT["zh"])
    assert last["actor_kind"] == "person"
    status, refused = say(lead, "confirm", draft["number"])
    assert (status, refused["error"]["code"]) == (409, "draft_gone")


def test_whoever_may_confirm_it_is_told(street: Bench) -> None:
    """By the common rules: closing by force is the lead's word, and that they are done is the unit's own."""
    add_person(street, "lead", Role.SHIFT_LEAD)
    for unit in ("traffic-police", "property-management"):
        add_person(street, unit, Role.HANDLER, unit=unit)
    for scene in (SceneName.ILLEGAL_PARKING, SceneName.FIRE_LANE_BLOCKED):
        ends(street, alarm(street, scene), scene)
    drafted = [name for name, kind in told(street) if kind == "drafted"]
    assert drafted == ["lead", "property-management"]


def test_who_may_not_make_the_move_neither_confirms_nor_declines(street: Bench) -> None:
    """The draft gives nobody a right; another unit does not even see it."""
    ends(street, alarm(street))
    squad, others = (street.client(Role.HANDLER, unit=unit) for unit in ("traffic-police", "parks"))
    number = case(squad)["draft"]["number"]
    for page in (squad, street.client(Role.DISPATCHER), street.client(Role.CLERK)):
        draft = case(page)["draft"]
        assert not draft["may_confirm"]
        assert not draft["may_decline"]
        for what in ("confirm", "decline"):
            status, refused = say(page, what, number)
            assert (status, refused["error"]["code"]) == (403, "not_allowed"), what
    assert say(others, "confirm", number)[0] == 404
    assert case(squad)["draft"]["number"] == number


def test_the_unit_confirms_that_it_is_done_and_the_camera_checks(street: Bench) -> None:
    """Once it has accepted; by the rules the camera is asked then, and its answer drafts the verdict."""
    street.birth()
    event = alarm(street, SceneName.FIRE_LANE_BLOCKED)
    ends(street, event, SceneName.FIRE_LANE_BLOCKED)
    squad = street.client(Role.HANDLER, unit="property-management")
    draft = case(squad)["draft"]
    assert (draft["may_confirm"], draft["may_decline"]) == (False, True), "it has not accepted yet"
    assert say(squad, "confirm", draft["number"])[0] in (403, 409)
    assert squad.post("/api/cases/1/moves/accept", json={}).status_code == 200
    assert case(squad)["draft"]["may_confirm"]
    status, seen = say(squad, "confirm", draft["number"])
    assert (status, seen["state"]) == (200, "handled")
    assert [line["what"] for line in seen["log"][-2:]] == ["handled", "looked_again"]
    street.send(answer(street.out.commands[-1][1], Outcome.GONE, street.clock()))
    assert case(squad)["verdict"] == "pass"


def test_a_new_alarm_of_the_spot_removes_the_draft(street: Bench) -> None:
    """Also the twelfth, which has no line of its own otherwise; once that has ended too, there is another draft."""
    lead = street.client(Role.SHIFT_LEAD)
    numbers: list[int] = []
    for _ in range(13):
        event = alarm(street)
        assert case(lead)["draft"] is None
        for number in numbers[-1:]:
            for what in ("confirm", "decline"):
                status, refused = say(lead, what, number)
                assert (status, refused["error"]["code"]) == (409, "draft_gone")
        ends(street, event)
        numbers.append(case(lead)["draft"]["number"])
    assert len(set(numbers)) == 13
    assert case(lead)["state"] == "dispatched"


def test_a_declined_draft_is_gone_and_the_case_goes_on(street: Bench) -> None:
    """Who declined it, and why, stands in the log."""
    ends(street, alarm(street))
    lead = street.client(Role.SHIFT_LEAD)
    status, seen = say(lead, "decline", case(lead)["draft"]["number"], reason="the car is round the corner")
    assert (status, seen["state"], seen["draft"]) == (200, "dispatched", None)
    assert (seen["log"][-1]["what"], seen["log"][-1]["reason"]) == ("draft_declined", "the car is round the corner")
    assert street.client(Role.HANDLER, unit="traffic-police").post("/api/cases/1/moves/accept").status_code == 200


def test_without_a_word_in_the_pack_nothing_is_drafted(street: Bench) -> None:
    """And nothing for a case that no unit has."""
    ends(street, alarm(street, SceneName.SMOKE), SceneName.SMOKE)
    lead = street.client(Role.SHIFT_LEAD)
    assert case(lead)["draft"] is None
    assert case(lead)["log"][-1]["what"] == "alarm_ended"


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (
            GONE | {"reason": "weather"},
            "rules.0.when_gone.reason: 'weather' is no reason for 'force_close'; there are gone",
        ),
        ({"move": "force_close", "text": TEXT}, "rules.0.when_gone.reason: 'force_close' needs a reason"),
        ({"move": "dispatch", "text": TEXT}, "rules.0.when_gone.move"),
        ({"move": "handle", "text": {"zh": "已消失"}}, "rules.0.when_gone.text.en"),
    ],
)
def test_a_draft_that_nobody_could_confirm_is_refused(tmp_path: Path, draft: dict[str, Any], words: str) -> None:
    """By the check and at the start, with its key."""
    path = tmp_path / "city.yaml"
    path.write_text(yaml.safe_dump(pack(illegal_parking=draft), allow_unicode=True), encoding="utf-8")
    with pytest.raises(CityError) as caught:
        load_city_pack(path)
    assert words in str(caught.value)

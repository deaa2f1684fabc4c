"""A trial of settings names the camera's alarms of the last days, and says of each what the settings make of it."""

from typing import Any
from uuid import uuid4

import pytest
from tests.hub.bench import CAMERA, EAST, GATEWAY, Bench
from tests.hub.lesson_makers import alarm, case_of, later, picture
from tests.hub.test_camera_settings import PATH, birth, report

from sharp_eyes.contract.trial import MOST_PAST, PastOutcome, TrialReport
from sharp_eyes.hub.lifecycle.roles import Role

__all__ = ["EAST"]
ASKED: dict[str, Any] = {"settings": {"tiles": 2}}


@pytest.fixture
def bench(bench: Bench) -> Bench:
    birth(bench)
    report(bench)
    return bench


def answered(bench: Bench, **outcome: Any) -> list[dict[str, Any]]:
    """What the page is told once the gateway has answered the last trial so."""
    _, command = bench.out.trials[-1]
    past = PastOutcome(**outcome)
    bench.send(
        TrialReport(trial_id=command.trial_id, camera=CAMERA, state="nothing", past=past, reported_at=bench.clock())
    )
    found: list[dict[str, Any]] = (
        bench.client(Role.ADMINISTRATOR).get(f"{PATH}/trials/{command.trial_id}").json()["past"]
    )
    return found


def test_the_last_days_alarms_are_tried_and_each_is_shown_with_its_verdict(bench: Bench) -> None:
    """Of this camera alone, with how long what was seen stood there; as old as was asked for."""
    old = alarm(bench, "false")
    bench.clock.forward(days=8)
    birth(bench)
    admin = bench.client(Role.ADMINISTRATOR)
    false, right, open_one = alarm(bench, "false"), alarm(bench, "confirmed"), alarm(bench)
    picture(bench, false)
    alarm(bench, camera="cam-9")
    bench.clock.forward(minutes=5)
    later(bench, false)
    assert admin.post(f"{PATH}/trials", json=ASKED).status_code == 202
    asked = {one.event_id: one for one in bench.out.trials[-1][1].past}
    assert set(asked) == {false, right, open_one}
    assert (asked[false].scene, asked[false].object_class, asked[false].box) == (
        "ebike_stairwell",
        "ebike",
        (0.1, 0.2, 0.3, 0.4),
    )
    assert asked[false].seconds == 8 * 60, "three minutes before the alarm, and five behind it"
    assert asked[right].seconds == 181, "what its gateway has said so far"
    seen = answered(bench, quiet=(false,), raised=(right, uuid4()), untried=(open_one,))
    told = {one["event_id"]: (one["fate"], one["verdict"], one["case_id"]) for one in seen}
    assert told == {
        str(false): ("quiet", "false", case_of(bench, false)),
        str(right): ("raised", "confirmed", case_of(bench, right)),
        str(open_one): ("untried", "unjudged", case_of(bench, open_one)),
    }
    shown = {one["event_id"]: one["picture_id"] for one in seen}
    assert shown[str(false)] is not None
    assert shown[str(right)] is None
    assert {tuple(one["box"]) for one in seen} == {(0.1, 0.2, 0.3, 0.4)}
    assert admin.get(f"/api/evidence/{shown[str(false)]}").is_success
    assert admin.post(f"{PATH}/trials", json=ASKED | {"past_days": 9}).status_code == 202
    assert old in {one.event_id for one in bench.out.trials[-1][1].past}
    assert admin.post(f"{PATH}/trials", json=ASKED | {"past_days": 0}).status_code == 202
    assert bench.out.trials[-1][1].past == ()


def test_of_very_many_alarms_the_judged_ones_are_tried(bench: Bench) -> None:
    """They are what can be learnt from, and one message holds them."""
    judged = alarm(bench, "false")
    for _ in range(MOST_PAST):
        alarm(bench)
    assert bench.client(Role.ADMINISTRATOR).post(f"{PATH}/trials", json=ASKED).status_code == 202
    past = bench.out.trials[-1][1].past
    assert len(past) == MOST_PAST
    assert past[0].event_id == judged


def test_a_gateway_that_knows_nothing_of_past_alarms_is_understood(bench: Bench) -> None:
    """One of an older version answers without them."""
    assert bench.client(Role.ADMINISTRATOR).post(f"{PATH}/trials", json=ASKED).status_code == 202
    _, command = bench.out.trials[-1]
    bench.send(TrialReport(trial_id=command.trial_id, camera=CAMERA, state="done", reported_at=bench.clock()))
    answer = bench.client(Role.ADMINISTRATOR).get(f"{PATH}/trials/{command.trial_id}").json()
    assert (answer["past"], "past" in answer["report"]) == ([], False)
    assert bench.out.trials[-1][0] == GATEWAY

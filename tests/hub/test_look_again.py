"""The camera looks again: asked after handling, its answer drafts the verdict, and may close the case."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from tests.hub.bench import JPEG, Bench, announced, answer, scene_event

from sharp_eyes.contract.command import LookAgain
from sharp_eyes.contract.event import EvidenceKind, Outcome, Phase, SceneName
from sharp_eyes.hub.intake.gateways import add_gateway
from sharp_eyes.hub.lifecycle.roles import Role


def handled(bench: Bench, scene: SceneName = SceneName.FIRE_LANE_BLOCKED) -> tuple[TestClient, LookAgain]:
    """A case whose unit says that it is done; the page of an administrator and the command that was sent."""
    bench.birth()
    event = bench.report(scene=scene)
    bench.send_file(announced(JPEG, event, bench.clock()), JPEG)
    page = bench.client(Role.ADMINISTRATOR)
    do(page, "accept")
    do(page, "handle", note="moved away")
    assert [gateway for gateway, _ in bench.out.commands] == ["gate-01"]
    return page, bench.out.commands[-1][1]


def do(page: TestClient, move: str, **body: Any) -> None:
    said = page.post(f"/api/cases/1/moves/{move}", json=body)
    assert said.status_code == 200, said.text


def case(page: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = page.get("/api/cases/1").json()
    return found


def test_the_camera_is_asked_about_the_same_place(bench: Bench) -> None:
    """The command carries the event, its camera, scene, zone and box, and expires."""
    _, command = handled(bench)
    assert (command.camera, command.scene) == ("cam-1", "fire_lane_blocked")
    assert command.zone == f"gate-{command.event_id.hex[:8]}"
    assert command.box == (0.1, 0.2, 0.3, 0.4)
    assert (command.expires_at - command.asked_at).total_seconds() == 30 * 60


@pytest.mark.parametrize(
    ("outcome", "draft"), [(Outcome.GONE, "pass"), (Outcome.HOLDS, "fail"), (Outcome.UNSURE, "unsure")]
)
def test_an_answer_drafts_the_verdict_and_a_person_decides(bench: Bench, outcome: Outcome, draft: str) -> None:
    """Where the rule does not close by itself, the case stays handled; before and after stand side by side."""
    page, command = handled(bench)
    picture = JPEG + b"after"
    after = announced(picture, command.event_id, bench.clock(), kind=EvidenceKind.AFTER)
    bench.send(answer(command, outcome, bench.clock(), evidence_id=after.evidence_id))
    seen = case(page)
    assert seen["state"] == "handled"
    assert (seen["verdict"], seen["look_again"]["draft"]) == (draft, draft)
    assert seen["look_again"]["reason"] == "said by a test"
    assert seen["look_again"]["before_id"] == seen["picture_id"]
    assert seen["look_again"]["after_id"] is None, "the picture has not arrived yet"
    bench.send_file(after, picture)
    assert case(page)["look_again"]["after_id"] == str(after.evidence_id)


def test_a_case_closes_by_itself_when_the_camera_finds_it_gone(bench: Bench) -> None:
    """Passed by the camera, closed by the rule; each says so in the log."""
    page, command = handled(bench, SceneName.ILLEGAL_PARKING)
    bench.send(answer(command, Outcome.GONE, bench.clock()))
    seen = case(page)
    assert seen["state"] == "closed"
    last = [(line["actor_kind"], line["actor"], line["what"]) for line in seen["log"][-2:]]
    assert last == [("camera", "cam-1", "passed"), ("rule", "rule", "closed")]


@pytest.mark.parametrize("outcome", [Outcome.HOLDS, Outcome.UNSURE])
def test_a_case_never_closes_by_itself_while_it_may_still_stand_there(bench: Bench, outcome: Outcome) -> None:
    """A person decides."""
    page, command = handled(bench, SceneName.ILLEGAL_PARKING)
    bench.send(answer(command, outcome, bench.clock()))
    assert case(page)["state"] == "handled"


def test_rework_by_itself_where_the_rule_says_so(bench: Bench) -> None:
    """The unit gets it back, with the camera's reason; handled again, the camera is asked again."""
    rules = tuple(rule.model_copy(update={"fail": "auto"}) for rule in bench.hub.city.rules)
    bench.hub.city = bench.hub.city.model_copy(update={"rules": rules})
    page, command = handled(bench)
    bench.send(answer(command, Outcome.HOLDS, bench.clock()))
    seen = case(page)
    assert (seen["state"], seen["unit"]) == ("dispatched", "property-management")
    assert (seen["log"][-1]["what"], seen["log"][-1]["note"]) == ("failed", "said by a test")
    do(page, "accept")
    do(page, "handle", note="now really")
    assert len(bench.out.commands) == 2


def test_the_first_answer_counts_and_is_taken_once(bench: Bench) -> None:
    """A repeated or second answer to the same command changes nothing, and is acknowledged."""
    page, command = handled(bench)
    bench.send(answer(command, Outcome.GONE, bench.clock()))
    identity = bench.send(answer(command, Outcome.HOLDS, bench.clock()))
    assert bench.out.taken.count(identity) == 2
    assert case(page)["verdict"] == "pass"


def test_an_answer_to_an_old_question_moves_nothing(bench: Bench) -> None:
    """After rework only the answer to the newest question may close the case."""
    page, first = handled(bench, SceneName.ILLEGAL_PARKING)
    do(page, "fail", reason="seen on foot")
    do(page, "accept")
    bench.clock.forward(minutes=5)
    do(page, "handle", note="again")
    second = bench.out.commands[-1][1]
    assert second.command_id != first.command_id
    bench.send(answer(first, Outcome.GONE, bench.clock()))
    assert case(page)["state"] == "handled"
    assert case(page)["verdict"] is None
    bench.send(answer(second, Outcome.GONE, bench.clock()))
    assert case(page)["state"] == "closed"


def test_an_answer_after_a_person_decided_moves_nothing(bench: Bench) -> None:
    """The log keeps what was decided."""
    page, command = handled(bench, SceneName.ILLEGAL_PARKING)
    do(page, "fail", reason="seen on foot")
    bench.send(answer(command, Outcome.GONE, bench.clock()))
    assert case(page)["state"] == "dispatched"


def test_a_silent_camera_leaves_the_verdict_unsure(bench: Bench) -> None:
    """After the time is over it says so; a late answer still counts."""
    page, command = handled(bench)
    assert case(page)["look_again"]["draft"] is None
    bench.clock.forward(minutes=31)
    seen = case(page)["look_again"]
    assert (seen["draft"], seen["answered_at"]) == ("unsure", None)
    assert "did not answer" in seen["reason"]
    bench.send(answer(command, Outcome.GONE, bench.clock()))
    assert case(page)["verdict"] == "pass"


def test_open_commands_are_sent_again_at_birth_until_they_expire(bench: Bench) -> None:
    """A gateway that lost its memory is asked again; one that has answered is not."""
    _, command = handled(bench)
    bench.birth(session="s2")
    assert [sent for _, sent in bench.out.commands] == [command, command]
    bench.clock.forward(minutes=31)
    bench.birth(session="s3")
    assert len(bench.out.commands) == 2


def test_an_answered_command_is_not_sent_again(bench: Bench) -> None:
    """Birth brings only what is open."""
    _, command = handled(bench)
    bench.send(answer(command, Outcome.UNSURE, bench.clock()))
    bench.birth(session="s2")
    assert len(bench.out.commands) == 1


def test_a_camera_has_only_so_many_questions_of_a_case_before_it(bench: Bench) -> None:
    """A flood of them reaches it three times; what is answered, or expires, makes room."""
    page, command = handled(bench)
    asked = [page.post("/api/cases/1/moves/look_again", json={}) for _ in range(20)]
    assert [answer.status_code for answer in asked] == [200] * 2 + [409] * 18
    assert asked[-1].json()["error"]["code"] == "asked_already"
    assert len(bench.out.commands) == 3
    bench.send(answer(command, Outcome.UNSURE, bench.clock()))
    do(page, "look_again")
    bench.clock.forward(minutes=31)
    do(page, "look_again")
    assert len(bench.out.commands) == 5


def test_a_person_can_ask_the_camera_too(bench: Bench) -> None:
    """The checker asks once more; the log says who asked."""
    page, _ = handled(bench)
    bench.clock.forward(minutes=1)
    do(bench.client(Role.CHECKER, name="checker"), "look_again")
    assert len(bench.out.commands) == 2
    line = case(page)["log"][-1]
    assert (line["actor"], line["what"], line["from_state"], line["to_state"]) == (
        "checker of the shift",
        "looked_again",
        "handled",
        "handled",
    )


@pytest.mark.parametrize("fault", ["unknown command", "other event", "other gateway"])
def test_an_answer_nobody_asked_for_is_refused(bench: Bench, fault: str) -> None:
    """It names a command that was never sent to this gateway, or another event."""
    page, command = handled(bench, SceneName.ILLEGAL_PARKING)
    with bench.transaction() as work:
        add_gateway(work.session, work.city, work.now, "gate-02", "demo")
    changes: dict[str, Any] = {"unknown command": {"command_id": uuid4()}, "other event": {"event_id": uuid4()}}.get(
        fault, {}
    )
    gateway = "gate-02" if fault == "other gateway" else "gate-01"
    identity = bench.send(answer(command, Outcome.GONE, bench.clock(), **changes), gateway=gateway)
    assert identity in bench.out.refused
    assert case(page)["state"] == "handled"


def test_the_mark_stays_where_the_picture_shows_it(bench: Bench) -> None:
    """The pictures are from the first message; a later one may see the object elsewhere."""
    first = scene_event(bench.clock())
    bench.send(first)
    bench.send(
        scene_event(bench.clock(), event_id=first.event_id, sequence=1, phase=Phase.UPDATED, box=(0.6, 0.6, 0.7, 0.7))
    )
    assert tuple(case(bench.client(Role.ADMINISTRATOR))["box"]) == first.box


def test_the_log_calls_people_by_their_names(bench: Bench) -> None:
    """A command centre knows its people by name, not by what they type to sign in."""
    page, _ = handled(bench)
    people = {line["actor"] for line in case(page)["log"] if line["actor_kind"] == "person"}
    assert people == {"administrator of the shift"}

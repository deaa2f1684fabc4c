"""The second look: what three looks together answer."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import numpy as np
import pytest

from sharp_eyes.contract.command import LookAgain
from sharp_eyes.contract.event import Evidence, EvidenceKind, LookAgainAnswer, Outcome, SceneName
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.look_again import LOOKS, LookAgainRequests
from sharp_eyes.edge.push.entry import Entry
from sharp_eyes.edge.scenes.base import Finding

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def command(patience: float = 60.0) -> LookAgain:
    return LookAgain(
        command_id=uuid4(),
        event_id=uuid4(),
        camera="cam",
        scene=SceneName.ILLEGAL_PARKING,
        zone="kerb",
        asked_at=NOW,
        expires_at=NOW + timedelta(seconds=patience),
    )


def frame(time: float) -> Frame:
    return Frame.of_picture("cam", time, np.full((72, 128, 3), 90, np.uint8))


def answer_in(entries: list[Entry]) -> LookAgainAnswer:
    data = entries[0].message.data
    assert isinstance(data, LookAgainAnswer)
    return data


@pytest.mark.parametrize(
    ("seen", "outcome"),
    [
        ([False, False, False], Outcome.GONE),
        ([True, True, True], Outcome.HOLDS),
        ([True, False, True], Outcome.HOLDS),
        ([False, True, False], Outcome.UNSURE),
    ],
)
def test_the_majority_of_the_looks_decides_and_a_single_sighting_leaves_doubt(
    seen: list[bool], outcome: Outcome
) -> None:
    """Only 'never seen' is gone: a case must not close over one missed detection."""
    requests = LookAgainRequests("gw")
    question = command()
    requests.ask(question)
    entries: list[Entry] = []
    for number, holds in enumerate(seen):
        assert entries == []
        entries = requests.on_frame(frame(1000.0 + number), lambda _command, holds=holds: Finding(holds))  # type: ignore[misc]
    answer = answer_in(entries)
    assert answer.outcome is outcome
    assert answer.command_id == question.command_id
    picture = entries[1].message.data
    assert isinstance(picture, Evidence)
    assert (picture.kind, picture.evidence_id) == (EvidenceKind.AFTER, answer.evidence_id)
    assert picture.event_id == question.event_id


def test_a_question_is_answered_once() -> None:
    """Further looks find nothing open, and the same command twice is one question."""
    requests = LookAgainRequests("gw")
    question = command()
    requests.ask(question)
    requests.ask(question)
    answers = [
        requests.on_frame(frame(1000.0 + number), lambda _command: Finding(holds=False)) for number in range(LOOKS + 3)
    ]
    assert [len(entries) for entries in answers] == [0] * (LOOKS - 1) + [2, 0, 0, 0]


def test_a_zone_that_is_no_more_is_an_honest_unsure() -> None:
    """The gateway's settings have changed since."""

    def no_such_zone(question: LookAgain) -> Finding:
        raise KeyError(question.zone)

    requests = LookAgainRequests("gw")
    requests.ask(command())
    answer = answer_in(requests.on_frame(frame(1000.0), no_such_zone))
    assert answer.outcome is Outcome.UNSURE
    assert "no such scene and zone" in answer.reason


def test_a_camera_that_gives_no_picture_is_unsure_when_the_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Never 'gone' because nothing could be seen."""
    now = [500.0]
    monkeypatch.setattr("sharp_eyes.edge.look_again.time.monotonic", lambda: now[0])
    requests = LookAgainRequests("gw")
    requests.ask(command(patience=30))
    now[0] += 29
    assert requests.expire() == []
    now[0] += 2
    answer = answer_in(requests.expire())
    assert answer.outcome is Outcome.UNSURE
    assert answer.evidence_id is None
    assert requests.expire() == []


def test_looks_that_cannot_be_trusted_leave_it_open_and_say_why() -> None:
    """At night 'not seen' is no proof that it is gone; one bad look among three does no harm."""
    night = Finding(False, reason="night", trusted=False)
    for findings, outcome, reason in (
        ([night, night, Finding(False)], Outcome.UNSURE, "night"),
        ([night, night, night], Outcome.UNSURE, "night"),
        ([Finding(True), night, Finding(True, reason="bare")], Outcome.HOLDS, "bare"),
        ([Finding(False), night, Finding(False)], Outcome.GONE, ""),
        ([Finding(True), night, Finding(False)], Outcome.UNSURE, "seen in 1 of 2 looks"),
    ):
        requests = LookAgainRequests("gw")
        requests.ask(command())
        entries: list[Entry] = []
        for number, finding in enumerate(findings):
            entries = requests.on_frame(frame(1000.0 + number), lambda _command, finding=finding: finding)  # type: ignore[misc]
        assert (answer_in(entries).outcome, answer_in(entries).reason) == (outcome, reason)

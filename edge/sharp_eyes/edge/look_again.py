"""Looks again at a place for the hub, after somebody has dealt with a case there."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sharp_eyes.contract.command import LookAgain
from sharp_eyes.contract.envelope import wrap
from sharp_eyes.contract.event import Evidence, EvidenceKind, LookAgainAnswer, Measure, Outcome
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.push.entry import Entry
from sharp_eyes.edge.push.evidence import picture_entry
from sharp_eyes.edge.scenes.base import Finding
from sharp_eyes.edge.scenes.event_lifecycle import moment

LOOKS = 3
"""Looks that make an answer: one missed or false detection does not decide."""

Check = Callable[[LookAgain], Finding]


@dataclass(slots=True)
class _Question:
    command: LookAgain
    patience: float
    asked: float
    findings: list[Finding] = field(default_factory=list)


class LookAgainRequests:
    """The open questions of one camera; ``ask`` comes from another thread than the looks."""

    def __init__(self, gateway: str) -> None:
        self._gateway = gateway
        self._open: dict[str, _Question] = {}
        self._lock = threading.Lock()

    def ask(self, command: LookAgain) -> None:
        """Take in a question; one that is already open is not asked twice."""
        # The hub's two times give its patience; its clock need not agree with ours.
        patience = max((command.expires_at - command.asked_at).total_seconds(), 1.0)
        with self._lock:
            self._open.setdefault(str(command.command_id), _Question(command, patience, time.monotonic()))

    @property
    def waiting(self) -> bool:
        """Whether a question is open."""
        return bool(self._open)

    def on_frame(
        self, frame: Frame, check: Check, shown: Callable[[Frame], Frame] = lambda frame: frame
    ) -> list[Entry]:
        """Use one look for every open question; returns the answers that are ready, each with its picture.

        Args:
            shown: the frame as it may leave; asked for with an answer only.
        """
        with self._lock:
            questions = list(self._open.values())
        entries: list[Entry] = []
        for question in questions:
            try:
                question.findings.append(check(question.command))
            except KeyError:
                entries += self._unsure(question, frame.time, "the camera has no such scene and zone any more")
                continue
            if len(question.findings) >= LOOKS:
                entries += self._conclude(question, shown(frame))
        return entries

    def expire(self) -> list[Entry]:
        """Answer 'unsure' where the camera gave no picture in time."""
        with self._lock:
            late = [item for item in self._open.values() if time.monotonic() - item.asked > item.patience]
        reason = "the camera gave too few pictures in time"
        return [entry for question in late for entry in self._unsure(question, time.time(), reason)]

    def _conclude(self, question: _Question, frame: Frame) -> list[Entry]:
        outcome, reason, measures = _verdict(question.findings)
        picture = picture_entry(question.command.event_id, EvidenceKind.AFTER, frame, self._gateway)
        return [self._answer(question, frame.time, outcome, reason, measures, picture), picture]

    def _unsure(self, question: _Question, observed: float, reason: str) -> list[Entry]:
        return [self._answer(question, observed, Outcome.UNSURE, reason)]

    def _answer(
        self,
        question: _Question,
        observed: float,
        outcome: Outcome,
        reason: str,
        measures: tuple[Measure, ...] = (),
        picture: Entry | None = None,
    ) -> Entry:
        with self._lock:
            self._open.pop(str(question.command.command_id), None)
        command = question.command
        evidence = picture.message.data if picture else None
        answer = LookAgainAnswer(
            command_id=command.command_id,
            event_id=command.event_id,
            camera=command.camera,
            scene=command.scene,
            zone=command.zone,
            outcome=outcome,
            reason=reason,
            observed_at=moment(observed),
            measures=measures,
            evidence_id=evidence.evidence_id if isinstance(evidence, Evidence) else None,
        )
        return Entry(wrap(self._gateway, answer))


def _verdict(findings: list[Finding]) -> tuple[Outcome, str, tuple[Measure, ...]]:
    """What the looks together say; those that cannot be trusted say nothing, and too many of them leave it open."""
    trusted = [finding for finding in findings if finding.trusted]
    if len(trusted) <= len(findings) // 2:
        latest = [finding for finding in findings if not finding.trusted][-1]
        return Outcome.UNSURE, latest.reason, latest.measures
    held = [finding for finding in trusted if finding.holds]
    if not held:
        return Outcome.GONE, "", trusted[-1].measures
    if len(held) > len(trusted) / 2:
        return Outcome.HOLDS, held[-1].reason, held[-1].measures
    return Outcome.UNSURE, f"seen in {len(held)} of {len(trusted)} looks", held[-1].measures

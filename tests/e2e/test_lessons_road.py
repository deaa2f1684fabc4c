"""From a gateway's events over people's verdicts at a hub and its export back to thresholds."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml
from rich.console import Console
from tests.e2e.killable import ROOT
from tests.edge.evaluate.events_makers import ColourDetectors, Painted, entry, film, parking, write_suite
from tests.hub.bench import JPEG, Bench, announced
from tests.hub.lesson_makers import close, void

from sharp_eyes.contract.envelope import wrap
from sharp_eyes.contract.event import SceneEvent, SceneName
from sharp_eyes.contract.topics import Channel
from sharp_eyes.edge.evaluate.events.tune_command import TuneOptions, TuningResult, tune
from sharp_eyes.edge.evaluate.events.variants import OpenedVariants, Variant
from sharp_eyes.hub.intake.gateways import add_gateway
from sharp_eyes.hub.lessons.past_alarms import Threshold, find_advice

REPLAY = "replay"
"""Gateway of events that come from recordings."""


def run(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *words], capture_output=True, text=True, check=False, cwd=ROOT, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def hub_with(folder: Path, messages: list[SceneEvent]) -> Bench:
    """A hub that has got them from the gateway of recordings, each with its picture."""
    bench = Bench(folder)
    bench.clock.time = datetime.now(UTC) - timedelta(hours=1)
    with bench.transaction() as work:
        add_gateway(work.session, work.city, work.now, REPLAY, "demo/first-street/east")
    deliver(bench, messages)
    return bench


def deliver(bench: Bench, messages: list[SceneEvent]) -> None:
    for message in messages:
        bench.post(Channel.EVENT, wrap(REPLAY, message).model_dump_json(), REPLAY)
    for event in {message.event_id for message in messages}:
        file = announced(JPEG, event, bench.clock(), part_size=len(JPEG))
        bench.send(file, REPLAY)
        bench.post(Channel.EVIDENCE, JPEG, REPLAY, evidence_id=file.evidence_id, part=0)


def test_a_false_alarm_of_a_real_clip_becomes_a_threshold(tmp_path: Path) -> None:
    """A water dispenser is called a cylinder; voided at the hub and given out, the edge's own tuning learns it."""
    suite = yaml.safe_load((ROOT / "media/suite/suite.yaml").read_text(encoding="utf-8"))
    clip = next(one for one in suite["clips"] if one["clip"] == "gas_kitchen.mp4")
    clip["camera"]["scenes"][0] |= {"score": 0.3, "verify": False}
    clip |= {"clip": str(ROOT / "media/suite/gas_kitchen.mp4"), "truth": str(ROOT / "media/suite/gas_kitchen.json")}
    loose = {"version": 1, "name": "kitchen", "clips": [clip]}
    path = tmp_path / "suite.yaml"
    path.write_text(yaml.safe_dump(loose, allow_unicode=True), encoding="utf-8")
    cache = ("--cache", str(tmp_path / "cache"))
    out = tmp_path / "events"
    run("sharp_eyes.edge", "evaluate", "events", "--suite", str(path), "--no-page", "--out", str(out), *cache)
    lines = (out / "events-1.jsonl").read_text(encoding="utf-8").splitlines()
    messages = [SceneEvent.model_validate(json.loads(line)["data"]) for line in lines]
    (dispenser,) = {message.event_id for message in messages}
    bench = hub_with(tmp_path / "hub", messages)
    void(bench, dispenser)
    bench.close()
    lessons, tuned = tmp_path / "lessons", tmp_path / "tuned.yaml"
    data = ("--data", str(tmp_path / "hub"))
    assert "1 false and 0 true alarms with 1 pictures" in run(
        "sharp_eyes.hub", "lessons", "export", str(lessons), "--since", "2020-01-01", *data
    )
    words = ("--verdicts", str(lessons), "--key", "score", "--out", str(tuned))
    said = run("sharp_eyes.edge", "tune", "--suite", str(path), *words, *cache)
    assert str(dispenser) in said
    proposed = yaml.safe_load(tuned.read_text(encoding="utf-8"))["cameras"]["gas-kitchen"]["gas_cylinder"]["score"]
    assert proposed > messages[0].score
    assert "0 confirmed and 1 false alarms" in run(
        "sharp_eyes.edge", "lessons", "data", str(lessons), "--out", str(tmp_path / "data")
    )


@pytest.fixture
def by_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that is opened finds painted things instead."""
    eyes = ColourDetectors()

    def detectors(_self: OpenedVariants, _variant: Variant) -> ColourDetectors:
        return eyes

    monkeypatch.setattr(OpenedVariants, "detectors", detectors)


def play(suite: Path, cache: Path, *values: float) -> TuningResult:
    """Try a dwell by replay."""
    wish: dict[str, Any] = {
        "suites": (suite,), "verdicts": None, "model": None, "only": (), "keys": ("dwell",), "values": values,
        "most_lost": 0, "recordings": None, "tolerance": 2.0, "runtime": "onnxruntime", "cache": cache,
    }  # fmt: skip
    return tune(TuneOptions(**wish), Console(quiet=True))


def raised(suite: Path, cache: Path) -> dict[UUID, list[SceneEvent]]:
    cases = play(suite, cache, 2).before["kerb"]
    return {case.event.first.event_id: list(case.event.messages) for case in cases if case.event is not None}


@pytest.mark.usefixtures("by_colour")
def test_what_the_hub_says_of_a_threshold_is_what_replay_gives(tmp_path: Path) -> None:
    """For every value that it tries: the events that it says are gone do not come, and all the others do."""
    film(tmp_path / "kerb.mp4", [Painted(2, 6), Painted(9, 16), Painted(20, 32), Painted(36, 41)], 45)
    suite = write_suite(tmp_path, entry("kerb.mp4", [], parking(dwell=2)))
    events = raised(suite, tmp_path / "cache")
    assert len(events) == 4
    short, middle, long, other = events
    bench = hub_with(tmp_path / "hub", [])
    for event, messages in events.items():
        deliver(bench, messages)
        (void if event in (short, other) else close)(bench, event)
    with bench.hub.read_only() as work:
        asked = Threshold(REPLAY, "kerb", SceneName.ILLEGAL_PARKING, "dwell")
        found = find_advice(work, asked, bench.clock(), bench.clock() + timedelta(days=1))
    bench.close()
    advice = found.advice
    assert (found.present, found.exact, advice.false.cases, advice.confirmed.cases) == (2, True, 2, 2)
    assert advice.proposed is not None
    assert (advice.proposed.false.cases, advice.proposed.confirmed.cases) == (2, 0)
    assert len(advice.steps) == 4
    for step in advice.steps:
        write_suite(tmp_path, entry("kerb.mp4", [], parking(dwell=step.value)))
        left = set(raised(suite, tmp_path / "cache"))
        gone = set(events) - left
        assert (len(gone & {short, other}), len(gone & {middle, long})) == (
            step.false.cases, step.confirmed.cases,
        ), step  # fmt: skip

"""Tuning: which values are tried, which one is proposed, and what verdicts of people do."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import Field
from rich.console import Console
from tests.edge.evaluate.events_makers import (
    ColourDetectors,
    Painted,
    entry,
    film,
    must,
    parking,
    perimeter,
    trap,
    write_suite,
)

from sharp_eyes.configuration import Settings
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.events.overrides import read_overrides
from sharp_eyes.edge.evaluate.events.tune_command import TuneOptions, TuningResult, tune
from sharp_eyes.edge.evaluate.events.tune_writing import write
from sharp_eyes.edge.evaluate.events.tuning import TuningTrial, candidate_values, choose, plateau
from sharp_eyes.edge.evaluate.events.variants import OpenedVariants, Variant
from sharp_eyes.edge.evaluate.events.verdicts import read_verdicts


class Numbers(Settings):
    """One of each kind."""

    dwell: float = Field(20.0, gt=0, le=60)
    share: float = Field(0.5, gt=0, lt=1)
    count: int = Field(3, ge=1, le=500)


def trial(value: float, lost: int, faults: int) -> TuningTrial:
    return TuningTrial(value, 4 - lost, lost, 0, lost, faults - lost, 0, None)


@pytest.fixture
def by_colour(monkeypatch: pytest.MonkeyPatch) -> ColourDetectors:
    """Everything that is opened finds painted things instead."""
    eyes = ColourDetectors()

    def detectors(_self: OpenedVariants, _variant: Variant) -> ColourDetectors:
        return eyes

    monkeypatch.setattr(OpenedVariants, "detectors", detectors)
    return eyes


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A car that parks for 12 s, and one that lets somebody out for 4 s."""
    folder = tmp_path_factory.mktemp("tuning")
    film(folder / "kerb.mp4", [Painted(2, 6), Painted(14, 26)], 30)
    return folder


def wish(suite: Path, cache: Path, **changes: Any) -> TuneOptions:
    usual: dict[str, Any] = {
        "suites": (suite,), "verdicts": None, "model": None, "only": (), "keys": (), "values": (), "most_lost": 0,
        "recordings": None, "tolerance": 2.0, "runtime": "onnxruntime", "cache": cache,
    }  # fmt: skip
    return TuneOptions(**{**usual, **changes})


def quiet() -> Console:
    return Console(quiet=True)


def test_values_lie_within_the_bounds_and_hold_the_present_one() -> None:
    fields = Numbers.model_fields
    dwells = candidate_values(20.0, fields["dwell"])
    assert 20.0 in dwells
    assert min(dwells) == 5.0
    assert max(dwells) == 60.0
    shares = candidate_values(0.5, fields["share"])
    assert (min(shares), max(shares), len(shares)) == (0.05, 0.95, 19)
    assert candidate_values(3, fields["count"]) == [1, 2, 3, 4, 5, 6, 7, 8, 9]


def test_fewest_faults_win_and_of_equals_the_one_that_changes_least() -> None:
    trials = [trial(2, 0, 5), trial(4, 0, 3), trial(6, 0, 1), trial(8, 0, 1), trial(10, 1, 1)]
    chosen = choose(trials, 4, most_lost=0)
    assert chosen is not None
    assert chosen.value == 6
    assert plateau(trials, chosen) == (6, 8)


def test_nothing_confirmed_is_given_up_unless_it_is_said() -> None:
    trials = [trial(4, 0, 3), trial(9, 1, 1)]
    assert choose(trials, 4, most_lost=0) is None
    given_up = choose(trials, 4, most_lost=1)
    assert given_up is not None
    assert given_up.value == 9


def test_nothing_is_proposed_where_nothing_is_better() -> None:
    assert choose([trial(2, 0, 0), trial(4, 0, 0)], 4, most_lost=0) is None


def test_a_dwell_is_proposed_that_drops_the_false_alarm(
    by_colour: ColourDetectors, folder: Path, tmp_path: Path
) -> None:
    """The stop of 4 s is a trap, the 12 s are parking: from the truth a dwell between them is proposed."""
    events = [trap(2, 6, "lets somebody out"), must(14, 26)]
    suite = write_suite(folder, entry("kerb.mp4", events, parking(dwell=2)))
    tuning = tune(wish(suite, tmp_path), quiet())
    (one,) = tuning.proposals
    assert (one.camera, one.scene, one.key, one.present) == ("kerb", "illegal_parking", "dwell", 2.0)
    assert one.chosen is not None
    assert 3 < one.chosen.value <= 4
    assert (one.chosen.lost, one.chosen.faults) == (0, 0)
    out = tmp_path / "proposed.yaml"
    said = Console(record=True, width=160, quiet=False, file=(tmp_path / "said.txt").open("w"))
    write(tuning, out, False, said)
    text = said.export_text()
    assert "dropped: kerb · illegal_parking · kerb: alarm at 4.0 s" in text
    assert "lets somebody out" in text
    assert "kept: 1 events that were right" in text
    assert read_overrides(out) == tuning.overrides
    assert by_colour.looks > 30


@pytest.mark.usefixtures("by_colour")
def test_a_proposal_that_is_used_has_no_fault_left(folder: Path, tmp_path: Path) -> None:
    events = [trap(2, 6, "lets somebody out"), must(14, 26)]
    suite = write_suite(folder, entry("kerb.mp4", events, parking(dwell=2), perimeter()))
    first = tune(wish(suite, tmp_path, only=("illegal_parking",)), quiet())
    changed = parking(dwell=first.overrides.model_dump(mode="json")["cameras"]["kerb"]["illegal_parking"]["dwell"])
    again = tune(wish(write_suite(folder, entry("kerb.mp4", events, changed)), tmp_path), quiet())
    assert again.proposals == ()
    assert [case.verdict for case in again.before["kerb"]] == ["hit"]


def ids(tuning: TuningResult) -> list[str]:
    """Ids of the clip's events, in their order."""
    return [str(case.event.first.event_id) for case in tuning.before["kerb"] if case.event]


@pytest.mark.usefixtures("by_colour")
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_verdicts_of_people_take_the_place_of_the_truth(folder: Path, tmp_path: Path, form: str) -> None:
    """The first event was judged false and the second confirmed; the same value is proposed as from the truth."""
    suite = write_suite(folder, entry("kerb.mp4", [], parking(dwell=2)))
    stop, parked = ids(tune(wish(suite, tmp_path, keys=("dwell",)), quiet()))
    path = tmp_path / f"verdicts.{form}"
    rows = {
        "csv": f"event_id,verdict,by\n{stop},false,me\n{parked},confirmed,me\nnot-there,false,me\n",
        "jsonl": f'{{"event_id":"{stop}","verdict":"false"}}\n\n{{"event_id":"{parked}","verdict":"confirmed"}}\n'
        '{"event_id":"not-there","verdict":"false"}\n',
    }
    path.write_text(rows[form], encoding="utf-8")
    tuning = tune(wish(suite, tmp_path, verdicts=path), quiet())
    (one,) = tuning.proposals
    assert one.chosen is not None
    assert 3 < one.chosen.value <= 4
    assert tuning.unknown == ("not-there",)


@pytest.mark.usefixtures("by_colour")
def test_an_event_without_a_verdict_counts_neither_way(folder: Path, tmp_path: Path) -> None:
    """Where only the parked car was judged, and rightly raised, there is nothing to propose."""
    suite = write_suite(folder, entry("kerb.mp4", [], parking(dwell=2)))
    _, parked = ids(tune(wish(suite, tmp_path, keys=("dwell",)), quiet()))
    path = tmp_path / "verdicts.csv"
    path.write_text(f"event_id,verdict\n{parked},confirmed\n", encoding="utf-8")
    tuning = tune(wish(suite, tmp_path, verdicts=path), quiet())
    assert tuning.proposals == ()
    (dwell,) = [one for one in tuning.tuned if one.key == "dwell"]
    assert {trial.false_alarms for trial in dwell.trials} == {0}


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.csv", "event_id,verdict\nx,maybe\n", "line 2: verdict is 'maybe'"),
        ("a.csv", "id,verdict\nx,false\n", "line 2: event_id is missing"),
        ("a.jsonl", "{\n", "line 1: no valid JSON"),
        ("a.jsonl", "[1]\n", "line 1: a mapping"),
        ("a.csv", "event_id,verdict\n", "holds no verdict"),
        ("a.csv", "event_id,verdict\nx,false\nx,confirmed\n", "line 3: event x was said to be false before"),
    ],
)
def test_a_wrong_verdict_is_named_by_file_and_line(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_verdicts(tmp_path / name)
    assert words in str(caught.value)
    assert name in str(caught.value)


@pytest.mark.usefixtures("by_colour")
def test_a_key_that_no_scene_has_is_named(folder: Path, tmp_path: Path) -> None:
    suite = write_suite(folder, entry("kerb.mp4", [], parking(dwell=2)))
    with pytest.raises(ConfigError, match=r"--key dwel: .* there are dwell"):
        tune(wish(suite, tmp_path, keys=("dwel",)), quiet())
    tuning = tune(wish(suite, tmp_path, keys=("dwell",), values=(3, 9)), quiet())
    assert [one.value for one in tuning.tuned[0].trials] == [2, 3, 9]

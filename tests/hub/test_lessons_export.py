"""Judged alarms with their pictures in a folder: both verdicts, resumable, for its owner alone, never beyond a term."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.hub.bench import JPEG, START, Bench
from tests.hub.lesson_makers import alarm, case_of, close, later, picture, void
from tests.hub.test_cli import run

from sharp_eyes.contract.event import EvidenceKind, SceneName
from sharp_eyes.hub.errors import StoreError
from sharp_eyes.hub.lessons import export as exporting
from sharp_eyes.hub.lessons.export import Exported, Wanted, export_lessons
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.tables import EvidenceFile

ALL = Wanted(START - timedelta(days=1))


def export(bench: Bench, folder: Path, wanted: Wanted = ALL) -> Exported:
    hub = bench.hub
    return export_lessons(hub.read_only, hub.evidence_store, hub.settings.retention, wanted, folder)


def lines(folder: Path) -> dict[str, Any]:
    text = (folder / "lessons.jsonl").read_text(encoding="utf-8")
    return {row["event_id"]: row for row in map(json.loads, text.splitlines())}


def judged(bench: Bench, verdict: str, **changes: Any) -> UUID:
    """An alarm with two pictures and a verdict."""
    event = alarm(bench, **changes)
    picture(bench, event)
    picture(bench, event, EvidenceKind.CROP, JPEG + b"crop")
    (void if verdict == "false" else close)(bench, event)
    return event


def test_both_verdicts_go_out_with_their_pictures(bench: Bench, tmp_path: Path) -> None:
    """Each with box, scene, zone, score, measures, reason; alarms that nobody judged stay."""
    bench.birth()
    false, true = judged(bench, "false", score=0.6), judged(bench, "confirmed", score=0.7)
    later(bench, false, score=0.9)
    alarm(bench)
    folder = tmp_path / "out"
    done = export(bench, folder)
    assert (done.false, done.confirmed, done.pictures, done.copied) == (1, 1, 4, 4)
    found = lines(folder)
    assert list(found) == sorted(map(str, (false, true))), "oldest first; of one moment by id"
    one = found[str(false)]
    assert (one["verdict"], one["reason"], one["scene"], one["object_class"]) == (
        "false", "false_alarm", "ebike_stairwell", "ebike",
    )  # fmt: skip
    assert (one["box"], one["score"], one["highest"]["score"]) == ([0.1, 0.2, 0.3, 0.4], 0.9, 0.9)
    assert (one["measures"][0]["name"], one["zone"][:6], one["made_case"]) == ("dwell", "lobby-", True)
    assert found[str(true)]["reason"] is None
    assert (folder / one["pictures"]["full"]["file"]).read_bytes() == JPEG
    assert set(one["pictures"]) == {"full", "crop"}
    assert "said by a test" not in (folder / "lessons.jsonl").read_text(encoding="utf-8"), "no free words of people"


def test_a_later_run_brings_the_folder_up_to_date(bench: Bench, tmp_path: Path) -> None:
    """What is there is not copied again; another verdict takes the place of the first; what is gone goes."""
    bench.birth()
    events = [judged(bench, "false") for _ in range(3)]
    folder = tmp_path / "out"
    export(bench, folder)
    judged(bench, "confirmed")
    page = bench.client(Role.SHIFT_LEAD)
    path = f"/api/cases/{case_of(bench, events[0])}/moves/reopen"
    assert page.post(path, json={"reason": "it was one"}).status_code == 200
    with bench.transaction() as work:
        for row in work.session.query(EvidenceFile).filter_by(event_id=events[1]):
            work.session.delete(row)
    done = export(bench, folder)
    assert (done.false, done.confirmed, done.copied, done.removed) == (2, 1, 2, 4)
    assert lines(folder)[str(events[1])]["pictures"] == {}
    assert len(list((folder / "pictures").iterdir())) == 4


def test_a_run_that_was_killed_goes_on(quick: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pictures that it had copied are not copied again, half a picture is not taken for a whole one."""
    monkeypatch.setattr(exporting, "_AT_ONCE", 2)
    quick.birth()
    for _ in range(5):
        judged(quick, "false")
    folder = tmp_path / "out"
    copied = iter(range(4))

    def killed(*given: Any) -> bool:
        if next(copied, None) is None:
            (folder / "pictures" / "half.jpg.new").write_bytes(b"half")
            raise KeyboardInterrupt
        return copy(*given)

    copy = exporting._copy
    monkeypatch.setattr(exporting, "_copy", killed)
    with pytest.raises(KeyboardInterrupt):
        export(quick, folder)
    assert not (folder / "lessons.jsonl").exists(), "never half a manifest"
    monkeypatch.setattr(exporting, "_copy", copy)
    done = export(quick, folder)
    assert (done.false, done.pictures, done.copied) == (5, 10, 6)
    assert len(lines(folder)) == 5
    assert not list((folder / "pictures").glob("*.new"))


def test_nothing_goes_out_beyond_its_term(quick: Bench, tmp_path: Path) -> None:
    """Not even what a legal hold keeps at the hub: that is for the court."""
    quick.birth()
    held = judged(quick, "false")
    with quick.transaction() as work:
        work.session.get_one(Case, case_of(quick, held)).legal_hold = True
    assert export(quick, tmp_path / "out").false == 1
    days = quick.hub.settings.retention.evidence_days
    by = lines(tmp_path / "out")[str(held)]["delete_by"]
    assert by == (START + timedelta(days=days)).isoformat()
    quick.clock.forward(days=days, hours=1)
    quick.hub.retention.run()
    done = export(quick, tmp_path / "out")
    assert (done.false, done.over, done.removed) == (0, 1, 2)
    assert quick.hub.evidence_store.path(evidence_key(quick, held)) is not None, "the hub still has it"


def evidence_key(bench: Bench, event: UUID) -> str:
    with bench.hub.read_only() as work:
        row = work.session.query(EvidenceFile).filter_by(event_id=event).first()
        assert row is not None
        return str(row.key)


def test_only_what_is_asked_for(quick: Bench, tmp_path: Path) -> None:
    """By scene, gateway, area and time; one folder holds one export."""
    quick.birth()
    judged(quick, "false")
    judged(quick, "false", scene=SceneName.SMOKE)
    assert export(quick, tmp_path / "smoke", Wanted(ALL.since, ("smoke",))).false == 1
    assert export(quick, tmp_path / "none", Wanted(ALL.since, gateways=("other",))).false == 0
    assert export(quick, tmp_path / "north", Wanted(ALL.since, area="demo/second-street")).false == 0
    assert export(quick, tmp_path / "first", Wanted(ALL.since, area="demo/first-street")).false == 2
    assert export(quick, tmp_path / "later", Wanted(START + timedelta(days=1))).false == 0
    with pytest.raises(StoreError, match="other alarms"):
        export(quick, tmp_path / "smoke")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "diary.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError, match="holds something already"):
        export(quick, tmp_path / "mine")


def test_a_picture_that_is_not_what_was_received_stays(quick: Bench, tmp_path: Path) -> None:
    """Its alarm goes out without it."""
    quick.birth()
    event = judged(quick, "false")
    path = quick.hub.evidence_store.path(evidence_key(quick, event))
    assert path is not None
    path.write_bytes(path.read_bytes()[::-1])
    done = export(quick, tmp_path / "out")
    assert (done.pictures, done.damaged) == (1, 1)
    assert len(lines(tmp_path / "out")[str(event)]["pictures"]) == 1


def test_on_the_command_line(tmp_path: Path) -> None:
    """For its owner alone, and written down; counts, advice and roll-out beside it."""
    bench = Bench(tmp_path / "data")
    bench.clock.time = datetime.now(UTC) - timedelta(hours=1)
    bench.birth()
    judged(bench, "false", zone="lobby", score=0.6)
    judged(bench, "confirmed", zone="lobby", score=0.8)
    bench.close()
    data = ("--data", str(tmp_path / "data"))
    done = run("lessons", "export", str(tmp_path / "out"), "--since", "2020-01-01", *data)
    assert done.exit_code == 0, done.output
    assert "1 false and 1 true alarms with 4 pictures" in done.output
    for path in (tmp_path / "out", *(tmp_path / "out").rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path
    assert run("lessons", "export", str(tmp_path / "x"), "--since", "yesterday", *data).exit_code == 1
    assert run("lessons", "export", str(tmp_path / "x"), "--since", "2020-01-01", "--area", "no", *data).exit_code == 1
    listed = run("lessons", "list", *data).output
    place = "gate-01/cam-1/ebike_stairwell/lobby"
    assert f"{place}: 2 alarms, 1 false (cases: false_alarm 1), 1 true, 0 not judged" in listed
    said = run("lessons", "advice", "gate-01", "cam-1", "ebike_stairwell", *data).output
    assert "1 false (1 cases), 1 true (1 cases)" in said
    assert "proposed" in said
    refused = run("lessons", "set", "gate-01", "cam-1", "ebike_stairwell", "score", "0.61", "--why", "x", *data)
    assert refused.exit_code == 1
    assert "has not reported the settings" in str(refused.exception)
    written = json.loads(run("audit", "--action", "exported", *data).output.splitlines()[0])
    assert (written["subject"], written["detail"]["false"], written["detail"]["pictures"]) == ("lessons", 1, 4)

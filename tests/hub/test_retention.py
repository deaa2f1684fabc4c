"""What is deleted when its term has ended, what never is, and that each deletion is written down."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, event, func, select, text, update
from sqlalchemy.exc import DatabaseError
from tests.e2e.killable import ROOT
from tests.hub.bench import JPEG, Bench, announced, health

from sharp_eyes.configuration.believed_clock import BelievedClock
from sharp_eyes.contract.event import SceneName
from sharp_eyes.contract.status import CameraState
from sharp_eyes.hub.cases.record import write_line
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind
from sharp_eyes.hub.lifecycle.entries import Payload
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.retention.deletion import named_keys
from sharp_eyes.hub.settings import HubSettings, RetentionSettings
from sharp_eyes.hub.store.base import Base
from sharp_eyes.hub.store.case_tables import Case, CaseLog
from sharp_eyes.hub.store.tables import CameraChange, Deletion, EvidenceFile, ReceivedMessage
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

SETTINGS = RetentionSettings.model_validate(
    {
        "evidence_days": 30,
        "case_days": 100,
        "received_days": 200,
        "camera_change_days": 200,
        "terms": [{"scene": "smoke", "evidence_days": 60}, {"grade": "major", "case_days": 400}],
    }
)


@pytest.fixture
def kept(tmp_path: Path, database_url: str) -> Iterator[Bench]:
    made = Bench(tmp_path / "data", database_url, retention=SETTINGS)
    yield made
    made.close()


def ended(bench: Bench, state: str = "closed", **changes: Any) -> int:
    """A case with a file that has ended now; gives its id."""
    event = bench.report(**changes)
    bench.send_file(announced(JPEG, event, bench.clock()), JPEG)
    with bench.transaction() as work:
        case = work.session.scalars(select(Case).where(Case.event_id == event)).one()
        ends: dict[str, Payload] = {"closed": line.ForceClosed(reason="over"), "rejected": line.Rejected()}
        if state in ends:
            write_line(work, case, Actor(ActorKind.PERSON, "lead"), ends[state])
        return case.id


def there(bench: Bench, case: int) -> tuple[bool, int]:
    """Whether the case is there, and how many files of it are, in the table and on the disk alike."""
    with bench.hub.read_only() as work:
        row = work.session.get(Case, case)
        files = work.session.scalars(
            select(EvidenceFile).join(Case, Case.event_id == EvidenceFile.event_id).where(Case.id == case)
        ).all()
    assert all(bench.hub.evidence_store.path(file.key) for file in files)
    return row is not None, len(files)


def run(bench: Bench, days: int) -> None:
    bench.clock.forward(days=days)
    bench.hub.retention.run()


def on_disk(bench: Bench) -> int:
    return sum(1 for path in (bench.hub.settings.data / "evidence").rglob("*") if path.is_file())


def test_terms_by_scene_and_grade(kept: Bench) -> None:
    """Evidence goes first, the case with its log later; the line that fits first counts; open cases keep all."""
    parking, smoke = ended(kept), ended(kept, scene=SceneName.SMOKE, state="rejected")
    major, still_open = ended(kept, grade="major"), ended(kept, state="accepted")
    run(kept, 29)
    assert [there(kept, case) for case in (parking, smoke, major, still_open)] == [(True, 1)] * 4
    run(kept, 2)
    assert [there(kept, case) for case in (parking, smoke, major, still_open)] == [
        (True, 0),
        (True, 1),
        (True, 0),
        (True, 1),
    ]
    run(kept, 70)
    assert [there(kept, case)[0] for case in (parking, smoke, major, still_open)] == [False, False, True, True]
    assert there(kept, still_open) == (True, 1)
    assert on_disk(kept) == 1


def test_every_deletion_is_written_down_and_stays(kept: Bench) -> None:
    """Which case, how many files and bytes, and why; nobody can change or delete the line."""
    case = ended(kept)
    with kept.hub.read_only() as work:
        number = work.session.get_one(Case, case).number
    run(kept, 101)
    with kept.hub.read_only() as work:
        rows = work.session.scalars(select(Deletion).order_by(Deletion.id)).all()
    assert [(row.kind, row.reference, row.count, row.bytes) for row in rows] == [
        ("evidence", number, 1, len(JPEG)),
        ("case", number, 1, 0),
    ]
    assert "100 days" in rows[1].reason
    for statement in (update(Deletion).values(reason="x"), delete(Deletion)):
        with pytest.raises(DatabaseError, match="append-only"), kept.transaction() as work:
            work.session.execute(statement)


def test_a_log_goes_only_with_a_case_whose_deletion_is_written_down(kept: Bench) -> None:
    """The database still refuses everything else."""
    ended(kept)
    for statement in (update(CaseLog).values(actor="x"), delete(CaseLog)):
        with pytest.raises(DatabaseError, match="append-only"), kept.transaction() as work:
            work.session.execute(statement)


def test_legal_hold_keeps_everything(kept: Bench) -> None:
    """Set with a reason by a shift lead, it stands in the log; once it is ended the term counts from the case's end."""
    case = ended(kept)
    lead = kept.client(Role.SHIFT_LEAD)
    assert lead.post(f"/api/cases/{case}/hold", json={"held": True, "reason": " "}).status_code == 422
    said = kept.client(Role.CHECKER).post(f"/api/cases/{case}/hold", json={"held": True, "reason": "x"})
    assert said.status_code == 403
    outside = kept.client(Role.SHIFT_LEAD, area="demo/second-street")
    assert outside.post(f"/api/cases/{case}/hold", json={"held": True, "reason": "x"}).status_code == 404
    held = lead.post(f"/api/cases/{case}/hold", json={"held": True, "reason": "court file 12"}).json()
    assert held["legal_hold"] is True
    assert (held["log"][-1]["what"], held["log"][-1]["note"]) == ("hold_set", "court file 12")
    run(kept, 1000)
    assert there(kept, case) == (True, 1)
    lead = kept.client(Role.SHIFT_LEAD)
    lead.post(f"/api/cases/{case}/hold", json={"held": False, "reason": "judgement is final"})
    run(kept, 0)
    assert there(kept, case) == (False, 0)


def test_a_hold_holds_where_the_alarms_go(kept: Bench) -> None:
    """Into the case that took them over, whichever was held first, and into one that is split off."""
    lead, whole, held = kept.client(Role.SHIFT_LEAD), ended(kept, state="open"), ended(kept, state="open")
    number = lead.get(f"/api/cases/{whole}").json()["number"]
    merged = lead.post(f"/api/cases/{held}/moves/merge", json={"case": number, "reason": "same"})
    assert merged.status_code == 200, merged.text
    assert lead.post(f"/api/cases/{held}/hold", json={"held": True, "reason": "court file 12"}).status_code == 200
    with kept.transaction() as work:
        over = line.ForceClosed(reason="over")
        write_line(work, work.session.get_one(Case, whole), Actor(ActorKind.PERSON, "lead"), over)
    run(kept, 300)
    assert there(kept, whole) == (True, 1)
    assert there(kept, held) == (True, 1)
    lead = kept.client(Role.SHIFT_LEAD)
    assert lead.post(f"/api/cases/{held}/hold", json={"held": False, "reason": "done"}).status_code == 200
    kept.hub.retention.run()
    assert (there(kept, whole), there(kept, held), on_disk(kept)) == ((False, 0), (False, 0), 0)
    first = ended(kept, state="open", zone="lane")
    joined = kept.report(zone="lane")
    lead.post(f"/api/cases/{first}/hold", json={"held": True, "reason": "court file 13"})
    split = lead.post(f"/api/cases/{first}/moves/split", json={"alarms": [str(joined)], "reason": "other"})
    assert split.status_code == 200, split.text
    with kept.hub.read_only() as work:
        assert all(work.session.scalars(select(Case.legal_hold)))


def test_a_file_goes_also_where_the_hub_was_killed_in_between(kept: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its row is gone and the file not yet, or its store was away: the next pass removes it; a shared one stays."""
    ended(kept)
    kept.clock.forward(days=101)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):

        def killed(*_: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(kept.hub.evidence_store, "remove", killed)
        kept.hub.retention.run()
    assert on_disk(kept) == 1
    kept.hub.retention.run()
    assert on_disk(kept) == 0


def test_what_is_held_is_listed_with_its_reason(kept: Bench) -> None:
    """By pages, of one's area, with who set the last hold, when and why; a hold that was ended is not there."""
    cases = [ended(kept) for _ in range(5)]
    lead = kept.client(Role.SHIFT_LEAD, name="lead")
    for number, case in enumerate(cases):
        lead.post(f"/api/cases/{case}/hold", json={"held": True, "reason": f"file {number}"})
    for held, reason in ((False, "over"), (True, "opened again")):
        kept.clock.forward(minutes=1)
        lead.post(f"/api/cases/{cases[3]}/hold", json={"held": held, "reason": reason})
    lead.post(f"/api/cases/{cases[1]}/hold", json={"held": False, "reason": "over"})
    first = lead.get("/api/holds?limit=3").json()
    rest = lead.get(f"/api/holds?limit=3&before={first['next']}").json()
    assert rest["next"] is None
    assert [(row["case"]["id"], row["reason"]) for row in first["items"] + rest["items"]] == [
        (cases[4], "file 4"),
        (cases[3], "opened again"),
        (cases[2], "file 2"),
        (cases[0], "file 0"),
    ]
    assert (first["items"][0]["by"], first["items"][1]["since"][:16]) == ("shift_lead of the shift", "2026-03-01T08:02")
    assert kept.client(Role.SHIFT_LEAD, area="demo/second-street").get("/api/holds").json()["items"] == []


IN_THE_GUIDE = {
    "case, its log": "case_file case_text assignment case_clock case_milestone case_timer alarm case_log saved_clip"
    " answered_request look_again report duplicate_offer whistle_list_case case_counter",
    "evidence of a case": "evidence_file removed_file",
    "cameras' changes of state": "camera_change",
    "name, telephone number and mail address of whoever reported": "reporter_contact",
    "name and telephone number of whom to call at inspected premises": "premises_contact",
    "an inspection": "inspection inspection_item",
    "names and telephone numbers of households": "household_contact",
    "where people on duty are": "duty_position",
    "what people were told": "notice delivery delivery_target",
    "ids of received messages": "received",
    "sessions of people": "sign_in provider_attempt",
    "audit trail": "audit",
    "wrong passwords": "sign_in_attempt",
    "lines that wait for a webhook": "webhook_line",
    "changes that a page may have missed": "change desk_stay desk_claim",
    "invitations of gateways": "gateway_invitation",
    "accounts, API tokens": "account recovery_code provider_identity contact api_token webhook gateway camera"
    " camera_settings settings_change duty_shift deputy handover snooze whistle_list sponsor place premises household"
    " device device_platform city_version area_stay calendar installation",
    "sums of days": "daily_figure stale_figure figure_progress",
    "what was deleted": "deletion",
}
"""What the guide's row begins with, and the tables it is about."""


def test_every_table_has_its_row_in_the_guide() -> None:
    """Who adds a table says for how long its rows are kept."""
    guide = (ROOT / "docs/retention.md").read_text(encoding="utf-8")
    rows = [row.removeprefix("| ") for row in guide.splitlines() if row.startswith("| ")]
    assert [begin for begin in IN_THE_GUIDE if not any(row.startswith(begin) for row in rows)] == []
    assert sorted(" ".join(IN_THE_GUIDE.values()).split()) == sorted(Base.metadata.tables)


def test_terms_of_keeping_are_told(kept: Bench) -> None:
    """As the settings say, every one of them, with the terms of single scenes and grades."""
    told = kept.client(Role.SHIFT_LEAD).get("/api/retention").json()
    assert kept.hub.settings.retention.model_dump(exclude={"terms"}).items() <= told.items()
    assert (told["evidence_days"], told["case_days"], told["audit_days"]) == (30, 100, 365)
    assert told["special"] == [
        {"scene": "smoke", "grade": None, "evidence_days": 60, "case_days": None},
        {"scene": None, "grade": "major", "evidence_days": None, "case_days": 400},
    ]


def test_evidence_of_events_that_never_come_is_deleted(kept: Bench) -> None:
    """After three days, as the settings come; evidence of an event that is there stays, with equal bytes too."""
    case = ended(kept)
    for more in range(3):
        content = JPEG + bytes(more)
        kept.send_file(announced(content, uuid4(), kept.clock()), content)
    assert on_disk(kept) == 3, "the first has the bytes of the case's own"
    run(kept, 4)
    assert on_disk(kept) == 1
    assert there(kept, case) == (True, 1)
    with kept.hub.read_only() as work:
        assert work.session.scalar(select(func.count()).where(Deletion.kind == "orphan")) == 3


def test_what_only_serves_the_line_is_deleted_in_bulk(kept: Bench) -> None:
    """Ids of received messages and cameras' changes of state: one line with the number."""
    kept.birth()
    kept.send(health("cam-1", CameraState.ONLINE, kept.clock()))
    ended(kept, state="accepted")
    run(kept, 232)  # PostgreSQL gives up whole months
    with kept.hub.read_only() as work:
        for table in (ReceivedMessage, CameraChange):
            assert work.session.scalar(select(func.count()).select_from(table)) == 0
        rows = {row.kind: row.count for row in work.session.scalars(select(Deletion))}
    assert rows == {"received": 3, "camera_change": 1}


def test_postgresql_gives_up_months_as_a_whole(kept: Bench) -> None:
    """No row of theirs is deleted: a partition is detached and dropped; SQLite deletes in portions."""
    kept.birth()
    ended(kept)
    sent: list[str] = []
    engine = kept.hub.database._engine
    event.listen(engine, "before_cursor_execute", lambda *heard: sent.append(heard[2]))
    run(kept, 40)
    ended(kept)
    run(kept, 195)
    about = [one for one in sent if "received" in one and one.startswith(("ALTER", "DROP", "DELETE"))]
    if not kept.hub.database.is_postgresql:
        assert all(one.startswith("DELETE") for one in about)
    else:
        gone = ["ALTER TABLE received DETACH PARTITION received_2026_03", "DROP TABLE received_2026_03"]
        assert [one for one in about if not one.startswith("DELETE")] == gone
        assert {one.split()[2] for one in about if one.startswith("DELETE")} <= {
            "received_other",
            "camera_change_other",
        }
    with kept.hub.read_only() as work:
        left = work.session.scalars(select(ReceivedMessage.received_at)).all()
        assert {moment.month for moment in left} == {4}, "what is younger than its term stays"


def test_disk_use_is_shown_to_administrators_of_the_city(kept: Bench) -> None:
    """What lies where, what was deleted last; to nobody else."""
    ended(kept)
    run(kept, 31)
    ended(kept)
    use = kept.client(Role.ADMINISTRATOR).get("/api/storage").json()
    assert (use["evidence"], use["files"]) == (len(JPEG), 1)
    assert use["free"] > 0
    assert [row["kind"] for row in use["deleted"]] == ["evidence"]
    assert kept.client(Role.ADMINISTRATOR, area="demo/first-street").get("/api/storage").status_code == 403
    assert kept.client(Role.SHIFT_LEAD).get("/api/storage").status_code == 403


@pytest.mark.parametrize("term", [{"scene": "parking"}, {"grade": "grave"}, {"evidence_days": 0}])
def test_a_term_that_fits_nothing_is_refused_by_name(term: dict[str, object]) -> None:
    """Otherwise a misspelt scene would silently keep its evidence for another time."""
    with pytest.raises(ValueError, match=r"scene|grade|evidence_days"):
        HubSettings.model_validate({"retention": {"terms": [term]}})


def test_a_case_that_cannot_be_deleted_keeps_no_other_back(kept: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Something refers to the first one; the log names it, the second goes."""
    first, second = ended(kept), ended(kept)
    with kept.transaction() as work:
        work.session.execute(text("CREATE TABLE held (case_id INTEGER REFERENCES case_file (id))"))
        work.session.execute(text(f"INSERT INTO held VALUES ({first})"))
    run(kept, 400)
    assert there(kept, first)[0]
    assert not there(kept, second)[0]
    assert f"case {first} has reached its term and cannot be deleted" in caplog.text


def test_a_pass_locks_only_cases_of_which_something_is_over(kept: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred thousand closed cases that are kept without evidence must not be locked one by one every hour."""
    case = ended(kept)
    taken: list[int] = []
    take = kept.hub.retention._take_case

    def noted(work: UnitOfWork, case_id: int) -> tuple[str | None, list[str]]:
        taken.append(case_id)
        return take(work, case_id)

    monkeypatch.setattr(kept.hub.retention, "_take_case", noted)
    run(kept, 31)
    assert there(kept, case) == (True, 0)
    run(kept, 1)
    assert taken == [case]


def test_a_pass_ends_between_two_cases(kept: Bench) -> None:
    """A hub that is stopped does not wait for all of them."""
    cases = [ended(kept), ended(kept)]
    kept.clock.forward(days=400)
    answers = iter((False, True))
    kept.hub.retention.run(lambda: next(answers))
    assert [there(kept, case)[0] for case in cases] == [False, True]


def test_a_clock_that_is_far_ahead_deletes_nothing(kept: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Also not after a restart, nor by and by; what a clock set right finds is all there."""
    case = ended(kept)
    kept.hub._delete()
    kept.clock.set_by(days=3650)
    kept.hub._delete()
    again = BelievedClock(kept.hub.settings.data / "believed-time", kept.clock, kept.clock.monotonic)
    kept.clock.forward(hours=20)
    assert not again.is_believed()
    kept.hub._delete()
    assert there(kept, case) == (True, 1)
    assert "look at the clock" in caplog.text
    kept.clock.set_back(days=3650)
    kept.clock.forward(days=1)
    kept.hub._delete()
    assert there(kept, case) == (True, 1)


def test_a_file_that_many_rows_name_is_asked_for_once(quick: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a hub's memory grows with the rows of a picture that came very often."""
    quick.birth()
    for _ in range(3):
        quick.send_file(announced(JPEG, quick.report(), quick.clock()), JPEG)
    fetched: list[Any] = []
    with quick.hub.read_only() as work:
        keys = list(work.session.scalars(select(EvidenceFile.key)))
        ask = work.session.scalars

        def counted(query: Any) -> list[Any]:
            rows = list(ask(query))
            fetched.extend(rows)
            return rows

        monkeypatch.setattr(work.session, "scalars", counted)
        assert len(keys) == 3
        assert named_keys(work, keys) == set(keys)
    assert fetched.count(keys[0]) == 1

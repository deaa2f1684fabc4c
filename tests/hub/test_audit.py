"""The audit trail: who did and saw what; it only grows, its role reads it, and the retention rule shortens it."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError, OperationalError
from tests.hub.bench import EAST, GATEWAY, JPEG, PASSWORD, Bench, announced
from tests.hub.test_cli import run

from sharp_eyes.contract.topics import Channel
from sharp_eyes.hub import audit
from sharp_eyes.hub.api import audit_routes
from sharp_eyes.hub.audit import Action, Origin, Sightings
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.tables import AuditEntry

WEST = "demo/first-street/west"


def lines(page: TestClient, **only: Any) -> list[dict[str, Any]]:
    """The trail, oldest first, without the readers' own lines."""
    items = page.get("/api/audit", params=only).json()["items"]
    return [line for line in reversed(items) if line["action"] != "audit_seen"]


def told(page: TestClient, **only: Any) -> list[tuple[str, str, str]]:
    return [(line["action"], line["actor"], line["subject"]) for line in lines(page, **only)]


def test_signing_in_failing_and_out_is_written_down(bench: Bench) -> None:
    """With the address; what was typed as name or password is nowhere."""
    admin = bench.client(Role.ADMINISTRATOR, name="admin")
    bench.client(Role.CLERK, name="clerk")
    page = bench.stranger("10.0.0.7")
    page.post("/api/session", json={"username": "MySecretPassw0rd!", "password": "x"})
    page.post("/api/session", json={"username": "clerk", "password": "AnotherSecret9"})
    page.post("/api/session", json={"username": "clerk", "password": PASSWORD})
    page.delete("/api/session")
    assert told(admin) == [
        ("sign_in_failed", "unknown name", "unknown name"),
        ("sign_in_failed", "clerk", "clerk"),
        ("sign_in", "clerk", "clerk"),
        ("sign_out", "clerk", "clerk"),
    ]
    assert {line["address"] for line in lines(admin)} == {"10.0.0.7"}
    everything = admin.get("/api/audit").text.lower()
    assert "mysecretpassw0rd" not in everything
    assert "anothersecret9" not in everything


def test_who_looked_at_pictures_is_written_down_once(bench: Bench) -> None:
    """Evidence with its case, and a camera's live picture; the next look within ten minutes is the same look."""
    admin = bench.client(Role.ADMINISTRATOR, name="admin")
    clerk = bench.client(Role.CLERK, name="clerk", area=EAST)
    bench.birth()
    event = bench.report()
    file = announced(JPEG, event, bench.clock())
    bench.send_file(file, JPEG)
    bench.post(Channel.SNAPSHOT, JPEG, camera="cam-1")
    number = clerk.get("/api/cases").json()["items"][0]["number"]
    for _ in range(3):
        assert clerk.get(f"/api/evidence/{file.evidence_id}").status_code == 200
        assert clerk.get(f"/api/cameras/{GATEWAY}/cam-1/snapshot").status_code == 200
    assert bench.client(Role.CLERK, area=WEST).get(f"/api/evidence/{file.evidence_id}").status_code == 404
    seen = [
        ("evidence_seen", "clerk", f"{number} full {file.evidence_id}"),
        ("snapshot_seen", "clerk", "gate-01/cam-1"),
    ]
    assert told(admin) == seen
    bench.clock.forward(minutes=11)
    clerk.get(f"/api/cameras/{GATEWAY}/cam-1/snapshot")
    assert told(admin) == [*seen, seen[1]]


def test_nobody_sees_a_picture_whose_line_could_not_be_written(quick: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The look that failed with the database counts for nothing: the next one is written down."""
    admin = quick.client(Role.ADMINISTRATOR, name="admin")
    clerk = quick.client(Role.CLERK, name="clerk")
    quick.birth()
    quick.post(Channel.SNAPSHOT, JPEG, camera="cam-1")
    picture = f"/api/cameras/{GATEWAY}/cam-1/snapshot"
    with monkeypatch.context() as locked:
        locked.setattr(audit, "record", Mock(side_effect=OperationalError("insert", {}, Exception("is locked"))))
        assert clerk.get(picture).status_code == 503
    assert clerk.get(picture).status_code == 200
    assert told(admin) == [("snapshot_seen", "clerk", "gate-01/cam-1")]


def test_whatever_is_taken_away_as_a_file_is_written_down(quick: Bench) -> None:
    """Every address of the interface that gives a file to keep, whatever is in it, and however often."""
    admin = quick.client(Role.ADMINISTRATOR, name="admin")
    quick.report()
    case = admin.get("/api/cases").json()["items"][0]
    files = []
    for path, ways in quick.app.openapi()["paths"].items():
        asked = path.replace("{case_id}", str(case["id"]))
        if "get" not in ways or "{" in asked or asked == "/api/stream":
            continue
        query = {"format": "onvif"} if path.endswith("/export") and "cases" in path else {}
        if admin.get(asked, params=query).headers.get("content-disposition", "").startswith("attachment"):
            files.append(path)
            count = len(lines(admin, action="exported"))
            admin.get(asked, params=query)
            assert len(lines(admin, action="exported")) == count + 1, path
    assert {"/api/figures/cases.csv", "/api/figures/table.csv", "/api/places/export"} <= set(files)
    assert len(lines(admin, action="exported")) == 2 * len(files)


def test_what_one_does_with_ones_account_is_written_down(bench: Bench) -> None:
    """Password and sessions; a wrong password too, which somebody at another's screen may be guessing."""
    admin = bench.client(Role.ADMINISTRATOR, name="admin")
    page = bench.client(Role.CLERK, name="clerk")
    guess = {"current": "AnotherSecret9", "new": "quite another long phrase"}
    assert page.post("/api/account/password", json=guess).status_code == 403
    page.post("/api/account/password", json={"current": PASSWORD, "new": "quite another long phrase"})
    page.delete("/api/account/sessions")
    assert [what for what, _, _ in told(admin)] == ["password_refused", "password_changed", "sign_out_everywhere"]
    assert "anothersecret9" not in admin.get("/api/audit").text.lower()


def test_every_administrative_command_is_written_down(tmp_path: Path) -> None:
    """With the name of whoever ran it on this machine, and no password."""
    data, backup = ("--data", str(tmp_path / "hub")), tmp_path / "hub.tar"
    word = "quite a long phrase\n"
    assert run("user", "add", "lead", "--role", "shift_lead", "--password-stdin", *data, stdin=word).exit_code == 0
    assert run("user", "password", "lead", "--password-stdin", *data, stdin="another " + word).exit_code == 0
    assert run("user", "disable", "lead", *data).exit_code == 0
    assert run("user", "disable", "lead", "--enable", *data).exit_code == 0
    assert run("user", "reset-second-factor", "lead", *data).exit_code == 0
    assert run("user", "change", "lead", "--area", "demo/first-street", *data).exit_code == 0
    secret = run("gateway", "add", "gate-01", *data).stdout.strip()
    assert run("gateway", "password", "gate-01", *data).exit_code == 0
    assert run("broker-files", str(tmp_path / "mosquitto"), *data).exit_code == 0
    assert run("gateway", "remove", "gate-01", *data).exit_code == 0
    assert run("backup", str(backup), *data).exit_code == 0
    assert run("unnamed", *data).exit_code == 0
    assert run("unnamed", "--remove", *data).exit_code == 0
    assert run("figures", *data).exit_code == 0
    trail = run("audit", *data).stdout
    actions = [line.partition('"action": "')[2].partition('"')[0] for line in trail.splitlines()]
    assert list(reversed(actions)) == [
        "account_added",
        "password_changed",
        "account_disabled",
        "account_enabled",
        "second_factor_off",
        "account_changed",
        "gateway_added",
        "gateway_password_renewed",
        "broker_files_written",
        "gateway_removed",
        "backup_written",
        "files_removed",
        "figures_remade",
    ]
    assert trail.count('"actor": "command line (') == 13
    assert "long phrase" not in trail
    assert secret not in trail
    restored = ("--data", str(tmp_path / "restored"))
    assert run("restore", str(backup), *restored).exit_code == 0
    assert '"action": "backup_restored"' in run("audit", *restored).stdout


def test_a_legal_hold_is_written_down_once(bench: Bench) -> None:
    """Beside the case's own log; to say it again changes nothing."""
    admin = bench.client(Role.ADMINISTRATOR, name="admin")
    lead = bench.client(Role.SHIFT_LEAD, name="lead")
    bench.report()
    case = lead.get("/api/cases").json()["items"][0]
    for held in (True, True, False):
        said = lead.post(f"/api/cases/{case['id']}/hold", json={"held": held, "reason": "court file 12"})
        assert said.status_code == 200, said.text
    assert told(admin) == [("legal_hold_set", "lead", case["number"]), ("legal_hold_ended", "lead", case["number"])]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_read_it(quick: Bench, role: Role) -> None:
    """Everybody else is refused; a reader stands in it too."""
    answer = quick.client(role, unit="traffic-police" if role is Role.HANDLER else None).get("/api/audit")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_allowed")
    admin = quick.client(Role.ADMINISTRATOR, name="admin")
    admin.get("/api/audit")
    assert admin.get("/api/audit").json()["items"][0]["action"] == "audit_seen"


def test_an_administrator_reads_their_own_area(bench: Bench) -> None:
    """And the areas below, by pages, of one kind or one person."""
    with bench.transaction() as work:
        for number in range(5):
            for area in (EAST, WEST):
                origin = Origin(f"clerk-{number}", "10.0.0.1")
                audit.record(work.session, work.now, origin, Action.EXPORTED, area=area, subject=area)
    east = bench.client(Role.ADMINISTRATOR, area=EAST)
    assert {line["subject"] for line in lines(east)} == {EAST}
    page = east.get("/api/audit", params={"limit": 3, "action": "exported"}).json()
    older = east.get("/api/audit", params={"limit": 3, "action": "exported", "before": page["next"]}).json()
    assert [line["actor"] for line in page["items"] + older["items"]] == [f"clerk-{n}" for n in (4, 3, 2, 1, 0)]
    assert older["next"] is None
    assert len(lines(east, actor="clerk-2")) == 1


def exported(page: TestClient, **only: Any) -> list[dict[str, str]]:
    answer = page.post("/api/audit/export", params=only)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert re.search(r'attachment; filename="audit-[0-9TZ]+\.csv"', answer.headers["content-disposition"])
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_trail_is_filtered_by_time(bench: Bench) -> None:
    """From a moment on, up to another; a moment without a zone is refused."""
    admin = bench.client(Role.ADMINISTRATOR, name="admin")
    start = bench.clock()
    for number in range(4):
        with bench.transaction() as work:
            audit.record(work.session, work.now, audit.SYSTEM, Action.BACKUP_WRITTEN, area="demo", subject=f"{number}")
        bench.clock.forward(hours=1)
    one, three = start + timedelta(hours=1), start + timedelta(hours=3)
    found = lines(admin, since=one.isoformat(), until=three.isoformat())
    assert [line["subject"] for line in found] == ["1", "2"]
    assert [row["subject"] for row in exported(admin, since=one.isoformat(), action="backup_written")] == [
        "3",
        "2",
        "1",
    ]
    for moment in ("2026-03-01T08:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "soon"):
        assert admin.get("/api/audit", params={"since": moment}).status_code == 422, moment


def test_an_export_is_itself_a_line(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many lines and which; the file holds the asker's area as it was, and every page of it, once."""
    monkeypatch.setattr(audit_routes, "_AT_ONCE", 3)
    with bench.transaction() as work:
        for number in range(7):
            for area in (EAST, WEST):
                origin = Origin("clerk", "10.0.0.1")
                action = Action.EVIDENCE_SEEN
                audit.record(work.session, work.now, origin, action, area=area, subject=f"{area} {number}", n=number)
    east = bench.client(Role.ADMINISTRATOR, area=EAST, name="east")
    rows = exported(east, actor="clerk")
    assert [row["subject"] for row in rows] == [f"{EAST} {number}" for number in (6, 5, 4, 3, 2, 1, 0)]
    assert (rows[0]["actor"], rows[0]["address"], rows[0]["detail"]) == ("clerk", "10.0.0.1", '{"n": 6}')
    (line,) = lines(east, action="exported")
    assert (line["actor"], line["area"], line["detail"]) == ("east", EAST, {"lines": 7, "only": {"actor": "clerk"}})
    assert exported(east, actor="MySecretPassw0rd!") == []
    assert "MySecretPassw0rd" not in east.get("/api/audit").text
    assert bench.client(Role.SHIFT_LEAD, area=EAST).post("/api/audit/export").status_code == 403
    del east.headers["X-Requested-With"]
    assert east.post("/api/audit/export").status_code == 403
    assert len(lines(east, action="exported")) == 2


@pytest.mark.parametrize("name", ["=cmd|'/c calc'!A0", "+1", "-1", "@SUM(1)", "\t=1"])
def test_no_cell_of_an_export_is_a_formula(quick: Bench, name: str) -> None:
    """A spreadsheet program would run it; commas, quotes and lines stay where they belong."""
    with quick.transaction() as work:
        audit.record(
            work.session, work.now, audit.SYSTEM, Action.GATEWAY_ADDED, area="demo", subject=name, say='a,"b"\n'
        )
    (row,) = exported(quick.client(Role.ADMINISTRATOR), action="gateway_added")
    assert row["subject"] == "'" + name
    assert json.loads(row["detail"]) == {"say": 'a,"b"\n'}


def test_the_trail_cannot_be_changed_or_cut_short(bench: Bench) -> None:
    """The database itself refuses, whoever asks; only lines older than half a year go."""
    now = datetime.now(UTC)
    with bench.transaction() as work:
        for days in (0, 170, 190):
            moment = now - timedelta(days=days)
            audit.record(work.session, moment, audit.SYSTEM, Action.EXPORTED, area="demo", subject=f"{days}")
    old = AuditEntry.subject == "190"
    for statement in (
        update(AuditEntry).values(actor="somebody else"),
        delete(AuditEntry),
        delete(AuditEntry).where(~old),
    ):
        with pytest.raises(DatabaseError, match="audit only grows"), bench.transaction() as work:
            work.session.execute(statement)
    with bench.transaction() as work:
        work.session.execute(delete(AuditEntry).where(old))


def test_lines_older_than_the_term_are_deleted_and_that_is_a_line(bench: Bench) -> None:
    """By the setting, never less than half a year."""
    bench.clock.time = datetime.now(UTC)
    with bench.transaction() as work:
        for days in (1, 300, 400):
            moment = work.now - timedelta(days=days)
            audit.record(work.session, moment, audit.SYSTEM, Action.EXPORTED, area="demo", subject=f"{days}")
        assert audit.delete_expired(work.session, work.now, 365, "demo") == 1
    admin = bench.client(Role.ADMINISTRATOR)
    assert [(what, subject) for what, _, subject in told(admin)] == [
        ("exported", "1"),
        ("exported", "300"),
        ("audit_expired", ""),
    ]


def test_looks_are_forgotten_before_they_fill_the_memory() -> None:
    """The oldest go; they would be written down anew."""
    sightings = Sightings(clock=lambda: 0.0, most=100)
    assert all(sightings.is_new(1, str(number)) for number in range(1000))
    assert not sightings.is_new(1, "999")
    assert sightings.is_new(1, "0")

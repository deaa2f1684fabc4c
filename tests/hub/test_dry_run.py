"""A changed rule table over past alarms: what it says is what really replaying them does."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tests.hub.bench import Bench, scene_event
from tests.hub.test_city import raw
from tests.hub.test_cli import ROOT, run

from sharp_eyes.contract.event import Grade, Phase, SceneName
from sharp_eyes.hub.api import rule_routes
from sharp_eyes.hub.areas.city_pack import CityPack, load_city_pack
from sharp_eyes.hub.cases.record import write_line
from sharp_eyes.hub.dry_run import Comparison, compare, decisions, read_past, replay_under
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.settings import LimitSettings
from sharp_eyes.hub.store.case_tables import Alarm, Case

NO_STORM = LimitSettings(storm_events=0)
SCENES = (SceneName.ILLEGAL_PARKING, SceneName.SMOKE, SceneName.GREENERY_DAMAGE)


def changed_pack(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    text = (ROOT / "configs/city/demo.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "changed.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def changed(tmp_path: Path) -> CityPack:
    """Smoke is dispatched by itself, unfiled greenery goes with its event, parking has more time."""
    parks = "{scene: greenery_damage, unit: parks, limit_minutes: 120}"
    smoke = "{scene: smoke, unit: fire-brigade, limit_minutes: 120, file: auto, look_again: auto}"
    return load_city_pack(
        changed_pack(
            tmp_path,
            (parks, parks.replace("}", ", on_event_closed: reject_unfiled}")),
            (smoke, smoke.replace("file: auto", "file: auto, dispatch: auto")),
            ("limit_minutes: 30", "limit_minutes: 45"),
        )
    )


def live_a_month(bench: Bench) -> None:
    """Alarms of some spots; most end by themselves, people close some cases, and the spots are used again."""
    for number in range(36):
        scene, zone = SCENES[number % 3], f"zone-{number % 4}"
        grade = Grade.MAJOR if number % 9 == 0 else Grade.ORDINARY
        event = bench.report(scene=scene, zone=zone, grade=grade)
        bench.clock.forward(hours=3)
        if number % 2:
            over = {"phase": Phase.CLOSED, "sequence": 1, "ended_at": bench.clock(), "grade": grade}
            bench.send(scene_event(bench.clock(), event_id=event, scene=scene, zone=zone, **over))
        if number % 5 == 0:
            close_the_oldest(bench)
        bench.clock.forward(hours=1)


def close_the_oldest(bench: Bench) -> None:
    with bench.transaction() as work:
        query = select(Case).where(Case.ended_at.is_(None)).order_by(Case.id).limit(1).with_for_update()
        case = work.session.scalar(query)
        if case is not None:
            write_line(work, case, Actor(ActorKind.PERSON, "lead"), line.ForceClosed(reason="over"))


def the_past(bench: Bench) -> Any:
    with bench.hub.read_only() as work:
        return read_past(work, work.now - timedelta(days=30), work.now)


def test_the_pack_in_force_does_what_it_did(bench: Bench) -> None:
    """Replayed under the same pack, every case has the lines that the rules wrote then; nothing differs."""
    bench.birth()
    live_a_month(bench)
    past = the_past(bench)
    with bench.hub.read_only() as work:
        did = decisions(work.session)
    assert len(did) > 15
    assert replay_under(past, bench.hub.city, NO_STORM) == did
    assert compare(past, bench.hub.city, bench.hub.city, NO_STORM).differences == []


def test_a_changed_pack_does_what_really_living_under_it_does(bench: Bench, tmp_path: Path, changed: CityPack) -> None:
    """The dry run over one hub's month equals what another hub did that lived it under the changed pack."""
    bench.birth()
    live_a_month(bench)
    past = the_past(bench)
    other = Bench(tmp_path / "other")
    try:
        other.hub.city = changed
        other.birth()
        ends = iter(past.ended)
        next_end = next(ends, None)
        for alarm in past.alarms:
            while next_end is not None and next_end[0] <= alarm.at:
                other.clock.time = next_end[0]
                end_case_of(other, next_end[1])
                next_end = next(ends, None)
            other.clock.time = alarm.at
            other.send(alarm.event)
        with other.hub.read_only() as work:
            did = decisions(work.session)
    finally:
        other.close()
    assert replay_under(past, changed, NO_STORM) == did
    found = compare(past, bench.hub.city, changed, NO_STORM)
    assert {one.after.scene for one in found.differences if one.after} == {scene.value for scene in SCENES}


def end_case_of(bench: Bench, event: Any) -> None:
    with bench.transaction() as work:
        case = work.session.scalar(select(Case).join(Alarm, Alarm.case_id == Case.id).where(Alarm.event_id == event))
        if case is not None and case.ended_at is None:
            write_line(work, case, Actor(ActorKind.PERSON, "lead"), line.ForceClosed(reason="over"))


def test_what_differs_is_said(quick: Bench, changed: CityPack) -> None:
    """Case by case, and how many in all."""
    quick.birth()
    quick.report(scene=SceneName.SMOKE)
    quick.report(scene=SceneName.PERIMETER_INTRUSION)
    quick.clock.forward(minutes=1)
    found: Comparison = compare(the_past(quick), quick.hub.city, changed, NO_STORM)
    assert (found.alarms, found.cases, len(found.differences)) == (2, (2, 2), 1)
    one = found.differences[0]
    assert one.number == "2026-000001"
    assert one.before is not None
    assert one.after is not None
    assert one.before.said == "reported (handle 120 minutes, unit 120 minutes), filed"
    assert one.after.said == f"{one.before.said}, dispatched to fire-brigade (handle 120 minutes, unit 120 minutes)"


def tried(bench: Bench, status: int = 200, rules: Any = None, role: Role = Role.ADMINISTRATOR, **more: Any) -> Any:
    rows = raw()["rules"] if rules is None else rules
    area = more.pop("area", "demo")
    answer = bench.client(role, area).post("/api/rules/try", json={"rules": rows} | more)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_by_the_interface(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed rule table says what it would do; a wrong one is refused by its place, and others may not."""
    bench.birth()
    bench.report(scene=SceneName.SMOKE)
    bench.report(scene=SceneName.PERIMETER_INTRUSION)
    bench.clock.forward(minutes=1)
    assert tried(bench)["differing"] == 0
    rules = [row | {"dispatch": "auto"} if row["scene"] == "smoke" else row for row in raw()["rules"]]
    found = tried(bench, rules=rules)
    assert (found["alarms"], found["cases_before"], found["cases_after"], found["differing"]) == (2, 2, 2, 1)
    (one,) = found["differences"]
    assert one["after"].startswith(f"{one['before']}, dispatched to fire-brigade")
    assert sorted((change["before"], change["after"]) for change in found["changes"]) == [(0, 1), (1, 0)]
    assert bench.client(Role.LEADER).get(f"/api/cases/{one['case']}").json()["number"] == one["number"]
    refused = tried(bench, 422, rules=[{"scene": "smoke", "unit": "nobody"}])
    wrong = refused["error"]
    assert [fault["code"] for fault in refused["city_faults"]] == ["rule_unit"]
    assert (wrong["code"], "rules.0.unit" in wrong["message"]) == ("invalid", True)
    assert tried(bench, 422, rules=[{"scene": "smoke\0"}])["error"]["code"] == "invalid"
    for role in Role:
        if role not in {Role.ADMINISTRATOR, Role.HANDLER}:
            tried(bench, 403, role=role)
    tried(bench, 403, area="demo/first-street")
    monkeypatch.setattr(rule_routes, "MOST_ALARMS", 1)
    assert "2 alarms; 1 at most" in tried(bench, 422)["error"]["message"]
    with rule_routes._BUSY:
        assert tried(bench, 409)["error"]["code"] == "busy"
    with bench.hub.read_only() as work:
        assert [case.state for case in work.session.scalars(select(Case))] == ["filed", "filed"]


def test_on_the_command_line(tmp_path: Path) -> None:
    """Over the hub's own database, which is left as it is."""
    bench = Bench(tmp_path / "data")
    bench.clock.time = datetime.now(UTC) - timedelta(hours=1)
    bench.birth()
    bench.report(scene=SceneName.SMOKE)
    bench.close()
    smoke = "limit_minutes: 120, file: auto, look_again: auto}"
    pack = changed_pack(tmp_path, (smoke, smoke.replace("file", "dispatch: auto, file")))
    done = run("city", "try", str(pack), "--data", str(tmp_path / "data"))
    assert done.exit_code == 0, done.output
    assert "1 cases differ" in done.output
    assert ", filed, dispatched to fire-brigade (handle 120 minutes" in done.output
    same = run("city", "try", str(ROOT / "configs/city/demo.yaml"), "--data", str(tmp_path / "data"), "--json")
    assert '"differences": []' in same.output

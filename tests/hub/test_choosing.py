"""Rules send by load and by duty roster; what no rule and nobody on duty takes is the shift lead's, and is told so."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml
from tests.hub.bench import EAST, Bench, scene_event
from tests.hub.notices_bench import add_person, deliveries
from tests.hub.test_calendar_change import pack as with_calendar
from tests.hub.test_city import raw
from tests.hub.test_dry_run import NO_STORM, the_past

from sharp_eyes.contract.event import Phase, SceneName
from sharp_eyes.hub.areas.city_doubts import doubts, units_without_people, units_without_roster
from sharp_eyes.hub.areas.city_pack import CityPack, Rule, load_city_pack
from sharp_eyes.hub.areas.notice_rules import NoticeSettings
from sharp_eyes.hub.cases.record import state_of
from sharp_eyes.hub.dry_run import compare, decisions, replay_under
from sharp_eyes.hub.errors import CityError
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.people.accounts import set_disabled
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.notice_tables import DutyShift, Notice
from sharp_eyes.hub.store.tables import Account

PARKS, DRAINS = "parks", "drainage"
PEOPLE = {"ann": PARKS, "bob": PARKS, "cai": DRAINS}


def pack(send: dict[str, Any] | None = None, **rule: Any) -> CityPack:
    """All greenery goes to one of two units by itself; nothing is said of waterlogging."""
    city = raw()
    rows = [row for row in city["rules"] if row["scene"] not in ("greenery_damage", "waterlogging")]
    own = {"scene": "greenery_damage", "file": "auto", "dispatch": "auto"}
    send = {"units": [PARKS, DRAINS]} | (send or {})
    return CityPack.model_validate(city | {"rules": [*rows, own | {"send": send} | rule]})


def office(bench: Bench, city: CityPack, on: dict[str, str] | None = None) -> Bench:
    """People of two units, those on duty who are named, and a shift lead."""
    bench.hub.city = city
    for name, unit in PEOPLE.items():
        add_person(bench, name, Role.HANDLER, unit=unit)
    add_person(bench, "lead", Role.SHIFT_LEAD, EAST)
    for name, unit in (PEOPLE if on is None else on).items():
        on_duty(bench, name, unit)
    bench.birth()
    return bench


def on_duty(bench: Bench, name: str, unit: str, hours: float = 12) -> None:
    with bench.transaction() as work:
        account = work.session.query(Account).filter_by(username=name).one().id
        row = DutyShift(account_id=account, area="demo", unit=unit, begins_at=work.now, made_by="x", made_at=work.now)
        row.ends_at = work.now + timedelta(hours=hours)
        work.session.add(row)


def alarm(bench: Bench, scene: SceneName = SceneName.GREENERY_DAMAGE, **more: Any) -> dict[str, Any]:
    """A new case, as the shift lead sees it."""
    event = bench.report(scene=scene, **more)
    with bench.hub.read_only() as work:
        number = work.session.query(Case).filter_by(event_id=event).one().id
    seen: dict[str, Any] = bench.client(Role.SHIFT_LEAD).get(f"/api/cases/{number}").json()
    return seen


def last(seen: dict[str, Any]) -> dict[str, Any]:
    line: dict[str, Any] = seen["log"][-1]
    return line


def told(bench: Bench) -> list[tuple[str, str]]:
    with bench.hub.read_only() as work:
        names = {row.id: row.username for row in work.session.query(Account)}
        return [(row.kind, names[row.account_id]) for row in work.session.query(Notice).order_by(Notice.id)]


def test_the_unit_with_fewest_open_turns_is_sent(bench: Bench) -> None:
    """Of such as lie level the first of the pack; the log says on what it was decided, in both languages."""
    office(bench, pack())
    seen = [alarm(bench) for _ in range(4)]
    assert [one["unit"] for one in seen] == [PARKS, DRAINS, PARKS, DRAINS]
    line = last(seen[2])
    assert (line["what"], line["actor_kind"], line["data"]["loads"]) == ("dispatched", "rule", {PARKS: 1, DRAINS: 1})
    assert line["data"]["en"] == "by load: Parks Office 1 open, Drainage Office 1 open"
    assert "1 件在办" in line["data"]["zh"]
    lead = bench.client(Role.SHIFT_LEAD)
    for one in (seen[0], seen[2]):
        body = {"reason": "not now", "until": (bench.clock() + timedelta(days=2)).isoformat()}
        assert lead.post(f"/api/cases/{one['id']}/moves/suspend", json=body).status_code == 200
    assert alarm(bench)["unit"] == PARKS, "a case that rests is no load"
    assert lead.post(f"/api/cases/{seen[1]['id']}/moves/force_close", json={"reason": "over"}).status_code == 200
    assert [alarm(bench)["unit"] for _ in range(2)] == [PARKS, DRAINS]


def test_the_same_load_gives_the_same_choice(quick: Bench) -> None:
    """In the pack's order where it says so, whatever the load."""
    office(quick, pack({"by": "order", "units": [DRAINS, PARKS]}))
    assert [alarm(quick)["unit"] for _ in range(3)] == [DRAINS] * 3


def test_only_units_on_duty_are_sent(bench: Bench) -> None:
    """By the roster of this moment; which of them had nobody is told."""
    office(bench, pack(), {"cai": DRAINS})
    first = alarm(bench)
    assert first["unit"] == DRAINS
    assert last(first)["data"]["off_duty"] == [PARKS]
    assert last(first)["data"]["en"] == "by load: Drainage Office 0 open; nobody on duty: Parks Office"
    bench.clock.forward(hours=13)
    on_duty(bench, "ann", PARKS)
    assert alarm(bench)["unit"] == PARKS


def test_a_unit_without_people_is_not_sent_silently(bench: Bench) -> None:
    """A rule's one unit is sent as it says; the log says that nobody is there, and the shift lead is told."""
    city = pack()
    plain = {"scene": "greenery_damage", "unit": DRAINS, "file": "auto", "dispatch": "auto"}
    rules = (*(rule for rule in city.rules if rule.scene is not SceneName.GREENERY_DAMAGE), Rule.model_validate(plain))
    office(bench, city.model_copy(update={"rules": rules, "notices": NoticeSettings(rules=())}))
    assert alarm(bench)["unit"] == DRAINS
    assert told(bench) == []
    with bench.transaction() as work:
        set_disabled(work.session, "cai", disabled=True)
    seen = alarm(bench)
    assert (seen["unit"], last(seen)["data"]["off_duty"]) == (DRAINS, [DRAINS])
    assert last(seen)["data"]["en"] == "nobody can sign in: Drainage Office"
    assert told(bench) == [("dispatched", "lead")]
    with bench.transaction() as work:
        for one in work.session.query(Account):
            one.disabled = True
    bench.report(scene=SceneName.GREENERY_DAMAGE)
    assert [(row.state, row.error) for row in deliveries(bench)] == [
        ("failed", "nobody can sign in for unit drainage, nor as shift lead or administrator")
    ]


def test_a_person_on_duty_is_named_by_load(bench: Bench) -> None:
    """The one with fewest open turns, then by name; they alone are told."""
    office(bench, pack({"units": [PARKS], "person": True}))
    seen = [alarm(bench) for _ in range(3)]
    assert [one["assignments"][0]["person"] for one in seen] == ["ann", "bob", "ann"]
    assert last(seen[1])["data"]["en"] == "by load: Parks Office 1 open; to bob"
    assert [name for kind, name in told(bench) if kind == "dispatched"] == ["ann", "bob", "ann"]


def test_without_a_roster_whoever_may_sign_in_counts(quick: Bench) -> None:
    """Where the rule does not ask for duty."""
    office(quick, pack({"on_duty": False, "units": ["gas-company", DRAINS]}), {})
    seen = alarm(quick)
    assert seen["unit"] == DRAINS
    assert last(seen)["data"]["en"].endswith("nobody can sign in: Gas Company")


def test_with_nobody_on_duty_it_is_the_shift_leads(bench: Bench) -> None:
    """Filed, sent to nobody, told at once to whoever leads the shift, with the reason; they can send whom they like."""
    office(bench, pack(), {})
    seen = alarm(bench)
    assert (seen["state"], seen["unit"], seen["left_to_lead"]) == ("filed", None, "nobody_on_duty")
    line = last(seen)
    assert (line["what"], line["data"]["why"], line["data"]["people"]) == ("left_to_lead", "nobody_on_duty", ["lead"])
    assert line["data"]["en"] == "nobody on duty: Parks Office, Drainage Office"
    assert ("left_to_lead", "lead") in told(bench)
    on_duty(bench, "ann", PARKS)
    lead = bench.client(Role.SHIFT_LEAD)
    noted = lead.post(f"/api/cases/{seen['id']}/moves/comment", json={"note": "I see to it"}).json()
    assert (noted["state"], len(noted["log"])) == ("filed", len(seen["log"]) + 1), "the rules leave it to them"
    body = {"unit": PARKS, "anyway": True}
    sent = lead.post(f"/api/cases/{seen['id']}/moves/dispatch", json=body).json()
    assert (sent["unit"], sent["left_to_lead"]) == (PARKS, None)


def test_what_no_rule_is_for_is_the_shift_leads(bench: Bench) -> None:
    """Once, and whatever the city says of notices; with no lead in the area the next above is told."""
    city = pack()
    bench.hub.city = CityPack.model_validate(
        city.model_dump(mode="json", exclude_defaults=True) | {"notices": {"rules": []}}
    )
    office(bench, bench.hub.city)
    event = bench.report(scene=SceneName.WATERLOGGING, zone="gully")
    seen = bench.client(Role.SHIFT_LEAD).get("/api/cases/1").json()
    assert (seen["state"], seen["left_to_lead"], last(seen)["data"]["en"]) == (
        "reported", "no_rule", "there is no rule for it",
    )  # fmt: skip
    assert told(bench) == [("left_to_lead", "lead")]
    over = {"phase": Phase.CLOSED, "sequence": 1, "ended_at": bench.clock(), "scene": SceneName.WATERLOGGING}
    bench.send(scene_event(bench.clock(), event_id=event, zone="gully", **over))
    with bench.hub.read_only() as work:
        assert state_of(work, work.session.get_one(Case, 1)).left_to_lead == "no_rule"
    assert len(told(bench)) == 1


def test_what_the_calendar_stops_is_the_shift_leads_too(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Not the log's alone: somebody is told."""
    add_person(bench, "lead", Role.SHIFT_LEAD, EAST)
    bench.clock.time = datetime(2026, 12, 31, 9, 0, tzinfo=UTC)
    bench.hub.city = with_calendar(handle="2 working hours")
    bench.hub.take_city()
    bench.birth()
    with caplog.at_level(logging.ERROR):
        bench.report()
    seen = bench.client(Role.SHIFT_LEAD).get("/api/cases/1").json()
    assert (seen["state"], seen["left_to_lead"]) == ("filed", "no_calendar")
    assert ("left_to_lead", "lead") in told(bench)


def test_a_dry_run_knows_roster_and_load(bench: Bench) -> None:
    """Under the pack in force it does what it did; under another it says whom that would send."""
    office(bench, pack({"person": True}))
    for number in range(8):
        bench.clock.forward(hours=1)
        seen = alarm(bench)
        if number % 3 == 0:
            bench.clock.forward(minutes=10)
            page = bench.client(Role.ADMINISTRATOR)
            path = f"/api/cases/{seen['id']}/moves"
            assert page.post(f"{path}/accept", json={}).status_code == 200
            assert page.post(f"{path}/handle", json={"note": "done"}).status_code == 200
    bench.clock.forward(hours=12)
    alarm(bench)
    bench.clock.forward(minutes=1)
    past = the_past(bench)
    with bench.hub.read_only() as work:
        did = decisions(work.session)
    assert len(did) == 9
    assert replay_under(past, bench.hub.city, NO_STORM) == did
    other = pack({"by": "order"})
    found = compare(past, bench.hub.city, other, NO_STORM)
    assert found.differences
    assert any("left to lead (nobody on duty)" in said for said in found.counts[1])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"unit": PARKS}, "rules.{0}.send: rule for greenery_damage: 'unit' and 'send' both say who is sent"),
        ({"send": {"units": [PARKS, "nobody"]}}, "rules.{0}.send.units.1: rule for greenery_damage: unit 'nobody'"),
        (
            {"send": {"units": [PARKS, PARKS]}},
            "rules.{0}.send.units.1: rule for greenery_damage: unit 'parks' stands twice",
        ),
        ({"send": {"units": []}}, "rules.{0}.send.units: "),
        ({"send": {"units": [PARKS], "by": "luck"}}, "rules.{0}.send.by: "),
        ({"send": {"units": [PARKS], "duty": True}}, "rules.{0}.send.duty: unknown key"),
        ({"send": None}, "'dispatch: auto' needs a unit or 'send'"),
    ],
)
def test_a_mistake_in_a_rule_is_named(tmp_path: Any, change: dict[str, Any], words: str) -> None:
    """With its place, by ``city check``."""
    city = raw()
    own = {"scene": "greenery_damage", "file": "auto", "dispatch": "auto", "send": {"units": [PARKS]}}
    city["rules"] = [*(row for row in city["rules"] if row["scene"] != "greenery_damage"), own | change]
    path = tmp_path / "city.yaml"
    path.write_text(yaml.safe_dump(city, allow_unicode=True), encoding="utf-8")
    with pytest.raises(CityError) as caught:
        load_city_pack(path)
    assert words.format(len(city["rules"]) - 1) in str(caught.value)


def test_what_a_rule_hardly_means_is_said() -> None:
    """A choice that never comes to be; units of a choice without people count as those of a rule."""
    said = list(doubts(pack(dispatch="manual")))
    assert len(said) == 1
    assert "'send' without 'dispatch: auto' never acts" in said[0]
    assert any("unit drainage: nobody can sign in for it; the rules send it greenery_damage" in one
               for one in units_without_people(pack(), {PARKS}))  # fmt: skip


def test_a_roster_without_anybody_is_said() -> None:
    """By ``city check`` with the hub's data: before cases are left to the shift lead."""
    (one,) = units_without_roster(pack(), {PARKS})
    assert "greenery_damage in demo: sends only who is on duty, and the roster has nobody for drainage;" in one
    (one,) = units_without_roster(pack(), ())
    assert "nobody for parks, drainage; its cases are left to the shift lead" in one
    assert list(units_without_roster(pack(), {PARKS, DRAINS})) == []
    assert list(units_without_roster(pack({"on_duty": False}), ())) == []


def test_a_unit_that_a_rule_chooses_among_is_not_retired(quick: Bench) -> None:
    """It is named as one that is always sent."""
    quick.hub.city = pack()
    chief = quick.client(Role.ADMINISTRATOR)
    refused = chief.delete(f"/api/units/{PARKS}", headers={"If-Match": "*"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "unit_in_use")
    hangs_on = refused.json()["hangs_on"][0]
    assert hangs_on["kind"] == "rules"
    assert {"greenery_damage in demo", "leaning_tree in demo"} <= set(hangs_on["names"])

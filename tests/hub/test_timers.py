"""What time does to stored cases: each reminder and escalation once, however many hubs look and whenever one dies."""

import contextlib
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from tests.hub.bench import START, Bench
from tests.hub.test_city import raw

from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.cases import timers
from sharp_eyes.hub.cases.timers import run_due, seconds_until_due
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.settings import HubSettings
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

CLOCKS = {
    "triage": {"limit": "15 minutes", "ladder": [{"tell": ["shift_lead"]}]},
    "handle": {
        "limit": "30 minutes",
        "remind": "10 minutes",
        "ladder": [{"tell": ["dispatcher"]}, {"after": "1 hour", "tell": ["leader"], "up": 2}],
    },
}


@pytest.fixture
def office(bench: Bench) -> Bench:
    """A hub whose parking cases have clocks of their own."""
    city = raw() | {"clocks": CLOCKS}
    for rule in city["rules"]:
        rule.pop("limit_minutes", None)
    bench.hub.city = CityPack.model_validate(city)
    return bench


def lines(bench: Bench, case: int = 1) -> list[dict[str, Any]]:
    log: list[dict[str, Any]] = bench.client(Role.SHIFT_LEAD).get(f"/api/cases/{case}").json()["log"]
    return [line for line in log if line["actor_kind"] == "timer"]


def pass_time(bench: Bench, minutes: float) -> list[str]:
    """Let time pass and work; tell what it did to the first case by now."""
    bench.clock.forward(minutes=minutes)
    run_due(bench.hub.transaction)
    return [line["what"] for line in lines(bench)]


def moved(bench: Bench, move: str, **body: Any) -> None:
    answer = bench.client(Role.SHIFT_LEAD).post(f"/api/cases/1/moves/{move}", json=body)
    assert answer.status_code == 200, answer.text


def seconds_left(bench: Bench) -> float | None:
    with bench.hub.read_only() as work:
        return seconds_until_due(work)


def test_a_hub_looks_again_when_the_next_is_due(office: Bench) -> None:
    """To the moment; what is due already and not done yet is in another hub's hands, and looked at again soon."""
    office.report()
    assert seconds_left(office) == 20 * 60
    office.clock.forward(minutes=19, seconds=59.5)
    assert seconds_left(office) == 0.5
    office.clock.forward(minutes=5)
    assert seconds_left(office) == 0.1


def test_a_case_is_reminded_of_and_goes_up_the_ladder(office: Bench) -> None:
    """Ten minutes before, at the deadline and an hour later, with whom it is told to; handled in between, no more."""
    office.report()
    assert pass_time(office, 19) == []
    assert pass_time(office, 1) == ["reminded"]
    assert pass_time(office, 0) == ["reminded"]
    assert pass_time(office, 10) == ["reminded", "escalated"]
    assert pass_time(office, 59) == ["reminded", "escalated"]
    assert pass_time(office, 1) == ["reminded", "escalated", "escalated"]
    told = [line["data"]["told"] for line in lines(office) if line["what"] == "escalated"]
    assert sorted(told) == [["dispatcher"], ["leader"]]
    assert seconds_left(office) is None


def test_what_is_done_in_time_escalates_nowhere(office: Bench) -> None:
    """Handled, suspended or ended cases have no timer for it."""
    office.report()
    moved(office, "accept")
    moved(office, "handle", note="done")
    assert pass_time(office, 20) == []
    assert pass_time(office, 60) == ["look_unanswered"]


def test_a_hub_that_was_down_tells_once_with_the_true_lateness(office: Bench) -> None:
    """No reminder of what is over, each step once, and the case is late since its deadline."""
    office.report()
    assert pass_time(office, 60 * 24) == ["escalated", "escalated"]
    detail = office.client(Role.SHIFT_LEAD).get("/api/cases/1").json()
    late = (START + timedelta(minutes=30)).isoformat().replace("+00:00", "Z")
    assert detail["late_since"] == late
    assert [line["data"]["due"] for line in lines(office)] == [late, late]
    assert seconds_left(office) is None, "a reminder of what is over is due no more"


def test_a_suspension_ends_by_itself(office: Bench) -> None:
    """The rest of the limit runs from there: paused time stays paused."""
    office.report()
    office.clock.forward(minutes=5)
    until = office.clock() + timedelta(days=3)
    moved(office, "suspend", reason="waits for a crane", until=until.isoformat())
    assert pass_time(office, 60) == []
    assert pass_time(office, 60 * 71) == ["resumed"]
    assert pass_time(office, 14) == ["resumed"]
    assert pass_time(office, 1) == ["resumed", "reminded"]
    assert pass_time(office, 10) == ["resumed", "reminded", "escalated"]


class Killer:
    """Lets what runs in the thread ``frail`` die in the middle of its work, five times at most."""

    def __init__(self) -> None:
        self.deaths = 0
        self.first = threading.Event()
        self._act = timers.act

    def act(self, work: UnitOfWork, case_id: int, follow: timers.Follow) -> None:
        self._act(work, case_id, follow)
        if threading.current_thread().name == "frail" and case_id % 7 == 3 and self.deaths < 5:
            self.deaths += 1
            self.first.set()
            raise RuntimeError("killed")

    def work_at(self, hub: Hub) -> None:
        """Look for what is due again and again; the sound one begins once the other has died."""
        if threading.current_thread().name == "sound":
            assert self.first.wait(60)
        for _ in range(10):
            with contextlib.suppress(RuntimeError, OperationalError):  # whoever finds SQLite locked looks again
                run_due(hub.transaction)


def test_two_hubs_do_each_thing_once(office: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both look at the same moment, and one of them dies in the middle of its work, again and again."""
    for _ in range(30):
        office.report()
    office.clock.forward(minutes=31)
    settings = HubSettings(data=tmp_path / "other", database=office.hub.settings.database)
    other = Hub(settings, office.clock, office.clock.monotonic)
    other.prepare()  # else its first work would take the stored city pack in place of this one
    other.city = office.hub.city
    killer = Killer()
    monkeypatch.setattr(timers, "act", killer.act)
    hubs = {"sound": office.hub, "frail": other}
    hands = [threading.Thread(target=killer.work_at, args=(hub,), name=name) for name, hub in hubs.items()]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    other.stop()
    run_due(office.hub.transaction)
    assert killer.deaths > 0
    for case in range(1, 31):
        assert [line["what"] for line in lines(office, case)] == ["escalated"]

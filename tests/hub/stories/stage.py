"""The stage of the tests: a hub on the bench, whose clock is turned from step to step."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import httpx
from tests.hub.bench import EAST, GATEWAY, JPEG, PASSWORD, Bench

from sharp_eyes.client import Client
from sharp_eyes.contract.command import LookAgain
from sharp_eyes.contract.envelope import DurableData
from sharp_eyes.contract.event import Evidence
from sharp_eyes.contract.status import CameraNote
from sharp_eyes.hub.audit import Origin
from sharp_eyes.hub.cases.timers import run_due
from sharp_eyes.hub.demo.footage import find_district
from sharp_eyes.hub.demo.people import OTHERS, Person, keep_roster
from sharp_eyes.hub.demo.registers import fill_registers
from sharp_eyes.hub.demo.stories.cameras import CAMERAS
from sharp_eyes.hub.demo.stories.cast import DISTRICT, STAFF, of_unit
from sharp_eyes.hub.demo.stories.story import Play, Step, Story
from sharp_eyes.hub.devices.calling import call_next
from sharp_eyes.hub.dispatch.whistle import make_due_lists
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.people.tokens import TokenWish, make_token

_SESSION = timedelta(minutes=20)
_LONG = timedelta(hours=2)


class BenchStage:
    """Plays on a bench; what time does to cases happens minute by minute."""

    gateway = GATEWAY

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self._clients: dict[str, tuple[datetime, Client]] = {}
        units = [of_unit(unit.id) for unit in bench.hub.city.units]
        # Everybody has an account before a story begins, as in the demo: or nobody would be told.
        for one in (*STAFF, *units, *OTHERS):
            bench.client(Role(one.role), one.area, one.unit, one.username)
        with bench.transaction() as work:
            keep_roster(work)
            fill_registers(work, find_district())
        bench.birth(cameras=tuple(CameraNote(camera=name, name=name, area=EAST) for name in CAMERAS.values()))

    def now(self) -> datetime:
        return self.bench.clock()

    def client(self, person: Person) -> Client:
        since, client = self._clients.get(person.username, (None, None))
        # A session ends by itself where a story goes on for days.
        if client is None or since is None or self.now() - since > _SESSION:
            client = Client(http=self.bench.stranger())
            client.sign_in(person.username, PASSWORD)
            self._clients[person.username] = self.now(), client
        return client

    def stranger(self) -> httpx.Client:
        page = self.bench.stranger("203.0.113.5")
        del page.headers["x-requested-with"]
        return page

    def send(self, data: DurableData) -> None:
        identity = self.bench.send(data)
        assert identity in self.bench.out.taken, self.bench.out.refused

    def send_file(self, evidence: Evidence, content: bytes) -> None:
        self.bench.send_file(evidence, content)

    def asked(self, event: UUID) -> LookAgain:
        return next(one for _, one in reversed(self.bench.out.commands) if one.event_id == event)

    def picture(self, scene: str | None = None) -> bytes:
        return JPEG

    def platform(self) -> Client:
        with self.bench.transaction() as work:
            wish = TokenWish("alarm centre", "device-platform", DISTRICT, None, work.now + timedelta(days=1))
            _, text = make_token(work, Origin("chief", "local"), wish, 1)
        return Client(token=text, http=self.bench.stranger())

    def lets_pass(self, seconds: float) -> None:
        """Nothing: the clock is turned from step to step, and the step says how far."""

    def makes_week_list(self, area: str) -> None:
        """Nothing: it is made by itself when its moment comes."""

    def pass_until(self, moment: datetime) -> None:
        """Turn the clock, and let time do what it does on the way: by hours, and by minutes in the end."""
        while (left := moment - self.bench.clock()) > timedelta(0):
            self.bench.clock.forward(seconds=min(3600.0 if left > _LONG else 60.0, left.total_seconds()))
            hub = self.bench.hub
            run_due(hub.transaction, follow=call_next)
            make_due_lists(hub.transaction, hub.read_only)


def play(bench: Bench, story: Story, after_step: Callable[[Play, Step], None] = lambda _play, _step: None) -> Play:
    """Play a story from its first minute to its last; ``after_step`` looks at the hub after each."""
    stage = BenchStage(bench)
    telling = Play(stage)
    begin = bench.clock()
    for step in story.steps:
        stage.pass_until(begin + timedelta(minutes=step.minute))
        step.does(telling)
        after_step(telling, step)
    return telling

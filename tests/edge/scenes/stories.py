"""Stories of things that come, stand and go, as tracks look by look; a restart gives every track a new identity."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from tests.edge.scenes.worlds import Camera, at, scene_of, track

from sharp_eyes.contract.event import SceneEvent
from sharp_eyes.edge.frame import Track
from sharp_eyes.edge.sampling import LookPlan
from sharp_eyes.edge.scenes.geometry import Rectangle

START = 1000.0


@dataclass(frozen=True)
class Actor:
    """Comes up the picture from its lower edge to its place, stands there, and goes back.

    Attributes:
        x, y: its place.
        come, stay: seconds since the start, and of standing.
        speed: shares of the picture a second.
        hidden: spans of time in which it is not detected.
    """

    name: str
    x: float
    y: float
    come: float
    stay: float
    speed: float
    hidden: tuple[tuple[float, float], ...] = ()
    size: float = 0.08

    def box(self, time: float) -> Rectangle | None:
        """Where it is at this time, seconds since the start; None while it is not to be seen."""
        way = (1.0 - self.y) / self.speed
        since = time - self.come
        if not 0 <= since <= 2 * way + self.stay or any(start <= time < end for start, end in self.hidden):
            return None
        left = max(way - since, since - way - self.stay, 0.0)
        return at(self.x, self.y + self.speed * left, self.size)

    def moves(self, time: float) -> bool:
        """Whether it is in the picture and on its way at this time, seen or hidden."""
        way, since = (1.0 - self.y) / self.speed, time - self.come
        return 0 <= since <= way or way + self.stay <= since <= 2 * way + self.stay


def together(cast: Sequence[Actor], count: int) -> list[float]:
    """For how long at least so many stand at once: seconds of each such time."""
    arrived = [(one.come + (1.0 - one.y) / one.speed, one.stay) for one in cast]
    changes = sorted([(moment, 1) for moment, _ in arrived] + [(moment + stay, -1) for moment, stay in arrived])
    standing, since, found = 0, 0.0, []
    for moment, change in changes:
        if standing + change == count > standing:
            since = moment
        if standing == count > standing + change:
            found.append(moment - since)
        standing += change
    return found


def actors(
    names: Sequence[str], most: int = 5, longest: float = 70.0, speed: float = 0.12, least: float = 0.0
) -> st.SearchStrategy[list[Actor]]:
    """Some actors, each in a column of its own."""

    def one(column: int) -> st.SearchStrategy[Actor]:
        hidden = st.tuples(st.floats(5, 90), st.floats(0.5, 4)).map(lambda pair: (pair[0], pair[0] + pair[1]))
        return st.builds(
            Actor,
            name=st.sampled_from(list(names)),
            x=st.just(0.06 + 0.1 * column),
            y=st.floats(0.3, 0.8),
            come=st.floats(0, 40),
            stay=st.floats(least, longest),
            speed=st.just(speed),
            hidden=st.lists(hidden, max_size=2).map(tuple),
        )

    return st.integers(1, most).flatmap(lambda number: st.tuples(*(one(i) for i in range(number))).map(list))


def looks_of(cast: Sequence[Actor], seconds: float, step: float, cut: int | None = None) -> list[list[Track]]:
    """The tracks of each look; from look number ``cut`` on, as a tracker gives them that has just been started."""
    looks: list[list[Track]] = []
    ids: dict[int, tuple[int, float]] = {}
    for number in range(round(seconds / step)):
        if number == cut:
            ids = {}
        found = []
        # The order in which a detector finds them is not the order in which they came.
        for i in sorted(range(len(cast)), key=lambda i: i if cut is None or number < cut else -i):
            box = cast[i].box(number * step)
            if box is not None:
                identity, first_seen = ids.setdefault(i, (len(ids) + 1, START + number * step))
                found.append(track(identity, box, cast[i].name, first_seen))
        looks.append(found)
    return looks


def played(
    settings: dict[str, Any], looks: Sequence[Sequence[Track]], step: float, cut: int | None = None
) -> list[SceneEvent]:
    """The events of a run; before look number ``cut`` scene and clock are replaced by ones that recall."""
    watched = Camera(scene_of(**settings), START)
    for number, tracks in enumerate(looks):
        if number == cut:
            memory = json.loads(json.dumps({"scene": watched.scene.dump_state(), "clock": watched.clock.dump_state()}))
            after = Camera(scene_of(**settings), watched.time)
            after.scene.load_state(memory["scene"])
            after.clock.load_state(memory["clock"])
            after.events = watched.events
            watched = after
        watched.look(tracks, step)
    return watched.events


def paced(
    settings: dict[str, Any],
    cast: Sequence[Actor],
    seconds: float,
    keyframes: float,
    grid: float = 0.2,
    told: bool = False,
) -> tuple[list[SceneEvent], list[float]]:
    """The events of a camera that is looked at as the scene asks, and when it was, seconds since the start.

    ``keyframes``: seconds between two of them; ``grid``: between two frames. ``told``: the stream's packets are larger
    while somebody moves, and are believed from the start.
    """
    watched = Camera(scene_of(**settings), START)
    plan = LookPlan(watched.scene.needs.interval)
    if told:
        plan.motion.trust()
    ids: dict[int, tuple[int, float]] = {}
    looks = []
    for number in range(round(seconds / grid)):
        now = START + number * grid
        keyframe = number % round(keyframes / grid) == 0
        if told:
            plan.motion.see(now, 1500 if any(actor.moves(now - START) for actor in cast) else 1000, keyframe)
        plan.see(now, keyframe)
        if not plan.wants(now, keyframe):
            continue
        plan.taken(now)
        boxes = [(i, actor.box(now - START)) for i, actor in enumerate(cast)]
        tracks = []
        for i, box in boxes:
            if box is not None:
                identity, first_seen = ids.setdefault(i, (len(ids) + 1, now))
                tracks.append(track(identity, box, cast[i].name, first_seen))
        watched.time = now
        watched.look(tracks, 0.0)
        wishes = watched.scene.next_looks(watched.clock)
        plan.wish(now, wishes, any(wish.still for wish in wishes))
        looks.append(now - START)
    return watched.events, looks


Moment = tuple[str, str, float, float]


def moments(events: Sequence[SceneEvent]) -> list[Moment]:
    """What happened when: phase, zone, observed and begun, without the updates."""
    told = [event for event in events if event.phase != "updated"]
    found = [(e.phase.value, e.zone, e.observed_at.timestamp(), e.started_at.timestamp()) for e in told]
    return sorted(found, key=lambda item: (item[0], item[1], item[2], item[3]))


def touching(events: Sequence[SceneEvent], within: float) -> bool:
    """Whether a zone's event closes and another opens within so many seconds: at another pace they may be one."""
    closed = [(zone, at_) for phase, zone, at_, _ in moments(events) if phase == "closed"]
    opened = [(zone, at_) for phase, zone, at_, _ in moments(events) if phase == "opened"]
    return any(mine == theirs and 0 <= later - end <= within for mine, end in closed for theirs, later in opened)


def agree(one: Sequence[SceneEvent], other: Sequence[SceneEvent], within: float, closed_within: float = 0.0) -> None:
    """The same events, each at most so many seconds earlier or later; closings may be allowed more.

    Which belongs to which is found, not read from their order: of two that close soon after each other either may be
    first.
    """
    mine, theirs = moments(one), moments(other)
    assert [item[:2] for item in mine] == [item[:2] for item in theirs]

    def apart(a: Moment, b: Moment) -> bool:
        allowed = max(within, closed_within) if a[0] == "closed" else within
        return a[:2] != b[:2] or abs(a[2] - b[2]) > allowed + 1e-6 or abs(a[3] - b[3]) > within + 1e-6

    cost = np.array([[apart(a, b) for b in theirs] for a in mine], dtype=float).reshape(len(mine), len(theirs))
    rows, columns = linear_sum_assignment(cost)
    wrong = [(mine[i], theirs[j]) for i, j in zip(rows, columns, strict=True) if cost[i, j]]
    assert not wrong


def live_once(events: Sequence[SceneEvent]) -> None:
    """Every event is opened once, before anything else is said of it, and closed at most once, as the last."""
    by_id: dict[Any, list[SceneEvent]] = {}
    for event in events:
        by_id.setdefault(event.event_id, []).append(event)
    for messages in by_id.values():
        assert [message.sequence for message in messages] == list(range(len(messages)))
        assert all(message.phase != "closed" for message in messages[:-1])

"""The scheduler: one detector serves all cameras, the most urgent look first.

Source of the order: Liu and Layland, "Scheduling Algorithms for Multiprogramming in a Hard-Real-Time Environment",
1973 (earliest deadline first). It is the best there is while all can be in time, and bad where that cannot be: all
would be late by the same seconds, a camera of five looks a second fifty times as slow as it should be and one of a look
a minute hardly at all. So once anything is late the camera comes first that is the latest for its own pace.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from typing_extensions import Self

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.extract.load import BusyShare, RecentWorst
from sharp_eyes.edge.frame import Detections, Frame
from sharp_eyes.edge.sampling import LookPlan

log = logging.getLogger(__name__)

COMPLAIN_EVERY = 60.0
"""Seconds between two log lines about the same camera's failing looks."""
REASONS = ("not_due", "replaced", "failed", "stopped")
"""Why a frame was not looked at: sooner than the camera's scenes need it; a newer one came before its turn;
the detector or what follows it failed; the gateway was stopping."""

STALE = 5.0
"""Seconds after which a frame that waits for its turn is too old to be looked at, if there is a newer one."""

SAME_LOOK = 1.0
"""Seconds between the frame that was asked for and the one that came, within which the one came for the other."""

OnDetections = Callable[[Frame, Detections], None]


class SupportsDetect(Protocol):
    """What the scheduler needs of a detector."""

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """Give the detections of each frame."""


@dataclass(frozen=True, slots=True)
class SamplingStats:
    """What became of a camera's frames since the start.

    Every frame offered is in ``looks``, in ``skipped``, or waits for its turn.

    Attributes:
        looks: frames looked at, and their result handled.
        late: looks that ended more than an interval after they had become due.
        lateness: seconds by which the latest of those ended, or what waits is, after that interval, of the last minute.
        skipped: frames not looked at, by reason; all of :data:`REASONS`.
        failure: what went wrong in the latest look, ``None`` where it went well.
    """

    looks: int
    late: int
    skipped: Mapping[str, int]
    failure: str | None
    lateness: float = 0.0


@dataclass(slots=True)
class _Camera:
    interval: float
    plan: LookPlan
    waiting: Frame | None = None
    looking: bool = False
    asked: tuple[float, float] | None = None
    due_since: float = 0.0
    looks: int = 0
    late: int = 0
    lateness: RecentWorst = field(default_factory=RecentWorst)
    skipped: dict[str, int] = field(default_factory=lambda: dict.fromkeys(REASONS, 0))
    failure: str | None = None
    complained: float | None = None
    retired: bool = False

    def ask(self, now: float, time: float) -> None:
        """A frame of this time is wanted, and decoded from now on."""
        if self.asked is None or not 0 <= time - self.asked[1] <= SAME_LOOK:
            self.asked = now, time

    def put(self, frame: Frame, now: float) -> None:
        """Let a frame wait; it became due when it was asked for, and has been decoded since."""
        since, time = self.asked or (now, frame.time)
        self.waiting, self.asked = frame, None
        self.due_since = since if abs(frame.time - time) <= SAME_LOOK else now

    @property
    def deadline(self) -> float:
        """Two intervals after the look before: one until it is due, one to get it done."""
        return self.due_since + self.interval

    def urgency(self, now: float) -> tuple[float, float]:
        """The larger the sooner: of what is late, by how many of its own intervals; else by its deadline."""
        behind = (now - self.deadline) / self.interval
        return (max(0.0, behind), -self.deadline)


class Scheduler:
    """Gives frames to the detector, and what it finds to ``on_detections``, on threads of its own.

    Each camera has one place for a waiting frame; a newer one takes the place of an older one. Memory is
    therefore bounded, and a gateway that is too slow looks less often, at fresh frames, and says so.

    Args:
        detector: looks at one frame at a time.
        on_detections: called with the frame and its detections; of one camera never twice at once, and in order.
        clock: monotonic seconds; ages and deadlines are taken by it.
        workers: looks that go on at once, each of another camera; the detector must bear that.
        on_looked: told the seconds that each look lasted, on its thread.
    """

    def __init__(
        self,
        detector: SupportsDetect,
        on_detections: OnDetections,
        *,
        clock: Callable[[], float] = time.monotonic,
        workers: int = 1,
        on_looked: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        self._on_looked = on_looked
        self._detector = detector
        self._on_detections = on_detections
        self._clock = clock
        self._workers = workers
        self._cameras: dict[str, _Camera] = {}
        self._changed = threading.Condition()
        self._stopping = False
        self._threads: list[threading.Thread] = []
        self._began: dict[int, float] = {}
        self._busy = BusyShare(workers, clock)

    def add(self, camera: str, interval: float, plan: LookPlan | None = None) -> None:
        """Take in a camera that is to be looked at once every ``interval`` seconds, or as its plan says.

        Raises:
            ConfigError: when it is there already, or the interval is not above zero.
        """
        if interval <= 0:
            raise ConfigError(f"camera {camera}: an interval of {interval} s between looks is not above zero")
        with self._changed:
            known = self._cameras.get(camera)
            if known is not None and not known.retired:
                raise ConfigError(f"camera {camera}: the scheduler has it already")
            self._cameras[camera] = _Camera(interval, plan or LookPlan(interval))

    def retire(self, camera: str) -> None:
        """Look at a camera no more until it is added again; returns when no look at it is in progress.

        Its counts can still be asked for; one that was never added is no error.
        """
        with self._changed:
            known = self._cameras.get(camera)
            if known is None:
                return
            known.retired = True
            known.skipped["stopped"] += known.waiting is not None
            known.waiting = None
            self._changed.wait_for(lambda: not known.looking)

    def offer(self, frame: Frame) -> None:
        """Offer a frame; returns at once. Safe from any thread.

        Raises:
            ConfigError: when the camera was not added.
        """
        with self._changed:
            camera = self._camera(frame.camera)
            if self._stopping or camera.retired:
                camera.skipped["stopped"] += 1
            elif camera.waiting is not None:
                camera.skipped["replaced"] += 1
                camera.waiting = frame
            elif camera.plan.wants(frame.time, frame.keyframe):
                camera.put(frame, self._clock())
                self._changed.notify()
            else:
                camera.skipped["not_due"] += 1

    def wants(self, name: str, time: float, keyframe: bool) -> bool:
        """Whether a frame of this time would be looked at, were it decoded: none is decoded that nobody can take.

        While a frame waits for its turn or is looked at, none is wanted, so that decoding yields to an overloaded
        detector; only a frame that has waited for long makes way for a newer keyframe.

        Raises:
            ConfigError: when the camera was not added.
        """
        # No lock: a hundred cameras ask at every packet, and would queue behind whoever waits for the interpreter. Each
        # attribute is read once; who comes just too late offers a frame that waits or is not due.
        camera = self._camera(name)
        camera.plan.see(time, keyframe)
        if self._stopping or camera.looking or camera.retired:
            return False
        waiting = camera.waiting
        if waiting is not None:
            return keyframe and time - waiting.time >= max(STALE, camera.interval)
        wanted = camera.plan.wants(time, keyframe)
        if wanted:
            camera.ask(self._clock(), time)
        return wanted

    def expedite(self, camera: str, interval: float) -> None:
        """Have a camera looked at again ``interval`` seconds after its latest look, once.

        Raises:
            ConfigError: when the camera was not added.
        """
        with self._changed:
            self._camera(camera).plan.expedite(interval)

    def counts(self, camera: str) -> SamplingStats:
        """Count what became of a camera's frames.

        Raises:
            ConfigError: when the camera was not added.
        """
        with self._changed:
            state = self._camera(camera)
            now = self._clock()
            waits = now - state.deadline if state.waiting is not None or state.looking else 0.0
            lateness = max(state.lateness.value(now), waits, 0.0)
            return SamplingStats(state.looks, state.late, dict(state.skipped), state.failure, lateness)

    @property
    def busy(self) -> float:
        """Share of the time that the detector looked, lately; 1 means that it cannot look more often."""
        with self._changed:
            return self._busy.value()

    @property
    def failing(self) -> int:
        """How many cameras' latest look failed."""
        with self._changed:
            return sum(camera.failure is not None for camera in self._cameras.values() if not camera.retired)

    @property
    def hangs(self) -> float:
        """Seconds for which the longest look in progress has lasted; 0 where there is none."""
        began = min(self._began.copy().values(), default=None)
        return 0.0 if began is None else self._clock() - began

    def start(self) -> None:
        """Start looking."""
        if not self._threads:
            self._threads = [
                threading.Thread(target=self._work, args=(number,), name=f"looks-{number}", daemon=True)
                for number in range(self._workers)
            ]
            for thread in self._threads:
                thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """End after the looks in progress; frames that wait are counted as stopped."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        for thread in self._threads:
            if thread is threading.current_thread():
                continue
            thread.join(timeout)
            if thread.is_alive():
                log.warning("a look in progress did not end within %.0f s", timeout)
        with self._changed:
            for camera in self._cameras.values():
                camera.skipped["stopped"] += camera.waiting is not None
                camera.waiting = None

    def __enter__(self) -> Self:
        """Start looking."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop looking."""
        self.stop()

    def _camera(self, name: str) -> _Camera:
        try:
            return self._cameras[name]
        except KeyError:
            raise ConfigError(f"camera {name}: the scheduler was not told of it") from None

    def _work(self, number: int) -> None:
        while (taken := self._take()) is not None:
            camera, frame, deadline = taken
            self._began[number] = began = self._clock()
            failure = self._analyse(camera, frame)
            del self._began[number]
            self._on_looked(self._clock() - began)
            with self._changed:
                now = self._clock()
                self._busy.add(now - began)
                camera.failure, camera.looking = failure, False
                self._changed.notify_all()
                if failure is None:
                    camera.looks += 1
                    camera.late += now > deadline
                    camera.lateness.add(now, now - deadline)
                else:
                    camera.skipped["failed"] += 1

    def _take(self) -> tuple[_Camera, Frame, float] | None:
        """Wait for the most urgent frame; ``None`` when stopping."""
        with self._changed:
            while not self._stopping:
                # A frame that came while its camera is looked at waits for that look, so that looks stay in order.
                due = {
                    name: camera
                    for name, camera in self._cameras.items()
                    if camera.waiting is not None and not camera.looking
                }
                if due:
                    now = self._clock()
                    camera = due[min(due, key=lambda name: (*(-part for part in due[name].urgency(now)), name))]
                    frame, camera.waiting, camera.looking = camera.waiting, None, True
                    assert frame is not None
                    camera.plan.taken(frame.time)
                    return camera, frame, camera.deadline
                self._changed.wait()
            return None

    def _analyse(self, camera: _Camera, frame: Frame) -> str | None:
        """Look at a frame and hand on the result; return what went wrong.

        Whatever it is, the other cameras go on being served.
        """
        doing = "the look failed"
        try:
            (found,) = self._detector.detect([frame])
            doing = "what was found could not be handled"
            self._on_detections(frame, found)
        except Exception as error:
            now = self._clock()
            if camera.complained is None or now - camera.complained >= COMPLAIN_EVERY:
                camera.complained = now
                log.exception("camera %s: %s; counted as failed, said at most once a minute", frame.camera, doing)
            return f"{doing}: {error}"
        return None

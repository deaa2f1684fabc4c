"""Wires cameras, detector, scenes and publisher; the only place that knows the order of the rooms."""

import logging
import time
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from types import TracebackType
from uuid import uuid4

from typing_extensions import Self

from sharp_eyes.configuration.memory import give_back
from sharp_eyes.configuration.periodic import PeriodicThread, Steps
from sharp_eyes.configuration.service_manager import ServiceManager
from sharp_eyes.configuration.version import __version__
from sharp_eyes.contract.backports import UTC
from sharp_eyes.contract.camera_setup import AddCamera, FindCameras, RemoveCamera
from sharp_eyes.contract.command import ChangeSettings, Command, LookAgain, LookBack, ReportSettings, SaveClip, Watch
from sharp_eyes.contract.status import Birth, CameraHealth, LooksState, MachineState
from sharp_eyes.contract.trial import TrySettings
from sharp_eyes.edge.camera_setup.desk import SetupDesk
from sharp_eyes.edge.camera_setup.store import with_added
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.kept_choices import KeptChoices
from sharp_eyes.edge.extract.scheduler import Scheduler
from sharp_eyes.edge.frame import Detections, Frame
from sharp_eyes.edge.hub_settings.desk import SettingsDesk
from sharp_eyes.edge.hub_settings.trial import TrialDesk
from sharp_eyes.edge.live.desk import LiveDesk
from sharp_eyes.edge.look_back.kept_video import KeptVideo
from sharp_eyes.edge.look_back.shelf import remove_strangers
from sharp_eyes.edge.machine import Machine
from sharp_eyes.edge.measures import Measures
from sharp_eyes.edge.metrics.figures import Figures
from sharp_eyes.edge.metrics.sources import Sources
from sharp_eyes.edge.pipeline import check_camera
from sharp_eyes.edge.privacy.terms import EVERY, Terms
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.push.publisher import Publisher
from sharp_eyes.edge.retired_cameras import retire_cameras
from sharp_eyes.edge.saved_clips import SavedClips
from sharp_eyes.edge.scenes.camera_scenes import check_cameras
from sharp_eyes.edge.settings import CameraSettings, GatewaySettings
from sharp_eyes.edge.snap.decode_trial import choose_device
from sharp_eyes.edge.vital_signs import VitalSigns
from sharp_eyes.edge.worker import KEPT_VIDEO, CameraWorker

_GIVE_BACK = 60.0
"""Seconds between two times that free memory is given back to the system."""
_TICK = 0.25
"""Seconds between rounds of housekeeping."""

_log = logging.getLogger(__name__)


class Gateway:
    """A running gateway; a context manager that starts on entry and stops cleanly on exit."""

    def __init__(self, settings: GatewaySettings) -> None:
        """Load the models, open the outbox and check every scene; no camera is opened yet.

        Raises:
            EdgeError: when a setting, the model or the outbox is not in order.
        """
        settings = with_added(settings)
        check_cameras(settings.cameras)
        self._settings = settings
        model = settings.model.shared_out()
        self._detectors = detectors = Detectors.open(model, KeptChoices(settings.data / "computing"))
        self._decode_device = choose_device(settings.decode_device)
        self._measures = Measures()
        looked = self._measures.look_seconds.observe
        self._scheduler = Scheduler(detectors, self._on_detections, workers=model.workers, on_looked=looked)
        self._outbox = Outbox(settings.data / "outbox", settings.outbox.max_bytes)
        self._session = session = uuid4().hex
        self._terms = Terms(settings.data)
        self._live = LiveDesk(settings)
        self._saved_clips = SavedClips(settings.gateway, self._outbox)
        uses = (self._check_camera, self._use_camera, self._forget_camera)
        self._desk = SettingsDesk(settings, session, self._outbox, *uses)
        self._setup = SetupDesk(settings, self._outbox, self._desk)
        trials = (settings.gateway, detectors, self._outbox)
        self._trials = TrialDesk(*trials, self._desk.from_file, self._check_camera, self._kept_video, self._desk.holds)
        self._leave_behind({camera.id for camera in settings.cameras})
        self._workers = {camera.id: self._worker(camera) for camera in self._desk.cameras}
        self._publisher = Publisher(settings.hub, settings.gateway, self._outbox, self._birth(), self._command)
        self._manager = ServiceManager()
        self._vital_signs = VitalSigns(self._scheduler, self._workers, self._publisher, self._manager)
        self._machine = Machine()
        self._figures = self._open_figures()
        self._next_terms = time.monotonic()
        self._steps = Steps()
        self._next_heartbeat = time.monotonic()
        self._next_give_back = time.monotonic() + _GIVE_BACK
        self._housekeeper = PeriodicThread("housekeeper", "housekeeping", self._keep_house, _TICK)

    def __enter__(self) -> Self:
        """Start everything; returns at once."""
        self._publisher.start()
        self._scheduler.start()
        for worker in list(self._workers.values()):
            worker.start()
        self._housekeeper.start()
        self._desk.start()
        self._trials.start()
        self._figures.start()
        self._setup.start()
        watched = ", ".join(self._workers) or "no camera yet; add some: sharp-eyes-edge cameras add"
        _log.info("gateway %s watches %s", self._settings.gateway, watched)
        self._manager.ready(f"watches {len(self._workers)} cameras")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop in the order of the rooms, so that nothing that was seen is left behind."""
        self._manager.stopping()
        self._figures.stop()
        self._setup.stop()
        self._trials.stop()
        self._desk.stop()
        self._live.stop()
        self._saved_clips.stop()
        self._housekeeper.stop(None)
        for worker in list(self._workers.values()):
            worker.stop()
        self._scheduler.stop()
        for worker in list(self._workers.values()):
            worker.cut_clips(at_once=True)
            worker.save_state()
        self._publisher.stop()
        self._outbox.close()
        _log.info("gateway %s has stopped", self._settings.gateway)

    def _on_detections(self, frame: Frame, detections: Detections) -> None:
        self._workers[frame.camera].on_detections(frame, detections)

    def _worker(self, camera: CameraSettings) -> CameraWorker:
        shared = (self._detectors, self._scheduler, self._outbox)
        return CameraWorker(self._settings, camera, *shared, self._session, self._decode_device, self._measures)

    def _open_figures(self) -> Figures:
        rooms = (self._workers, self._scheduler, self._outbox, self._publisher, self._machine.state)
        sources = Sources(*rooms, self._settings.data, self._settings.outbox.max_bytes)
        return Figures(self._settings.metrics, self._measures, sources)

    def _birth(self) -> Birth:
        return Birth(
            gateway=self._settings.gateway,
            session=self._session,
            time=datetime.now(UTC),
            version=__version__,
            cameras=tuple(worker.note for worker in list(self._workers.values())),
            settings_from=self._settings.settings_from,
        )

    def _check_camera(self, camera: CameraSettings) -> None:
        """See that a camera could work with these settings; nothing is changed."""
        check_camera(self._settings.gateway, camera, self._detectors)

    def _kept_video(self, camera: str) -> KeptVideo | None:
        worker = self._workers.get(camera)
        return None if worker is None else worker.kept

    def _use_camera(self, camera: CameraSettings) -> None:
        """Let a camera begin, or go on with other settings; where that fails it goes on with those before."""
        old = self._workers.get(camera.id)
        if old is not None:
            self._scheduler.retire(camera.id)
            old.retire()
        try:
            new = self._worker(camera)
        except Exception:  # whatever it is: the camera must not be left without anybody who watches it
            if old is not None:
                self._use(self._worker(old.camera))
            raise
        self._use(new)
        self._publisher.announce(self._birth())

    def _forget_camera(self, identity: str) -> None:
        """Let a camera work no more; what it had open closes, and what was kept of it goes."""
        self._scheduler.retire(identity)
        self._workers[identity].retire()
        del self._workers[identity]
        self._leave_behind(set(self._workers))
        self._publisher.announce(self._birth())

    def _leave_behind(self, present: set[str]) -> None:
        """Close and remove what is left of cameras that are not present any more."""
        data = self._settings.data
        retire_cameras(self._outbox, self._settings.gateway, present, data / "clips")
        remove_strangers(data / KEPT_VIDEO, present)

    def _use(self, worker: CameraWorker) -> None:
        self._workers[worker.camera.id] = worker
        worker.start()

    def _command(self, command: Command) -> None:
        match command:
            case ReportSettings() | ChangeSettings():
                self._desk.take(command)
            case TrySettings():
                self._trials.take(command)
            case FindCameras() | AddCamera() | RemoveCamera():
                self._setup.take(command)
            case SaveClip():
                self._saved_clips.take(command, self._kept_video(command.camera))
            case _:
                self._camera_command(command)

    def _camera_command(self, command: LookAgain | LookBack | Watch) -> None:
        worker = self._workers.get(command.camera)
        if worker is None:
            _log.warning("the hub asks something of camera %s, which is not here any more", command.camera)
            return
        if isinstance(command, LookBack):
            self._live.look_back(worker.kept, command)
            return
        if isinstance(command, Watch):
            worker.watch(command.seconds)
            if command.video is not None:
                self._live.take(command.camera, worker.video, command.video)
            return
        _log.info("camera %s looks again at %s (%s)", command.camera, command.zone, command.scene)
        worker.look_again(command)

    def _keep_house(self) -> None:
        """One camera's trouble, or a disk that fails for a moment, keeps nothing else from being done."""
        self._vital_signs.check()
        hub, now = self._settings.hub, time.monotonic()
        for identity, worker in list(self._workers.items()):
            self._steps.do(f"camera {identity}: cutting clips and answering the hub", worker.housekeeping)
        if now >= self._next_give_back:
            self._next_give_back = now + _GIVE_BACK
            give_back()
        if now >= self._next_terms:
            self._next_terms = now + EVERY
            self._steps.do("ending the terms of sealed originals", self._terms.end)
        if now >= self._next_heartbeat:
            self._next_heartbeat = now + hub.heartbeat
            self._steps.do("the heartbeat", self._send_heartbeat)
        if self._publisher.connected:
            for identity, worker in list(self._workers.items()):
                if worker.snapshot_due:
                    self._steps.do(
                        f"camera {identity}: the live picture", partial(self._send_snapshot, identity, worker)
                    )

    def _send_heartbeat(self) -> None:
        machine = self._machine.state()
        cameras = [limited(worker.health(), machine) for worker in list(self._workers.values())]
        needs = [need for worker in list(self._workers.values()) for need in worker.needs]
        looks, models = looks_state(cameras, self._scheduler.busy), self._detectors.running(needs)
        self._publisher.heartbeat(cameras, machine, looks, models)

    def _send_snapshot(self, identity: str, worker: CameraWorker) -> None:
        jpeg = worker.snapshot()
        if jpeg is not None:
            self._publisher.snapshot(identity, jpeg)


def looks_state(cameras: Sequence[CameraHealth], busy: float) -> LooksState:
    """Whether the gateway keeps up: all cameras together."""
    return LooksState(
        late=sum(camera.late or 0 for camera in cameras),
        lateness=max((camera.lateness or 0.0 for camera in cameras), default=0.0),
        busy=round(busy, 2),
    )


def limited(health: CameraHealth, machine: MachineState | None) -> CameraHealth:
    """A camera's health that says, too, when the machine is slowed down or about to switch itself off."""
    if machine is None or not machine.detail:
        return health
    return health.model_copy(update={"detail": "; ".join(filter(None, (health.detail, machine.detail)))})

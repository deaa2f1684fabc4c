"""The intake as a whole: its parts wired together, the broker, and the watch over newly registered gateways."""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from sharp_eyes.configuration.periodic import PeriodicThread
from sharp_eyes.contract.camera_setup import SetupReport
from sharp_eyes.contract.trial import TrialReport
from sharp_eyes.hub.broker.bundled import BundledBroker
from sharp_eyes.hub.broker.client import MqttClient
from sharp_eyes.hub.broker.login import BrokerLogin
from sharp_eyes.hub.broker.retained import RetainedSweeper
from sharp_eyes.hub.certificates import TlsFiles
from sharp_eyes.hub.errors import BrokerError, SettingsError
from sharp_eyes.hub.intake import camera_settings
from sharp_eyes.hub.intake.division import LOOK_SECONDS, Division
from sharp_eyes.hub.intake.evidence.assembly import EvidenceAssembly
from sharp_eyes.hub.intake.evidence.receiver import EvidenceReceiver
from sharp_eyes.hub.intake.questions import Questions
from sharp_eyes.hub.intake.replies import Replies
from sharp_eyes.hub.intake.router import MessageRouter, TakeDevice
from sharp_eyes.hub.intake.self_check import INTERVAL_SECONDS, SelfCheck
from sharp_eyes.hub.intake.snapshots import SnapshotCache
from sharp_eyes.hub.intake.viewers import Viewers
from sharp_eyes.hub.intake.worker import IntakeWorker
from sharp_eyes.hub.measures import Measures
from sharp_eyes.hub.settings import BrokerSettings, LimitSettings
from sharp_eyes.hub.store.device_tables import DevicePlatform
from sharp_eyes.hub.store.disk_room import DiskRoom
from sharp_eyes.hub.store.evidence_store import EvidenceStore
from sharp_eyes.hub.store.prepared import PreparedSelect
from sharp_eyes.hub.store.tables import Gateway
from sharp_eyes.hub.store.trouble import is_full
from sharp_eyes.hub.store.unit_of_work import GatewayCommand, UnitOfWorkFactory

_WATCH_SECONDS = 1.0
_GATEWAYS = PreparedSelect(lambda _: select(Gateway.name, Gateway.bcrypt_hash).where(Gateway.removed_at.is_(None)))
_PLATFORMS = PreparedSelect(lambda _: select(DevicePlatform.name, DevicePlatform.bcrypt_hash))
_PATIENT_MENDS = 2
"""Restarts that did not help, until the broker's store is given up."""


class Intake:
    """Starts and stops all that listens to gateways."""

    def __init__(
        self,
        settings: BrokerSettings,
        limits: LimitSettings,
        data: Path,
        transaction: UnitOfWorkFactory,
        read_only: UnitOfWorkFactory,
        evidence_store: EvidenceStore,
        room: DiskRoom,
        monotonic: Callable[[], float] = time.monotonic,
        tls: TlsFiles | None = None,
        *,
        division: Division,
        measures: Measures,
        take_device: TakeDevice,
    ) -> None:
        """``tls``: what the bundled broker shows; ``take_device``: who takes what devices' platforms say."""
        self._settings = settings
        self._data = data
        self._tls = tls
        self._read_only = read_only
        self._transaction = transaction
        self._room = room
        self.snapshots = SnapshotCache()
        self.trials: Questions[TrialReport] = Questions(monotonic)
        self.camera_setups: Questions[SetupReport] = Questions(monotonic)
        self.replies = Replies()
        self.viewers = Viewers(self.replies, monotonic)
        assembly = EvidenceAssembly(data / "staging", max_files=limits.unfinished_files)
        evidence = EvidenceReceiver(evidence_store, assembly, self.replies, room, limits, measures)
        self._division = division
        memory = (self.snapshots, self.trials, self.camera_setups)
        self.router = MessageRouter(
            transaction,
            read_only,
            evidence,
            *memory,
            self.replies,
            limits,
            monotonic,
            division.serves,
            measures=measures,
            take_device=take_device,
        )
        self.worker = IntakeWorker(self.router, self.replies, division.serves)
        self.broker: BundledBroker | None = None
        self._client: MqttClient | None = None
        self._check: SelfCheck | None = None
        self._check_thread: PeriodicThread | None = None
        self._sweeper: RetainedSweeper | None = None
        self._watch = PeriodicThread("gateways", "taking in the gateways", self._watch_gateways, _WATCH_SECONDS)
        what = "the look which gateways are this hub's"
        self._division_watch = PeriodicThread("division", what, division.look, LOOK_SECONDS)
        what = "sending changes of settings"
        self._settings_watch = PeriodicThread("settings", what, self.send_settings, _WATCH_SECONDS)

    @property
    def is_connected(self) -> bool:
        """Whether the broker can be reached."""
        return self._client is not None and self._client.is_connected

    @property
    def self_check(self) -> SelfCheck | None:
        """The look whether messages come through; none before the start."""
        return self._check

    @property
    def is_hearing(self) -> bool:
        """Whether messages come through the broker, as far as is known."""
        return self._check is None or self._check.is_hearing

    @property
    def store_set_aside_at(self) -> datetime | None:
        """When a damaged store of our own broker was set aside that still lies there."""
        return None if self.broker is None else self.broker.store.set_aside_at

    @property
    def client(self) -> MqttClient | None:
        """The line to the broker; none before the start."""
        return self._client

    def start(self) -> None:
        """Start broker, client and worker.

        Raises:
            BrokerError, SettingsError: it cannot listen or connect as it is set.
        """
        login = self._external_login() if self._settings.kind == "external" else self._start_bundled()
        self._client = MqttClient(login, self.worker.offer)
        self.replies.outbound = self._client
        self._division.look()
        self._division_watch.start()
        self.worker.start()
        self._client.start()
        self._check = SelfCheck(self._client, lambda: self.worker.is_behind, self._mend_broker)
        what = "the look whether messages come through"
        self._check_thread = PeriodicThread("self-check", what, self._check.tick, INTERVAL_SECONDS)
        self._check_thread.start()
        self._watch.start()
        self._settings_watch.start()
        store = None if self.broker is None else self.broker.retained_store
        self._sweeper = RetainedSweeper(login, self._note_retained, store)
        self._sweeper.start()

    def stop(self) -> None:
        """Stop all; safe to call twice, and when it never started."""
        self._watch.stop()
        self._division_watch.stop()
        self._settings_watch.stop()
        if self._check_thread is not None:
            self._check_thread.stop()
        if self._sweeper is not None:
            self._sweeper.stop()
        self.worker.stop()
        if self._client is not None:
            self._client.stop()
        self._division.close()
        if self.broker is not None:
            self.broker.stop()

    def send(self, commands: Iterable[GatewayCommand]) -> None:
        """Send commands; a gateway that is away gets them when it comes back."""
        if self.replies.outbound is not None:
            for command in commands:
                self.replies.outbound.command(command.gateway, command.message)

    def send_settings(self) -> None:
        """Send the changes of settings that wait, also those that a command beside the hub has made."""
        with self._read_only() as work:
            waits = camera_settings.is_anything_waiting(work)
        if waits and self.is_connected:
            with self._transaction() as work:
                camera_settings.send_waiting(work)

    def _start_bundled(self) -> BrokerLogin:
        settings = self._settings
        self.broker = BundledBroker(self._data / "broker", settings.listen, settings.port, self._tls)
        try:
            return self.broker.start(*self._accounts())
        except OSError as error:
            advice = "; free room there" if is_full(error) else ""
            raise BrokerError(f"broker's folder {self._data / 'broker'}: {error.strerror}{advice}") from error

    def _mend_broker(self) -> str:
        """Restart our own broker if its disk has room again; say what was done."""
        if self.broker is None or not self._room.has_room():
            return ""
        if self._check is not None and self._check.mends == _PATIENT_MENDS:
            self.broker.restart(give_up_store="no message comes through it, whatever was tried")
            return "the bundled broker was restarted with a fresh store"
        self.broker.restart()
        return "the bundled broker was restarted"

    def _external_login(self) -> BrokerLogin:
        settings = self._settings
        if settings.password_file is None:
            raise SettingsError("broker.password_file is needed with an external broker")
        try:
            login = BrokerLogin(
                settings.url, settings.username, "", settings.ca_file, password_file=settings.password_file
            )
            return replace(login, password=login.read_password())
        except (OSError, ValueError) as error:
            raise SettingsError(f"broker.password_file {settings.password_file}: {error}") from error

    def _note_retained(self, gateway: str, count: int) -> None:
        self.replies.held_back.note("retained", gateway, f"{count} messages had been retained, and were cleared", count)

    def _accounts(self) -> tuple[dict[str, str], dict[str, str]]:
        with self._read_only() as work:
            return dict(_GATEWAYS.rows(work.session)), dict(_PLATFORMS.rows(work.session))

    def _watch_gateways(self) -> None:
        if self.broker is not None:
            self.broker.reload(*self._accounts())

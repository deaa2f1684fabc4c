"""Sends what waits in the outbox to the hub over MQTT, until the hub says that it has committed it.

The broker's PUBACK only says that the broker has a message; the outbox forgets on the hub's ack alone.
"""

import logging
import random
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Lock, Thread

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from sharp_eyes.configuration.hearing import Hearing
from sharp_eyes.configuration.periodic import Steps
from sharp_eyes.contract.backports import UTC
from sharp_eyes.contract.base import ContractError, parse_message
from sharp_eyes.contract.command import NO_ROOM, Ack, Command, parse_command
from sharp_eyes.contract.status import Birth, CameraHealth, Heartbeat, LooksState, MachineState, RunningModel, Will
from sharp_eyes.contract.topics import Channel, Topic, subscription
from sharp_eyes.contract.topics import parse as parse_topic
from sharp_eyes.edge.errors import OutboxError
from sharp_eyes.edge.push.connection import endpoint_of, is_out, paho_log, prepare_login, session_id
from sharp_eyes.edge.push.hub_away import HubAway
from sharp_eyes.edge.push.hub_notices import HubNotices
from sharp_eyes.edge.push.live_picture import MAX_SNAPSHOT_SIZE
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.push.packet_limit import Piece
from sharp_eyes.edge.push.stuck import StuckMessages
from sharp_eyes.edge.push.window import InFlightWindow, OutgoingMessage, WindowLimits
from sharp_eyes.edge.settings import HubConnectionSettings

KEEPALIVE_SECONDS = 20
LONGEST_DELAY = 30
"""Seconds between two attempts to reach the broker, at most."""

IDLE_SECONDS = 0.5
"""How often to look for overdue messages when nothing else happens."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Unconfirmed:
    info: mqtt.MQTTMessageInfo
    piece: Piece


class Publisher:
    """The gateway's line to the hub.

    Args:
        settings: where the broker is and how to sign in.
        gateway: the gateway's identifier.
        outbox: what to send; stays open after :meth:`stop`.
        birth: sent, retained, at each connection; its session also goes into the last will.
        on_command: called from the network thread with each command; must return soon.
        limits: how much may wait for an answer, and how long.

    Raises:
        ConfigError: when the password or the certificate authority cannot be read.
    """

    def __init__(
        self,
        settings: HubConnectionSettings,
        gateway: str,
        outbox: Outbox,
        birth: Birth,
        on_command: Callable[[Command], None],
        *,
        limits: WindowLimits | None = None,
    ) -> None:
        self._settings = settings
        self._gateway = gateway
        self._outbox = outbox
        self._birth = birth
        self._on_command = on_command
        self._limits = limits or WindowLimits()
        self._window = InFlightWindow(self._limits)
        self._lock = Lock()
        self._stuck = StuckMessages(outbox, self._window, self._lock, settings.url)
        self._away = HubAway(settings, gateway)
        self._notices = HubNotices(settings.url, gateway)
        self._unconfirmed: deque[_Unconfirmed] = deque()
        self._sending: Piece | None = None
        self._snapshots: dict[str, mqtt.MQTTMessageInfo] = {}
        self._wake = Event()
        self._stopping = Event()
        self._connected = Event()
        self._failures = 0
        self._connections = 0
        self._heartbeats = 0
        wanted = [(subscription(channel, gateway), 1) for channel in (Channel.ACK, Channel.COMMAND)]
        self._hearing = Hearing(f"hub {self._settings.url}", f"gateway {gateway}", wanted)
        self._client = self._make_client()
        self._thread = Thread(target=self._run, name="publisher", daemon=True)
        outbox.listen(self._wake.set)

    @property
    def is_alive(self) -> bool:
        """Whether its thread runs; it is to run from the start to the stop."""
        return self._thread.is_alive()

    @property
    def connected(self) -> bool:
        """Whether the broker has let us in."""
        return self._connected.is_set()

    @property
    def stuck(self) -> tuple[int, str]:
        """How many messages could not get through and try later, and what stands in the way; 0 and empty at best."""
        with self._lock:
            return self._window.aside, "; ".join(filter(None, (self._stuck.detail, self._away.detail)))

    def start(self) -> None:
        """Start connecting and sending; returns at once."""
        endpoint = endpoint_of(self._settings)
        self._client.connect_async(endpoint.host, endpoint.port, KEEPALIVE_SECONDS)
        self._client.loop_start()
        self._thread.start()

    def stop(self, timeout: float = 2.0) -> None:
        """Say goodbye and disconnect; what is not acknowledged stays in the outbox."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        if self.connected:
            farewell = Will(gateway=self._gateway, session=self._birth.session)
            info = self._publish(Channel.STATUS, farewell.model_dump_json(), qos=1, retain=True)
            if info.rc is MQTTErrorCode.MQTT_ERR_SUCCESS:
                info.wait_for_publish(timeout)
        self._client.disconnect()
        self._client.loop_stop()

    def heartbeat(
        self,
        cameras: Sequence[CameraHealth],
        machine: MachineState | None = None,
        looks: LooksState | None = None,
        models: tuple[RunningModel, ...] | None = None,
    ) -> None:
        """Send one heartbeat now; nothing is sent while the broker is away."""
        if not self.connected:
            return
        aside, detail = self.stuck
        message = Heartbeat(
            gateway=self._gateway,
            session=self._birth.session,
            sequence=self._heartbeats,
            time=datetime.now(UTC),
            cameras=tuple(cameras),
            outbox=self._outbox.state().model_copy(update={"aside": aside, "detail": detail}),
            machine=machine,
            looks=looks,
            models=models,
        )
        self._heartbeats += 1
        self._publish(Channel.HEARTBEAT, message.model_dump_json(), qos=0)

    def snapshot(self, camera: str, jpeg: bytes) -> bool:
        """Send a camera's latest small picture; False where it was left out.

        Left out while the broker is away, while the one before is still on the line, and above 200 KiB.
        """
        before = self._snapshots.get(camera)
        if not self.connected or len(jpeg) > MAX_SNAPSHOT_SIZE or (before and not is_out(before)):
            return False
        topic = Topic(self._gateway, Channel.SNAPSHOT, camera=camera)
        self._snapshots[camera] = self._client.publish(str(topic), jpeg, qos=0)
        return True

    def announce(self, birth: Birth) -> None:
        """Send the birth anew, and at each connection from now on: something in it has changed."""
        self._birth = birth
        if self.connected:
            self._publish(Channel.STATUS, birth.model_dump_json(), qos=1, retain=True)

    # -- the sending thread --------------------------------------------------------------------------------

    def _run(self) -> None:
        # What waits is still on disk; a disk that fails for a moment must not end the sending.
        steps = Steps()
        while not self._stopping.is_set():
            self._wake.wait(IDLE_SECONDS)
            self._wake.clear()
            if not steps.do("sending from the outbox", self._send_from_outbox):
                self._stopping.wait(IDLE_SECONDS)

    def _send_from_outbox(self) -> None:
        self._stuck.work_off()
        if self.connected:
            self._hearing.look(self._client, time.monotonic())
            self._fill_window()
            self._send_what_is_due()

    def _fill_window(self) -> None:
        # Read before locking: an ack handled in between leaves a stale row, which is harmless (sent once more).
        rows = [self._stuck.fitted(row) for row in self._outbox.pending(self._window.rows_wanted)]
        with self._lock:
            self._window.take_in(rows)

    def _send_what_is_due(self) -> None:
        while self.connected and not self._stopping.is_set():
            now = time.monotonic()
            with self._lock:
                self._note_confirmations(now)
                on_the_line = sum(one.piece.size for one in self._unconfirmed)
                full = on_the_line >= self._limits.evidence_bytes or len(self._unconfirmed) >= self._limits.messages
                if full or not self._stuck.limit.may_send(len(self._unconfirmed), now):
                    return
                piece = self._window.next_piece(now, self._stuck.limit.suspects)
            if piece is None or not self._send(piece, now):
                return

    def _note_confirmations(self, now: float) -> None:
        waiting: deque[_Unconfirmed] = deque()
        for one in self._unconfirmed:
            if is_out(one.info):
                self._window.confirmed(one.piece.identity, now)
                self._stuck.limit.confirmed(one.piece, now)
            else:
                waiting.append(one)
        self._unconfirmed = waiting

    def _send(self, piece: OutgoingMessage, now: float) -> bool:
        identity, attachment = piece.pending.id, piece.pending.attachment
        topic, payload = Topic(self._gateway, Channel.EVENT), piece.pending.payload
        if piece.part is not None and attachment is not None:
            topic = Topic(self._gateway, Channel.EVIDENCE, evidence_id=attachment.evidence_id, part=piece.part)
            try:
                payload = self._outbox.read_part(attachment, piece.part)
            except OutboxError as error:
                if self._outbox.waiting(identity) is not None:  # else it was acknowledged meanwhile
                    _log.warning("not sent: %s", error)
                    self._outbox.give_up(identity)
                with self._lock:
                    self._window.drop(identity)
                return True
        # The network thread may write it, and find the connection broken, before it stands among the unconfirmed.
        self._sending = on_the_line = Piece(identity, piece.part, len(payload))
        connection = self._connections
        info = self._client.publish(str(topic), payload, qos=1)
        with self._lock:
            self._sending = None
            # Without a connection paho keeps it, and what paho keeps is dropped at the next one: it goes again.
            if info.rc is not MQTTErrorCode.MQTT_ERR_SUCCESS or connection != self._connections:
                return False
            self._unconfirmed.append(_Unconfirmed(info, on_the_line))
            self._window.sent(piece, now)
        return True

    def _publish(self, channel: Channel, text: str, *, qos: int, retain: bool = False) -> mqtt.MQTTMessageInfo:
        return self._client.publish(str(Topic(self._gateway, channel)), text, qos=qos, retain=retain)

    # -- the network thread --------------------------------------------------------------------------------

    def _make_client(self) -> mqtt.Client:
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=session_id(self._gateway, self._outbox), clean_session=False
        )
        prepare_login(client, self._settings, self._gateway)
        client.max_inflight_messages_set(self._limits.messages)
        client.max_queued_messages_set(2 * self._limits.messages)
        client.suppress_exceptions = True  # a fault in a command must not end the line; paho logs it
        client.enable_logger(paho_log())
        will = Will(gateway=self._gateway, session=self._birth.session)
        status = Topic(self._gateway, Channel.STATUS)
        client.will_set(str(status), will.model_dump_json(), qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        return client

    def _on_connect(
        self,
        client: mqtt.Client,
        _userdata: object,
        _flags: mqtt.ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._away.refused(reason)
            return
        self._away.back()
        self._failures = 0
        # Paho would send again by itself, and first of all, the very packet that the broker hung up on.
        client.drop_out_messages()
        with self._lock:
            self._connections += 1
            self._unconfirmed.clear()
            self._sending = None
            self._window.reconnected()
        self._hearing.began(client, time.monotonic())
        self._publish(Channel.STATUS, self._birth.model_dump_json(), qos=1, retain=True)
        self._connected.set()
        self._wake.set()

    def _on_subscribe(
        self,
        _client: mqtt.Client,
        _userdata: object,
        number: int,
        reasons: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        self._hearing.answered(number, reasons)

    def _on_connect_fail(self, client: mqtt.Client, _userdata: object) -> None:
        self._away.unreachable(sys.exc_info()[1])  # paho calls this while it handles the error, and does not pass it on
        self._back_off(client)

    def _on_disconnect(
        self,
        client: mqtt.Client,
        _userdata: object,
        _flags: mqtt.DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if not self.connected and reason.is_failure:
            self._away.hung_up(reason)
        if self.connected and reason.is_failure:
            self._away.lost(reason)
            with self._lock:
                self._note_confirmations(time.monotonic())
                on_the_line = [one.piece for one in self._unconfirmed]
                if self._sending is not None:
                    on_the_line.append(self._sending)
                self._stuck.broke_off(on_the_line)
        self._connected.clear()
        self._hearing.ended()
        self._back_off(client)

    def _back_off(self, client: mqtt.Client) -> None:
        # Jitter: after a broker's restart its gateways must not all come in the same second.
        self._failures += 1
        seconds = random.randint(1, min(LONGEST_DELAY, 2 ** min(self._failures, 10)))
        client.reconnect_delay_set(seconds, seconds)

    def _on_publish(
        self,
        _client: mqtt.Client,
        _userdata: object,
        _mid: int,
        _reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._wake.set()

    def _on_message(self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        try:
            channel = parse_topic(message.topic).channel
            if channel is Channel.ACK:
                self._take_ack(parse_message(Ack, bytes(message.payload)))
            elif channel is Channel.COMMAND and (command := parse_command(bytes(message.payload))) is not None:
                self._on_command(command)
        except ContractError as error:
            _log.warning("the hub sent something on %s that is no message of ours: %s", message.topic, error)

    def _take_ack(self, ack: Ack) -> None:
        if ack.notice == NO_ROOM:
            self._stuck.hub_has_no_room()
        elif ack.notice is not None:
            self._notices.take(ack.notice)
        self._outbox.forget(ack.ids)
        for refusal in ack.refused:
            self._outbox.set_aside(refusal.id, refusal.reason)
        with self._lock:
            self._window.answered([*ack.ids, *(one.id for one in ack.refused)], time.monotonic())
            self._stuck.answered(ack.ids)
        self._wake.set()

"""One camera of a running gateway: its reader, tracker and scenes, and what they put into the outbox."""

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import cv2

from sharp_eyes.contract.command import LookAgain
from sharp_eyes.contract.envelope import wrap
from sharp_eyes.contract.event import Phase, SceneEvent
from sharp_eyes.contract.status import CameraHealth, CameraNote, CameraState
from sharp_eyes.edge.evidence_streams import EvidenceStreams
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.running import Need
from sharp_eyes.edge.extract.scheduler import SamplingStats, Scheduler
from sharp_eyes.edge.frame import Detections, Frame
from sharp_eyes.edge.leaving import LeavingEvidence
from sharp_eyes.edge.lessons.shelf import LessonShelf
from sharp_eyes.edge.live.camera_video import CameraVideo
from sharp_eyes.edge.look_again import LookAgainRequests
from sharp_eyes.edge.look_back.kept_video import KeptVideo
from sharp_eyes.edge.measures import Measures
from sharp_eyes.edge.pipeline import CameraPipeline
from sharp_eyes.edge.push.clip_spool import ClipSpool
from sharp_eyes.edge.push.entry import Entry
from sharp_eyes.edge.push.live_picture import LivePace, live_picture
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.scenes.base import Finding
from sharp_eyes.edge.scenes.camera_scenes import FEEDS, CameraScenes, Feed
from sharp_eyes.edge.settings import CameraSettings, GatewaySettings, RtspSource
from sharp_eyes.edge.snap.decode_device import DecodeDevice
from sharp_eyes.edge.snap.decode_mode import DecodeMode, Demand
from sharp_eyes.edge.snap.reader import CameraReader
from sharp_eyes.edge.snap.ring import EncodedClip, PacketRing
from sharp_eyes.edge.snap.wall_clock import wall

_log = logging.getLogger(__name__)

KEPT_VIDEO = "look-back"
"""Folder of what is kept to look back at, one folder a camera."""

_GROUP_OF_PICTURES = 12.0
"""Seconds kept beyond the clip, so that it can start at a keyframe."""

_CLIP_PATIENCE = 5.0
"""Seconds to wait beyond the clip's end for a camera that has stopped sending."""


_SAVE_EVERY = 10.0
"""Seconds after which what the scenes remember is kept though nothing was said."""

_ANSWER_PACE = 1.0
"""Seconds between the looks that answer a question of the hub."""


@dataclass(frozen=True, slots=True)
class _Clip:
    event: SceneEvent
    queued: float = field(default_factory=time.monotonic)
    stepped: float = field(default_factory=lambda: wall.stepped)

    @property
    def observed(self) -> float:
        """The event's time as the clock counts by now, should it have been set since."""
        return self.event.observed_at.timestamp() + wall.stepped - self.stepped


class CameraWorker:
    """Everything that belongs to one camera."""

    def __init__(
        self,
        settings: GatewaySettings,
        camera: CameraSettings,
        detectors: Detectors,
        scheduler: Scheduler,
        outbox: Outbox,
        session: str | None = None,
        decode_device: DecodeDevice | None = None,
        measures: Measures | None = None,
    ) -> None:
        """Build the scenes and the reader; nothing runs yet. ``decode_device`` decodes a camera on the network.

        Raises:
            ConfigError: when a scene's settings are wrong.
        """
        self.camera = camera
        self._gateway = settings.gateway
        self._measures = measures or Measures()
        self._session = session
        self._before, self._after = settings.outbox.clip_before, settings.outbox.clip_after
        self._pipeline = CameraPipeline(settings.gateway, camera, detectors)
        self._scenes = self._pipeline.scenes
        self._masker = self._pipeline.masker
        self._leaving = LeavingEvidence(settings, camera, self._masker, outbox, self._measures)
        self._pipeline.second_look.on_refused = LessonShelf(settings.data, camera.id, self._masker).keep
        self._detectors = detectors
        self._scheduler = scheduler
        self._outbox = outbox
        self._look_again = LookAgainRequests(settings.gateway)
        self._ring = PacketRing(self._before + self._after + _GROUP_OF_PICTURES)
        self._streams = EvidenceStreams(
            camera, self._masker, self._ring, self._before + self._after + _GROUP_OF_PICTURES
        )
        self.video = CameraVideo(self._masker, self._scenes, self._streams.ring)
        self.kept = KeptVideo(
            settings.data / KEPT_VIDEO / camera.id,
            camera.id,
            camera.look_back or settings.look_back,
            partial(self._streams.ring, "main"),
            masked=self.video.refusal is not None,
        )
        self._clips: list[_Clip] = []
        self._clips_lock = threading.Lock()
        self._spool = ClipSpool(settings.data / "clips" / camera.id, private=self._masker.changes("clip"))
        self._fault = ""
        self._retired = False
        self._latest: Frame | None = None
        self._live = LivePace(settings.hub.snapshot, settings.hub.snapshot_unwatched)
        self._saved_at: dict[Feed, float] = dict.fromkeys(FEEDS, time.monotonic())
        self._load_state()
        for event, clip in self._spool.recover():
            self._send_clip(event, clip)
        self._sampled = self._scenes.interval is not None
        if self._scenes.interval is not None:
            scheduler.add(camera.id, self._scenes.interval, self._pipeline.plan)
        self._reader = CameraReader(
            looked_at(camera),
            decode_mode(camera, self._scenes),
            self._ring,
            self._on_frame,
            self._report,
            demand=self._demand(),
            patience=self._scenes.patience,
            device=decode_device if isinstance(camera.source, RtspSource) else None,
            motion=None if self._pipeline.plan is None else self._pipeline.plan.motion,
        )

    def start(self) -> None:
        """Begin to read the camera."""
        self._reader.start()
        self._streams.start()
        self.kept.start()

    def stop(self) -> None:
        """End the reading."""
        self.video.ended.set()
        self.kept.stop()
        self._reader.stop()
        self._streams.stop()

    def retire(self) -> None:
        """End for good while the gateway goes on: another worker takes this camera over with other settings."""
        self._retired = True
        self.stop()
        self.cut_clips(at_once=True)
        self.save_state()

    def save_state(self) -> None:
        """Keep what the scenes remember; called when reader and looks have ended."""
        for feed in FEEDS:
            self._save_state(feed)

    @property
    def note(self) -> CameraNote:
        """What the hub must know about the camera."""
        camera = self.camera
        return CameraNote(
            camera=camera.id,
            name=camera.name or camera.id,
            area=camera.area,
            longitude=camera.longitude,
            latitude=camera.latitude,
            scenes=tuple(dict.fromkeys(scene.name for scene in self._scenes.scenes)),
        )

    @property
    def needs(self) -> list[Need]:
        """What each of its scenes needs to be seen."""
        every = ((scene.name, scene.needs) for scene in self._scenes.scenes)
        return [Need(name, needs.classes, needs.ground) for name, needs in every]

    @property
    def frames_read(self) -> int:
        """Frames decoded since the start."""
        return self._reader.decoded

    @property
    def hangs(self) -> float:
        """Seconds for which the frame in the reader's hand has been handled; 0 where there is none."""
        return self._reader.hangs

    def health(self) -> CameraHealth:
        """The reader's health with what became of the frames."""
        health = self._reader.health()
        online = health.state is CameraState.ONLINE
        hindrances = (self._scenes.hindrances, self._streams.notice, self.kept.notice) if online else ()
        limits = (health.detail, self._fault, self._detectors.faults(self.camera.id), *hindrances)
        health = health.model_copy(update={"detail": "; ".join(filter(None, limits))})
        if self._sampled:
            health = with_sampling(health, self._scheduler.counts(self.camera.id))
        doubts = {**self._scenes.doubts, **self._pipeline.second_look.counts}
        return health.model_copy(update={"skipped": {**health.skipped, **doubts}})

    def snapshot(self) -> bytes | None:
        """The latest frame as a small JPEG; None where there is no new one or the camera is not online."""
        latest = self._latest
        if latest is None or self._reader.health().state is not CameraState.ONLINE or not self._live.take(latest.time):
            return None
        frame = self._masker.masked(latest, "snapshot")
        return None if frame is None else live_picture(frame)

    def watch(self, seconds: float) -> None:
        """Somebody watches the live picture for so long."""
        self._live.watch(seconds)

    @property
    def snapshot_due(self) -> bool:
        """Whether a live picture is to be sent."""
        return self._live.due

    def on_detections(self, frame: Frame, detections: Detections) -> None:
        """Take in what was detected: track, let the scenes look, and put what they say into the outbox."""
        analysis = self._pipeline.on_detections(frame, detections)
        self.video.look(analysis.tracks)
        self._publish(analysis.events, frame, "looks")

        def check(command: LookAgain) -> Finding:
            return self._pipeline.check(analysis, command.scene, command.zone, command.box)

        self._enqueue(self._look_again.on_frame(frame, check, self._picture_after))
        self._expedite()

    def look_again(self, command: LookAgain) -> None:
        """Answer this question with the next looks."""
        self._look_again.ask(command)
        self._expedite()

    def housekeeping(self) -> None:
        """Cut clips whose time has come and answer questions that can wait no longer."""
        if self._retired:
            return
        self.cut_clips()
        self._enqueue(self._look_again.expire())

    def cut_clips(self, at_once: bool = False) -> None:
        """Cut the clips whose video is complete, or all of them."""
        with self._clips_lock:
            ready = [clip for clip in self._clips if at_once or self._complete(clip)]
            self._clips = [clip for clip in self._clips if clip not in ready]
            growing = list(self._clips)
        for clip in ready:
            self._send_clip(clip.event, self._cut(clip))
        if at_once:
            self._streams.finish()
            self._leaving.finish()
        for clip in growing:
            self._spool.keep(clip.event, partial(self._cut, clip))

    def _cut(self, clip: _Clip) -> EncodedClip | None:
        """The clip around an event, as far as it has been seen."""
        return self._streams.cut(clip.observed - self._before, clip.observed + self._after)

    def _send_clip(self, event: SceneEvent, clip: EncodedClip | None) -> None:
        self._leaving.send_clip(event, clip, partial(self._spool.drop, event.event_id))

    def _complete(self, clip: _Clip) -> bool:
        span = self._streams.span
        end = clip.observed + self._after
        waited = time.monotonic() - clip.queued
        return (span is not None and span[1] >= end) or waited > self._after + _CLIP_PATIENCE

    def _publish(self, events: Sequence[SceneEvent], frame: Frame, feed: Feed) -> None:
        """Put events into the outbox, then their pictures: whatever fails with those, the events are on the way.

        With them goes what the scenes remember, so that no death between the two can raise an event twice.
        """
        if not events and time.monotonic() - self._saved_at[feed] < _SAVE_EVERY:
            return
        self._save_state(feed, events)
        for event in events:
            if event.phase is not Phase.OPENED:
                continue
            with self._clips_lock:
                self._clips.append(_Clip(event))
            self._streams.later(
                partial(self._send_pictures, event, frame, self._scenes.reference(event.scene, event.zone))
            )

    def _send_pictures(self, event: SceneEvent, frame: Frame, before: Frame | None) -> None:
        self._enqueue(self._leaving.pictures(event, self._streams.frame(frame, wait=True), before))

    def _picture_after(self, frame: Frame) -> Frame:
        return self._masker.masked(self._streams.frame(frame), "after")

    def _expedite(self) -> None:
        """Somebody waits for an answer: look again soon, whatever the scenes' own pace."""
        if self._sampled and self._look_again.waiting:
            self._scheduler.expedite(self.camera.id, _ANSWER_PACE)

    def _demand(self) -> Demand | None:
        """Who says which frames are decoded; None where all are, because a scene needs them or the settings say so."""
        if self._scenes.every_frame or self.camera.decode in ("all", "nonreference"):
            return None
        return self._wants

    def _wants(self, time: float, keyframe: bool) -> bool:
        """Whether the frame of this time is wanted: for a look, or for somebody who watches."""
        look = self._sampled and self._scheduler.wants(self.camera.id, time, keyframe)
        look = look or self.video.wants(time)
        if look or not keyframe:
            return look
        return self._live.wants(time, None if self._latest is None else self._latest.time)

    def _on_frame(self, frame: Frame) -> None:
        frame = self._masker.watched(frame)
        self._latest = frame
        self.video.frame(frame)
        if self._scenes.every_frame:
            self._observe_frame(frame)
        if self._sampled:
            self._scheduler.offer(frame)

    def _report(self, health: CameraHealth) -> None:
        if health.state is not CameraState.STARTING:
            self._enqueue([Entry(wrap(self._gateway, health.model_copy(update={"session": self._session})))])

    def _observe_frame(self, frame: Frame) -> None:
        """Give a frame to the scenes that need every one.

        A fault of theirs must not end the reading, which the camera's other scenes live by: its health says it.
        """
        try:
            self._publish(self._pipeline.on_frame(frame), frame, "frames")
        except (ArithmeticError, LookupError, TypeError, ValueError, cv2.error) as error:
            if not self._fault:
                _log.exception("camera %s: the scenes that need every frame fail", self.camera.id)
            self._fault = f"cannot watch every frame: {error}"
        else:
            self._fault = ""

    def _save_state(self, feed: Feed, events: Sequence[SceneEvent] = ()) -> None:
        """Put events and what the scenes remember into the outbox, in one transaction."""
        self._saved_at[feed] = time.monotonic()
        doubt = {"clock_doubt": wall.doubt or None}
        entries = [Entry(wrap(self._gateway, event.model_copy(update=doubt))) for event in events]
        self._outbox.put(entries, {f"{self.camera.id}/{feed}": self._scenes.dump_state(feed)})
        for event in events:
            self._measures.events.labels(self.camera.id, event.scene.value, event.phase.value).inc()

    def _load_state(self) -> None:
        """Let the scenes go on where the gateway stopped."""
        for feed in FEEDS:
            text = self._outbox.memory(f"{self.camera.id}/{feed}")
            if text is not None:
                self._save_state(feed, self._scenes.load_state(feed, text))

    def _enqueue(self, entries: list[Entry]) -> None:
        if entries:
            self._outbox.put(entries)


def looked_at(camera: CameraSettings) -> CameraSettings:
    """The camera with the stream that is decoded and looked at as its source."""
    source = camera.source
    return camera.model_copy(update={"source": source.looked_at}) if isinstance(source, RtspSource) else camera


def decode_mode(camera: CameraSettings, scenes: CameraScenes) -> DecodeMode:
    """What may be decoded: as set, or the least that the camera's scenes can work with."""
    if camera.decode != "auto":
        return camera.decode
    if scenes.every_frame:
        return "all"
    # Without scenes keyframes would do, but somebody may watch pictures; nothing is decoded that nobody wants.
    return "all" if scenes.interval is not None and scenes.interval < 0.1 else "nonreference"


def with_sampling(health: CameraHealth, counts: SamplingStats) -> CameraHealth:
    """Add what became of the frames, and say it where the detector cannot look."""
    skipped = {reason: number for reason, number in counts.skipped.items() if number}
    detail = "; ".join(text for text in (health.detail, counts.failure and f"cannot look: {counts.failure}") if text)
    lateness = {"late": counts.late, "lateness": round(counts.lateness, 1)}
    return health.model_copy(
        update={"looks": counts.looks, "skipped": {**health.skipped, **skipped}, "detail": detail, **lateness}
    )

"""Live video on the gateway's side: the camera's own packets over a real WebSocket, while the hub keeps it open."""

import io
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import av
import cv2
import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from sharp_eyes.contract.base import Message
from sharp_eyes.contract.video import Piece, VideoBegins, VideoLook, VideoRefused, VideoRequest, parse_note
from sharp_eyes.edge.frame import Frame, Track, Tracks
from sharp_eyes.edge.live.byte_budget import ByteBudget
from sharp_eyes.edge.live.camera_video import CameraVideo
from sharp_eyes.edge.live.desk import LiveDesk
from sharp_eyes.edge.live.fragmented_video import FragmentedVideo
from sharp_eyes.edge.live.hub_line import stream_address
from sharp_eyes.edge.scenes.camera_scenes import CameraScenes
from sharp_eyes.edge.settings import CameraSettings, FileSource, GatewaySettings, HubConnectionSettings, LiveSettings
from sharp_eyes.edge.snap.fragments import media_type
from sharp_eyes.edge.snap.packet_feed import PacketFeed
from sharp_eyes.edge.snap.ring import EncodedPacket, PacketRing

STREET = Path(__file__).parents[2] / "media/street.mp4"
TICKET = "t" * 32
BEGAN = 1_700_000_000.0


class Camera:
    """A ring into which a recording's packets go as the test says."""

    def __init__(self, seconds: float = 60.0) -> None:
        self.ring = PacketRing(seconds)
        with av.open(STREET) as container:
            stream = container.streams.video[0]
            base = float(stream.time_base or 0)
            self.ring.begin(stream)
            found = [packet for packet in container.demux(stream) if packet.size]
        self.packets = [
            EncodedPacket(
                bytes(one), BEGAN + (one.pts or 0) * base, BEGAN + (one.dts or 0) * base, bool(one.is_keyframe)
            )
            for one in found
        ]

    def send(self, first: int, last: int) -> None:
        for one in self.packets[first:last]:
            self.ring.add(one.data, one.time, one.decode_time, one.keyframe)

    def video(self, masked: bool = False) -> CameraVideo:
        masker = cast(Any, SimpleNamespace(changes=lambda kind: masked and kind == "clip"))
        return CameraVideo(masker, cast(Any, SimpleNamespace(scenes=())), lambda _stream: self.ring)


class Hub:
    """Takes one stream, and keeps what it says."""

    def __init__(self) -> None:
        self.said: list[Message | bytes] = []
        self.paths: list[str] = []
        self.line: ServerConnection | None = None
        self.ended = threading.Event()
        self.reads = threading.Event()
        self.reads.set()

    def __call__(self, line: ServerConnection) -> None:
        self.line = line
        self.paths.append(line.request.path if line.request else "")
        try:
            for said in line:
                self.reads.wait()
                note = parse_note(said.encode()) if isinstance(said, str) else said
                assert note is not None
                self.said.append(note)
        except ConnectionClosed:
            pass
        self.ended.set()

    def notes(self, kind: type[Message]) -> list[Any]:
        return [one for one in self.said if isinstance(one, kind)]

    def file(self) -> bytes:
        return b"".join(one[1:] for one in self.said if isinstance(one, bytes))


@contextmanager
def hub_and_desk(live: LiveSettings | None = None) -> Iterator[tuple[Hub, LiveDesk, VideoRequest]]:
    hub = Hub()
    with serve(hub, "127.0.0.1", 0, compression=None) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        port = server.socket.getsockname()[1]
        desk = LiveDesk(GatewaySettings(gateway="gate-1", live=live or LiveSettings()))
        try:
            yield hub, desk, VideoRequest(ticket=TICKET, port=port, tls=False)
        finally:
            hub.reads.set()
            desk.stop()
            server.shutdown()


def until(condition: Any, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.01)


def packets_of(file: bytes) -> list[bytes]:
    with av.open(io.BytesIO(file), "r") as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def test_the_hub_gets_the_cameras_own_packets_from_the_last_keyframe_on() -> None:
    """To the bit, with the media type and the moment at which the file's time begins."""
    camera = Camera()
    camera.send(0, 40)
    first = max(index for index in range(40) if camera.packets[index].keyframe)
    assert first > 0
    with hub_and_desk() as (hub, desk, request):
        desk.take("cam-1", camera.video(), request)
        desk.take("cam-1", camera.video(), request)  # said again, as a hub does until it is heard
        until(lambda: len(hub.said) > 2)
        camera.send(40, 81)
        until(lambda: len(hub.said) >= 82 - first)
        assert hub.paths == [f"/api/gateway-video/{TICKET}"]
        (begins,) = hub.notes(VideoBegins)
        assert begins.media_type.startswith('video/mp4; codecs="avc1.')
        assert begins.epoch == camera.packets[first].decode_time
        assert packets_of(hub.file()) == [one.data for one in camera.packets[first:80]]
        kinds = [one[0] for one in hub.said if isinstance(one, bytes)]
        assert kinds[:3] == [Piece.BEGINNING, Piece.KEYFRAME, Piece.FRAGMENT]
        assert hub.line is not None
        hub.line.close()
        until(lambda: desk.streams == 0)
    assert camera.ring._followers == []  # nothing is left that would be told


def test_looks_come_with_the_time_of_their_picture() -> None:
    """As shares of the picture, clipped to it."""
    camera = Camera()
    camera.send(0, 5)
    video = camera.video()
    with hub_and_desk() as (hub, desk, request):
        desk.take("cam-1", video, request)
        until(lambda: hub.notes(VideoBegins))
        video.look(Tracks(BEGAN + 0.1, 200, 100, (Track(7, "car", 0.91, (-2.0, 10.0, 50.0, 100.0), BEGAN),)))
        until(lambda: hub.notes(VideoLook))
        (look,) = hub.notes(VideoLook)
    assert look.time == BEGAN + 0.1
    assert look.objects[0].model_dump() == {"track": 7, "name": "car", "score": 0.91, "box": (0.0, 0.1, 0.25, 1.0)}


def test_who_cannot_play_the_packets_gets_pictures_at_a_bounded_pace() -> None:
    """Frames that are decoded anyway, or wanted for it, with their times; looks beside them; none when nobody looks."""
    video, picture = Camera().video(), np.full((720, 1280, 3), 120, np.uint8)
    assert not video.wants(BEGAN)
    with hub_and_desk() as (hub, desk, request):
        desk.take("cam-1", video, request.model_copy(update={"form": "pictures"}))
        until(lambda: video.wants(BEGAN))
        sent = []
        for number in range(25):
            moment = BEGAN + number / 25
            wanted = video.wants(moment)
            video.frame(Frame.of_picture("cam-1", moment, picture))
            if wanted:
                sent.append(moment)
                until(lambda: len([one for one in hub.said if isinstance(one, bytes)]) == len(sent))
        video.look(Tracks(BEGAN + 0.2, 200, 100, ()))
        video.frame(Frame.of_picture("cam-1", BEGAN + 1, picture))
        until(lambda: hub.notes(VideoLook))
        (begins,) = hub.notes(VideoBegins)
        assert begins.media_type == "image/jpeg"
        pieces = [(*struct.unpack_from(">Bd", one), one[9:]) for one in hub.said if isinstance(one, bytes)]
        assert 4 <= len(sent) <= 6
        assert [(kind, moment) for kind, moment, _ in pieces][: len(sent)] == [(Piece.PICTURE, one) for one in sent]
        decoded = cv2.imdecode(np.frombuffer(pieces[0][2], np.uint8), cv2.IMREAD_COLOR)
        assert decoded is not None
        assert decoded.shape == (540, 960, 3)
        assert hub.line is not None
        hub.line.close()
        until(lambda: desk.streams == 0)
    assert not video.wants(BEGAN + 10)


@pytest.mark.parametrize("form", ["packets", "pictures"])
@pytest.mark.parametrize(
    ("masked", "live", "reason"),
    [
        (True, LiveSettings(), "masked"),
        (False, LiveSettings(video=False), "off"),
    ],
)
def test_what_may_not_leave_does_not(masked: bool, live: LiveSettings, reason: str, form: str) -> None:
    """A camera with masks, or a gateway that is to send none, says why and sends no packet."""
    camera = Camera()
    camera.send(0, 40)
    with hub_and_desk(live) as (hub, desk, request):
        desk.take("cam-1", camera.video(masked), request.model_copy(update={"form": form}))
        assert hub.ended.wait(60)
    assert hub.said == [VideoRefused(reason=cast(Any, reason))]


def test_a_hub_that_asks_without_end_and_never_answers_costs_no_thread_each() -> None:
    """What is more than twice the streams is not even refused, until some of those have ended."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        desk = LiveDesk(GatewaySettings(gateway="gate-1", live=LiveSettings(max_streams=2)))
        video, before = Camera().video(), threading.active_count()
        for number in range(50):
            request = VideoRequest(ticket=f"{number:032}", port=silent.getsockname()[1], tls=False)
            desk.take("cam-1", video, request)
        assert desk.streams == 4
        assert threading.active_count() <= before + 8
    until(lambda: desk.streams == 0)


def test_who_is_slow_loses_whole_groups_and_nobody_waits() -> None:
    """A feed that is full goes on at a keyframe; adding never blocks."""
    camera = Camera()
    groups = [index for index, one in enumerate(camera.packets) if one.keyframe]
    size = sum(len(one.data) for one in camera.packets[: groups[1]])
    feed = PacketFeed(size + 100)
    camera.ring.follow(feed)
    camera.send(0, groups[2] + 1)
    kept = [one for one in feed.take(0) if isinstance(one, EncodedPacket)]
    assert kept[0].keyframe
    assert kept[-1] == camera.packets[groups[2]]
    assert len(kept) < groups[2]


def test_who_is_too_slow_goes_on_with_what_is_new() -> None:
    """A live feed drops at a keyframe what has waited for long; one that records loses nothing."""
    camera = Camera()
    now = [0.0]
    live, recording = PacketFeed(2**30, 0.5, lambda: now[0]), PacketFeed(2**30)
    camera.ring.follow(live)
    camera.ring.follow(recording)
    groups = [index for index, one in enumerate(camera.packets) if one.keyframe]
    camera.send(0, groups[1])
    taken = [live.take_next(0) for _ in range(2)]
    assert taken[1] == camera.packets[0], "behind how it is encoded"
    now[0] = 0.6
    camera.send(groups[1], groups[1] + 2)
    assert [live.take_next(0) for _ in range(3)] == [*camera.packets[groups[1] : groups[1] + 2], None]
    assert len([one for one in recording.take(0) if isinstance(one, EncodedPacket)]) == groups[1] + 2


def test_bytes_a_second_are_bounded_by_leaving_pictures_out() -> None:
    """The picture before stands until the next keyframe: the file has no hole in time."""
    camera = Camera()
    feed = PacketFeed(2**30)
    camera.ring.follow(feed)
    camera.send(0, len(camera.packets))
    whole = sum(len(one.data) for one in camera.packets)
    now = [0.0]
    budget = ByteBudget(whole / 8, lambda: now[0])
    video = FragmentedVideo((), budget)
    said: list[bytes] = []
    for item in feed.take(0):
        said += [one[1:] for one in video.take(item) if isinstance(one, bytes)]
    sent = packets_of(b"".join(said))
    assert 0 < sum(map(len, sent)) <= whole / 2
    assert set(sent) <= {one.data for one in camera.packets}


def test_the_hubs_line_is_where_it_joined_or_beside_the_broker() -> None:
    """A proxy's address and path come from the settings; without them the hub's own word holds."""
    request = VideoRequest(ticket=TICKET, port=8420, tls=True, path="/eyes")
    beside = HubConnectionSettings(url="mqtts://hub.example.org:8883")
    assert stream_address(beside, request) == f"wss://hub.example.org:8420/eyes/api/gateway-video/{TICKET}"
    behind = HubConnectionSettings(url="mqtts://hub.example.org", page="https://eyes.example.org/a/")
    assert stream_address(behind, request) == f"wss://eyes.example.org/a/api/gateway-video/{TICKET}"


def test_h265_is_named_as_browsers_know_it() -> None:
    """From the record in the file's beginning (ISO/IEC 14496-15, annex E)."""
    record = bytes([1, 0x01, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 93])
    assert media_type(b"....hvcC" + record + b"\0" * 10) == 'video/mp4; codecs="hvc1.1.6.L93.90"'


def test_the_scenes_zones_go_with_the_video() -> None:
    """As they are drawn in the settings."""
    corners = ((0.1, 0.5), (0.6, 0.5), (0.6, 0.9))
    scene = {"scene": "perimeter_intrusion", "zones": [{"id": "yard", "polygon": corners}]}
    settings = CameraSettings(id="cam-1", source=FileSource(path=STREET), scenes=(scene,))
    scenes = CameraScenes("gate-1", settings, lambda _class: None, ("person",))
    camera = Camera()
    video = CameraVideo(cast(Any, None), scenes, lambda _stream: camera.ring)
    (zone,) = video.zones
    assert (zone.scene, zone.zone, zone.polygon) == ("perimeter_intrusion", "yard", corners)

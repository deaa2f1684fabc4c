"""Cameras that the hub has found, added and removed at a real gateway, with a real ONVIF camera and RTSP stream."""

import stat
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from nacl.encoding import Base64Encoder
from nacl.public import Box, PrivateKey, PublicKey
from scripts.onvif_camera import Stream, VirtualCamera
from tests.e2e.stand import wait_for
from tests.edge.extract.models import EXACT
from tests.edge.snap.clips import RtspCamera, make_clip
from tests.ports import free_port

from sharp_eyes.contract.camera_setup import (
    AddCamera,
    CameraLogin,
    FindCameras,
    RemoveCamera,
    SealedLogin,
    SetupReport,
)
from sharp_eyes.contract.envelope import SettingsMessage, SetupMessage, parse_durable
from sharp_eyes.edge.backup.archive import bring_back, save
from sharp_eyes.edge.camera_setup import desk, login_keys
from sharp_eyes.edge.camera_setup.login_keys import LoginKeys, bare
from sharp_eyes.edge.camera_setup.refusal import SetupRefusedError
from sharp_eyes.edge.camera_setup.store import AddedCameras, with_added
from sharp_eyes.edge.gateway import Gateway
from sharp_eyes.edge.settings import GatewaySettings, RtspSource, load

PASSWORD = "p#s/s@%41 wörd"


def sealed(key: str, camera: str, address: str, username: str = "viewer", password: str = PASSWORD) -> SealedLogin:
    """Seal as the page does."""
    sender = PrivateKey.generate()
    login = CameraLogin(camera=camera, address=address, username=username, password=password)
    public = PublicKey(key.encode(), Base64Encoder)
    made = Box(sender, public).encrypt(login.model_dump_json().encode())
    texts = (bytes(sender.public_key), made.nonce, made.ciphertext)
    own, nonce, box = (b64encode(one).decode() for one in texts)
    return SealedLogin(key=key, sender=own, nonce=nonce, box=box)


class Running:
    """A gateway whose hub is away: what it answers is found in its outbox."""

    def __init__(self, folder: Path, **rules: Any) -> None:
        self.folder = folder
        allowed = {"allowed": True, "interfaces": ["127.0.0.1"], **rules}
        raw = {
            "gateway": "gw", "data": str(folder), "settings_from": "hub", "cameras_from_hub": allowed,
            "hub": {"url": "mqtt://127.0.0.1:9"}, "model": EXACT,
        }  # fmt: skip
        self.gateway = Gateway(GatewaySettings.model_validate(raw))

    def ask(self, question: FindCameras | AddCamera | RemoveCamera) -> SetupReport:
        self.gateway._command(question)

        def answer() -> SetupReport | None:
            messages = [parse_durable(one.payload) for one in self.gateway._outbox.pending(500)]
            said = [one.data for one in messages if isinstance(one, SetupMessage)]
            return next((one for one in said if one.request_id == question.request_id), None)

        return wait_for("the answer", answer, 60)

    def search(self) -> SetupReport:
        return self.ask(FindCameras(request_id=uuid4()))

    def add(self, camera: str, address: str, **more: Any) -> SetupReport:
        login = more.pop("login", None) or sealed(self.search().key or "", camera, address, **more)
        known = {"request_id": uuid4(), "made_by": "admin", "made_at": datetime.now(UTC), "version": 3}
        return self.ask(AddCamera(**known, camera=camera, place=bare(address), login=login, name="East gate"))

    def remove(self, camera: str) -> SetupReport:
        return self.ask(RemoveCamera(request_id=uuid4(), camera=camera, made_by="admin"))


class Street(NamedTuple):
    rtsp: RtspCamera
    onvif: VirtualCamera


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cameras on this machine answer at once."""
    monkeypatch.setattr(desk, "SEARCH", 0.5)


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """Its clock is an hour behind."""
    pytest.importorskip("onveef", reason="the extra 'onvif' is not installed")
    clip = make_clip(tmp_path_factory.mktemp("street") / "clip.mp4", seconds=12, keyframe_every=25, size=(640, 360))
    with (
        RtspCamera(clip, free_port()) as rtsp,
        VirtualCamera(
            [Stream("main", rtsp.url, 640, 360), Stream("photo", rtsp.url, 1920, 1080, encoding="JPEG")],
            username="viewer", password=PASSWORD, clock_offset=-4000, name="east",
        ) as onvif,
    ):  # fmt: skip
        yield Street(rtsp, onvif)


def test_a_camera_is_found_added_watched_kept_and_removed(street: Street, tmp_path: Path) -> None:
    """Its password lies in a private file alone, is in the gateway's backup, and goes with the camera."""
    running = Running(tmp_path / "data")
    with running.gateway:
        found = running.search()
        (own,) = [one for one in found.found if one.address == street.onvif.url]
        assert (found.state, found.problem, own.name, own.known) == ("done", None, "east", None)
        assert running.add("east", street.onvif.url, password="wrong").problem == "login"
        assert running.gateway._workers == {}
        done = running.add("east", street.onvif.url)
        assert (done.state, done.reason) == ("done", "")
        assert done.added is not None
        assert (done.added.main.codec, done.added.main.width, done.added.sub) == ("h264", 640, None)
        assert done.added.clock_offset == pytest.approx(-4000, abs=5)
        wait_for("a picture", running.gateway._workers["east"].snapshot)
        assert [(one.camera, one.name) for one in running.gateway._publisher._birth.cameras] == [("east", "East gate")]
        messages = [parse_durable(one.payload) for one in running.gateway._outbox.pending(500)]
        (reported,) = [one.data for one in messages if isinstance(one, SettingsMessage)]
        assert (reported.camera, reported.version, reported.answers) == ("east", 3, 3)
        assert running.add("east", street.onvif.url).problem == "name_taken"
        assert {one.known for one in running.search().found if one.address == street.onvif.url} == {"east"}
    holding = [file for file in running.folder.rglob("*") if file.is_file() and PASSWORD.encode() in file.read_bytes()]
    assert [file.name for file in holding] == ["east.password"]
    assert stat.S_IMODE(holding[0].stat().st_mode) == 0o600
    assert stat.S_IMODE(holding[0].parent.stat().st_mode) == 0o700
    again = Running(saved_and_brought_back(running.folder, tmp_path))
    with again.gateway:
        assert list(again.gateway._workers) == ["east"]
        assert again.gateway._desk._cameras["east"].version == 3
        wait_for("a picture", again.gateway._workers["east"].snapshot)
        assert again.remove("east").state == "done"
        assert again.gateway._workers == {}
        assert again.gateway._publisher._birth.cameras == ()
        assert again.remove("east").problem == "not_added_here"
    assert not any(PASSWORD.encode() in file.read_bytes() for file in again.folder.rglob("*") if file.is_file())


def saved_and_brought_back(data: Path, folder: Path) -> Path:
    """The data folder of a gateway that was made anew from the backup of this one."""
    config, other = folder / "gateway.yaml", folder / "other" / "gateway.yaml"
    config.write_text(f"gateway: gw\ndata: {data.name}\ncameras_from_hub: {{allowed: true}}\n")
    save(config, folder / "backup.tgz")
    bring_back(folder / "backup.tgz", other)
    return load(other).data


def test_what_cannot_be_watched_is_refused_with_its_reason(street: Street, tmp_path: Path) -> None:
    """By code, and in words; nothing is kept of it."""
    running = Running(tmp_path)
    photo = Stream("photo", street.rtsp.url, 1920, 1080, encoding="JPEG")
    recorder = [Stream("a", street.rtsp.url, 640, 360), Stream("b", street.rtsp.url, 640, 360, source="source-2")]
    with running.gateway, VirtualCamera([photo]) as old, VirtualCamera(recorder) as many:
        assert running.add("x", f"127.0.0.1:{free_port()}").problem == "unreachable"
        assert running.add("x", f"rtsp://127.0.0.1:{free_port()}/live").problem == "unreachable"
        refused = running.add("x", old.url, username="")
        assert (refused.problem, "JPEG" in refused.reason) == ("no_video", True)
        refused = running.add("x", many.url, username="")
        assert (refused.problem, refused.channels) == ("channels", ("source-1", "source-2"))
        added = running.add("plain", street.rtsp.url, username="")
        assert added.added is not None
        assert added.added.model == ""
        assert [camera.id for camera in AddedCameras(tmp_path).load()] == ["plain"]
    outside = Running(tmp_path / "strict", networks=[ip_network("192.168.7.0/24")])
    with outside.gateway:
        assert outside.add("x", street.onvif.url).problem == "outside"
        assert outside.add("x", "camera.example.org").problem == "outside"
    forbids = Running(tmp_path, allowed=False)
    assert forbids.gateway._workers == {}, "what the hub added is not watched where the file does not allow it"
    with forbids.gateway:
        said = forbids.search()
        assert (said.state, said.problem, said.key) == ("refused", "not_allowed", None)


def test_a_login_opens_only_for_what_it_was_sealed_for() -> None:
    """The camera and the address that the hub names, a key in use; whatever is wrong, nothing of it is said."""
    now = time.monotonic()
    keys = LoginKeys(lambda: now)
    key, address = keys.fresh(), "rtsp://10.0.0.1:554/live?password=x"
    login = sealed(key, "gate", address)
    assert keys.open(login, "gate", "rtsp://10.0.0.1:554").password == PASSWORD
    for camera, place in (
        ("yard", "rtsp://10.0.0.1:554"),
        ("gate", "rtsp://10.0.0.2:554"),
        ("gate", "http://10.0.0.1"),
    ):
        with pytest.raises(SetupRefusedError, match="another camera or address"):
            keys.open(login, camera, place)
    other = keys.fresh()
    with pytest.raises(SetupRefusedError, match="cannot be opened"):
        keys.open(login.model_copy(update={"key": other}), "gate", "rtsp://10.0.0.1:554")
    for _ in range(login_keys.MOST):
        keys.fresh()
    with pytest.raises(SetupRefusedError, match="not in use"):
        keys.open(login, "gate", "rtsp://10.0.0.1:554")
    late = keys.fresh()
    now += login_keys.TERM
    with pytest.raises(SetupRefusedError, match="not in use"):
        keys.open(sealed(late, "gate", address), "gate", "rtsp://10.0.0.1:554")
    with pytest.raises(SetupRefusedError, match="not in use"):
        keys.open(sealed(LoginKeys().fresh(), "gate", address), "gate", "rtsp://10.0.0.1:554")


def test_the_file_holds_before_what_was_added(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A camera of the same identifier; a damaged file is named, and the others are watched."""
    store = AddedCameras(tmp_path)
    for name in ("gate", "yard", "broken"):
        store.save(name, "", None, RtspSource(url="rtsp://10.0.0.1/added", username="viewer"), "secret")
    (tmp_path / "added-cameras" / "broken.json").write_text("{")
    camera = {"id": "gate", "source": {"kind": "rtsp", "url": "rtsp://10.0.0.1/file"}}
    raw = {"gateway": "gw", "data": str(tmp_path), "cameras": [camera], "cameras_from_hub": {"allowed": True}}
    joined = with_added(GatewaySettings.model_validate(raw))
    urls = {one.id: one.source.url for one in joined.cameras if isinstance(one.source, RtspSource)}
    assert urls == {"gate": "rtsp://10.0.0.1/file", "yard": "rtsp://10.0.0.1/added"}
    source = joined.cameras[1].source
    assert isinstance(source, RtspSource)
    assert source.password() == "secret"
    assert "broken.json cannot be used" in caplog.text
    assert "gate stands in the settings file" in caplog.text

"""Cameras are found, judged and set up as a deployer does it: real multicast, SOAP, RTSP, and the real command line."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from scripts.onvif_camera import Stream, VirtualCamera
from tests.edge.command import edge
from tests.edge.snap.clips import RtspCamera, make_clip
from tests.ports import free_port

PASSWORD = "p#s/s@%41 word"
HEAD = "# ours\ngateway: gw\ncameras:\n"


def cameras(*arguments: str, code: int = 0, text: str = "", **environment: str) -> str:
    """Call ``sharp-eyes-edge cameras``; returns all it said, on one line."""
    said = edge("cameras", *arguments, code=code, text=text, **environment)
    assert PASSWORD not in said
    return said


class Street(NamedTuple):
    """A camera on the network with two streams, and an ONVIF service before them."""

    main: RtspCamera
    sub: RtspCamera
    onvif: VirtualCamera


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """Main stream with a keyframe every three seconds, substream with one every second and another shape."""
    pytest.importorskip("onveef", reason="the extra 'onvif' is not installed")
    folder = tmp_path_factory.mktemp("street")
    large = make_clip(folder / "large.mp4", seconds=12, keyframe_every=75, size=(1280, 720))
    small = make_clip(folder / "small.mp4", seconds=12, keyframe_every=25, size=(640, 480))
    with RtspCamera(large, free_port()) as main, RtspCamera(small, free_port()) as sub:
        streams = [Stream("main", main.url, 1280, 720, group=75), Stream("sub", sub.url, 640, 480)]
        with VirtualCamera(
            streams, username="viewer", password=PASSWORD, clock_offset=-4000, name="east%20gate%1B[31m"
        ) as onvif:
            yield Street(main, sub, onvif)


@pytest.mark.parametrize("command", ["find", "test", "add", "list", "remove"])
def test_every_command_has_help_with_an_example(command: str) -> None:
    """--help says what it does and shows how."""
    assert "Example" in cameras(command, "--help")


def test_a_camera_is_found_by_multicast_and_named_without_its_control_characters(street: Street) -> None:
    """Its reachable address is given, not the link-local one that it names first."""
    found = json.loads(cameras("find", "--interface", "127.0.0.1", "--seconds", "2", "--json"))
    own = [device for device in found if device["address"] == street.onvif.url]
    assert len(own) == 1
    assert own[0]["hardware"] == "Virtual"
    assert own[0]["name"] == "east gate[31m"
    assert "GetProfiles" not in street.onvif.asked


def test_where_nobody_answers_it_is_said_what_to_do() -> None:
    """An interface of another machine, and a network without cameras."""
    pytest.importorskip("onveef", reason="the extra 'onvif' is not installed")
    said = cameras("find", "--interface", "192.0.2.77", code=2)
    assert "this machine has" in said
    assert "127.0.0.1 (lo)" in said


def test_a_camera_is_judged_with_advice_its_clock_and_a_picture(street: Street, tmp_path: Path) -> None:
    """By its ONVIF address: profiles by size, the long interval, the shapes that differ, a clock an hour behind."""
    secret = tmp_path / "viewer.password"
    secret.write_text(PASSWORD + "\n", encoding="utf-8")
    picture = tmp_path / "gate.jpg"
    said = cameras(
        "test", street.onvif.host, "--username", "viewer", "--password-file", str(secret), "--picture", str(picture)
    )
    assert "Sharp Eyes Virtual 1.0" in said
    assert "main stream: H.264, 1280 x 720, 25 frames/s, a keyframe every 3.0 s" in said
    assert "substream: H.264, 640 x 480, 25 frames/s, a keyframe every 1.0 s" in said
    assert "same aspect ratio" in said
    assert "67 minutes behind" in said
    assert "time server (NTP)" in said
    assert picture.stat().st_size > 10_000
    assert stat.S_IMODE(picture.stat().st_mode) == 0o600


def test_any_rtsp_address_is_judged(street: Street) -> None:
    """Without ONVIF; the advice names the number of frames to set."""
    said = json.loads(cameras("test", street.main.url, "--json"))
    assert said["streams"]["main stream"]["keyframe_interval"] == pytest.approx(3.0, abs=0.2)
    assert said["streams"]["main stream"]["frame_rate"] == pytest.approx(25, abs=1)
    assert any("set the I-frame interval to 1 s (25 frames)" in text for text in said["advice"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--username", "viewer", "--password-env", "WRONG"), ["refuses the user name or password of 'viewer'"]),
        ((), ["refuses to answer without --username"]),
        (("--username", "viewer"), ["--password-file", "--password-env"]),
        (("--username", "viewer", "--password-env", "NOT_SET"), ["NOT_SET is not set"]),
        (
            ("--username", "viewer", "--password-env", "RIGHT", "--sub", "third"),
            ["no profile 'third'", "sub, 640 x 480"],
        ),
        (("--username", "viewer", "--password-env", "RIGHT", "--channel", "2"), ["--channel 2", "source-1"]),
    ],
)
def test_what_is_wrong_is_said_in_one_message(street: Street, arguments: tuple[str, ...], words: list[str]) -> None:
    """No traceback, exit code 2."""
    said = cameras("test", street.onvif.host, *arguments, code=2, WRONG="secret", RIGHT=PASSWORD)
    for word in words:
        assert word in said


def test_who_speaks_no_onvif_is_named(street: Street) -> None:
    """The RTSP server's port, and one where nobody listens."""
    for port in (street.main.url.split(":")[2].partition("/")[0], str(free_port())):
        assert "gives no ONVIF answer" in cameras("test", f"127.0.0.1:{port}", code=2)


def test_a_camera_is_written_into_the_settings_with_its_password_beside_them(street: Street, tmp_path: Path) -> None:
    """The gateway reads what was written; a second one of that id changes nothing; removed, the file is as it was."""
    config = tmp_path / "gateway.yaml"
    config.write_text(HEAD, encoding="utf-8")
    given = ("--username", "viewer", "--password-file", "-", "--config", str(config), "--id", "gate-1")
    scene = ("--scene", "illegal_parking", "--zone", "kerb=0.1,0.5 0.4,0.5 0.4,0.9", "--set", "dwell=20")
    said = cameras("add", street.onvif.host, *given, *scene, "--name", "东门", text=PASSWORD + "\n")
    assert "gate-1 added" in said
    secret = tmp_path / "gate-1.password"
    assert secret.read_text(encoding="utf-8").strip() == PASSWORD
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    written = config.read_text(encoding="utf-8")
    assert written.startswith(HEAD)
    camera = yaml.safe_load(written)["cameras"][0]
    assert (camera["name"], camera["source"]["url"]) == ("东门", street.main.url)
    assert camera["source"]["substream"] == street.sub.url
    assert camera["source"]["password_file"] == "gate-1.password"
    assert camera["scenes"][0]["dwell"] == 20

    said = cameras("test", "gate-1", "--config", str(config))
    assert "main stream: H.264, 1280 x 720, 25 frames/s, a keyframe every 3.0 s" in said
    assert "substream: H.264, 640 x 480" in said
    assert "illegal_parking" in cameras("list", "--config", str(config))
    assert "is there already" in cameras("add", street.onvif.host, *given, "--no-check", text=PASSWORD, code=2)
    cameras("add", street.sub.url, "--config", str(config), "--id", "yard", "--no-check")
    assert "gate-1.password" in cameras("remove", "gate-1", "--config", str(config), "--yes")
    assert [one["id"] for one in yaml.safe_load(config.read_text(encoding="utf-8"))["cameras"]] == ["yard"]
    assert "stays as it is" in cameras("remove", "yard", "--config", str(config), "--yes", code=2)


def test_a_camera_that_does_not_answer_or_would_be_wrong_is_not_written(tmp_path: Path) -> None:
    """The file is as it was, and no password lies about."""
    config = tmp_path / "gateway.yaml"
    config.write_text(HEAD, encoding="utf-8")
    dead = f"rtsp://viewer:topsecret@127.0.0.1:{free_port()}/cam"
    given = ("--config", str(config), "--id", "gate-1")
    said = cameras("add", dead, *given, code=2)
    assert "connection refused" in said
    assert "topsecret" not in said
    assert "juggling" in cameras("add", dead, *given, "--no-check", "--scene", "juggling", code=2)
    assert "--id" in cameras("add", dead, "--config", str(config), "--id", "../x", "--no-check", code=2)
    assert "no such file" in cameras("add", dead, "--config", str(tmp_path / "none.yaml"), "--id", "a", code=2)
    assert config.read_text(encoding="utf-8") == HEAD
    assert [path.name for path in tmp_path.iterdir()] == ["gateway.yaml"]
    shown = cameras("add", dead, *given, "--no-check", "--dry-run")
    assert "topsecret" not in shown
    assert config.read_text(encoding="utf-8") == HEAD
    cameras("add", dead, *given, "--no-check")
    assert (tmp_path / "gate-1.password").read_text(encoding="utf-8").strip() == "topsecret"
    assert "topsecret" not in config.read_text(encoding="utf-8")

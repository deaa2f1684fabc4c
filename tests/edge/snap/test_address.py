"""Credentials never show."""

from pathlib import Path

import pytest
from tests.edge.snap.clips import make_clip
from tests.edge.snap.faulty_camera import Faults, FaultyCamera

from sharp_eyes.edge.errors import ConfigError, SourceError
from sharp_eyes.edge.private_files import exposed_files
from sharp_eyes.edge.settings import RtspSource, load
from sharp_eyes.edge.snap import masked, read_frames
from sharp_eyes.edge.snap.address import parse_address

ODD = "p#s/s?w@r%d:%41"
"""A password with everything that an address gives a meaning to."""


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtsp://user:two words@192.0.2.1/a", "rtsp://***@192.0.2.1/a"),
        ("rtsp://user:a b@c d@192.0.2.1/a", "rtsp://***@192.0.2.1/a"),
        ("rtsp://a:b@192.0.2.1/x rtsp://c:d e@192.0.2.2/y", "rtsp://***@192.0.2.1/x rtsp://***@192.0.2.2/y"),
        ("rtsp://10.0.0.5/cam", "rtsp://10.0.0.5/cam"),
        ("rtsp://admin:secret@10.0.0.5:554/cam", "rtsp://***@10.0.0.5:554/cam"),
        ("rtsp://admin:se@c/ret@10.0.0.5/cam", "rtsp://***@10.0.0.5/cam"),
        ("rtsp://10.0.0.5/cam?user=admin&password=secret", "rtsp://10.0.0.5/cam?user=***&password=***"),
        ("rtsp://10.0.0.5/user=admin_password=secret_channel=1", "rtsp://10.0.0.5/user=***"),
    ],
)
def test_credentials_are_masked(address: str, shown: str) -> None:
    """User name and password are hidden wherever cameras put them; the rest stays readable."""
    assert masked(address) == shown
    assert masked(f"cannot open {address} now").startswith(f"cannot open {shown}")


@pytest.mark.parametrize(
    ("url", "username", "password", "place"),
    [
        ("rtsp://h/cam", None, None, "h/cam"),
        ("rtsp://h:554/cam@1", None, None, "h:554/cam@1"),
        ("rtsp://[::1]:554/cam@1", None, None, "[::1]:554/cam@1"),
        ("rtsp://admin@h/cam", "admin", None, "h/cam"),
        ("rtsp://admin:p%23ss@h/cam@1", "admin", "p#ss", "h/cam@1"),
        ("rtsp://admin:p#ss@h:554/cam", "admin", "p#ss", "h:554/cam"),
        ("rtsp://admin:p/s?s@h/cam", "admin", "p/s?s", "h/cam"),
        ("rtsp://admin:p@ss@h/cam?a=b", "admin", "p@ss", "h/cam?a=b"),
        ("rtsp://admin:50%off:1@h/cam", "admin", "50%off:1", "h/cam"),
    ],
)
def test_a_login_is_read_as_people_write_it(url: str, username: str | None, password: str | None, place: str) -> None:
    """Escaped or as it is; what is written again is the same login, escaped."""
    address = parse_address(url)
    assert (address.username, address.password, address.place) == (username, password, place)
    assert parse_address(address.escaped) == address


def seen(source: RtspSource) -> int:
    """Number of the first picture that a camera lets us see."""
    frames = read_frames(source, "cam", "all")
    try:
        return next(frames).index
    finally:
        frames.close()


@pytest.mark.parametrize("digest", [False, True])
def test_odd_passwords_open_a_camera(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, digest: bool) -> None:
    """From a file or a variable as they are, and in the address where that can be understood."""
    file = tmp_path / "camera.password"
    file.write_text(ODD + "\n", encoding="utf-8")
    monkeypatch.setenv("GATE_PASSWORD", ODD)
    clip = make_clip(tmp_path / "a.mp4", seconds=1)
    with FaultyCamera(clip, Faults(login=("admin", ODD), digest=digest)) as camera:
        assert seen(RtspSource(url=camera.url, username="admin", password_file=file)) == 0
        assert seen(RtspSource(url=camera.url.replace("//", "//admin@"), password_env="GATE_PASSWORD")) == 0
        assert seen(RtspSource(url=camera.url.replace("//", "//admin:p%23s%2Fs%3Fw%40r%25d%3A%2541@"))) == 0
    for password in ("p#ss", "p/ss", "p?ss", "p@ss", "50%off"):
        with FaultyCamera(clip, Faults(login=("admin", password), digest=digest)) as camera:
            assert seen(RtspSource(url=camera.url.replace("//", f"//admin:{password}@"))) == 0
            assert camera.refused == 0


def test_a_wrong_password_is_told_with_what_to_do(tmp_path: Path) -> None:
    """Without saying it."""
    clip, told = make_clip(tmp_path / "a.mp4", seconds=1), r"refuses the user name or password.*%23.*password_file"
    faults = Faults(login=("admin", "right"))
    with FaultyCamera(clip, faults) as camera, pytest.raises(SourceError, match=told) as refused:
        seen(RtspSource(url=camera.url.replace("//", "//admin:wro#ng@")))
    assert "wro" not in str(refused.value)


def test_a_password_that_cannot_be_read_is_told() -> None:
    """The file or variable is named, and the camera is not called without it."""
    url = "rtsp://127.0.0.1:1/cam"
    with pytest.raises(SourceError, match=r"password_file /no/such/file: No such file"):
        seen(RtspSource(url=url, username="admin", password_file=Path("/no/such/file")))
    with pytest.raises(SourceError, match=r"password_env: the variable NO_SUCH_VARIABLE is not set"):
        seen(RtspSource(url=url, username="admin", password_env="NO_SUCH_VARIABLE"))


def test_files_with_passwords_that_others_can_read_are_named(tmp_path: Path) -> None:
    """The settings where a password stands in an address, and every password's file; a relative one is found."""
    config, secret = tmp_path / "gateway.yaml", tmp_path / "camera.password"
    secret.write_text("secret", encoding="utf-8")
    camera = "{id: %s, source: {kind: rtsp, url: '%s', username: admin, password_file: camera.password}}"
    for url, named in (("rtsp://h/cam", [secret]), ("rtsp://a:b@h/cam", [config, secret])):
        config.write_text(f"gateway: gw\ncameras:\n  - {camera % ('gate', url)}\n", encoding="utf-8")
        for path in (config, secret):
            path.chmod(0o644)
        assert exposed_files(config, load(config)) == named
        for path in (config, secret):
            path.chmod(0o600)
        assert exposed_files(config, load(config)) == []


def test_one_place_for_a_password(tmp_path: Path) -> None:
    """Two are a mistake."""
    config = tmp_path / "gateway.yaml"
    source = "{kind: rtsp, url: 'rtsp://h/cam', password_file: a, password_env: B}"
    config.write_text(f"gateway: gw\ncameras:\n  - {{id: gate, source: {source}}}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="not both"):
        load(config)

"""Two hubs on one machine, one browser: cookies know no ports."""

from contextlib import ExitStack
from pathlib import Path

import httpx
from tests.hub.bench import PASSWORD, Bench
from tests.hub.test_connection_guard import Server

from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.people.session_cookie import cookie_name, own_id


def test_who_is_signed_in_at_two_hubs_stays_so(tmp_path: Path) -> None:
    """A sign-in or sign-out at one leaves the other alone; each knows its own cookie after a restart."""
    with ExitStack() as stack, httpx.Client(headers={"X-Requested-With": "sharp-eyes"}, timeout=240) as browser:
        addresses = []
        for name in ("one", "two"):
            bench = Bench(tmp_path / name)
            stack.callback(bench.close)
            bench.client(Role.CLERK, name="clerk")
            server = Server(bench)
            stack.callback(server.stop)
            addresses.append(f"http://127.0.0.1:{server.port}/api/session")
            assert cookie_name(bench.hub.database, tmp_path / name) == bench.hub.session_cookie
        for address in addresses:
            browser.post(address, json={"username": "clerk", "password": PASSWORD}).raise_for_status()
        assert [browser.get(address).status_code for address in addresses] == [200, 200]
        assert len(browser.cookies) == 2
        browser.delete(addresses[0]).raise_for_status()
        assert [browser.get(address).status_code for address in addresses] == [401, 200]


def test_a_damaged_id_is_drawn_anew(tmp_path: Path) -> None:
    """And one that cannot be written comes from the folder's name."""
    (tmp_path / "instance").write_bytes(b"\xff\n; Secure")
    drawn = own_id(tmp_path)
    assert drawn == own_id(tmp_path)
    assert drawn.isascii()
    assert ";" not in drawn
    assert (tmp_path / "instance").stat().st_mode & 0o077 == 0
    absent = tmp_path / "not" / "there"
    assert own_id(absent) == own_id(absent)

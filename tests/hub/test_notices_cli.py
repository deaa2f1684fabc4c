"""Channels, rosters and snoozes on the command line, and what a city pack may say of notices."""

import json
from pathlib import Path

import pytest
from tests.hub.notices_bench import outside
from tests.hub.test_cli import ROOT, run

from sharp_eyes.hub.areas.city_pack import load_city_pack
from sharp_eyes.hub.errors import CityError, SettingsError
from sharp_eyes.hub.settings import load_settings


@pytest.fixture
def data(tmp_path: Path) -> tuple[str, str]:
    """A hub's folder with a handler."""
    folder = ("--data", str(tmp_path / "hub"))
    made = run(
        *("user", "add", "ann", "--role", "handler", "--unit", "traffic-police", "--password-stdin"),
        *folder,
        stdin="a long test password\n",
    )
    assert made.exit_code == 0, made.output
    return folder


def test_a_channel_is_tried_before_it_is_needed(tmp_path: Path) -> None:
    """By a real request; a refusal is one line, an unknown channel one with those that there are."""
    with outside() as server:
        (tmp_path / "secret").write_text("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3\n")
        channel = {"id": "office", "kind": "webhook", "url": server.url + "/in", "secret_file": "secret"}
        config = tmp_path / "hub.yaml"
        config.write_text(json.dumps({"data": "hub", "notices": {"channels": [channel]}}))
        done = run("notices", "test", "office", "--config", str(config))
        assert done.exit_code == 0, done.output
        assert server.bodies[0]["data"][0]["kind"] == "test"
        assert '"action": "channel_tried"' in run("audit", "--config", str(config)).stdout
        server.answers = [(410, b"")]
        refused = run("notices", "test", "office", "--config", str(config))
        assert str(refused.exception) == "channel office: refused with 410 Gone"
        wrong = run("notices", "test", "offices", "--config", str(config))
        assert "there are: office" in str(wrong.exception)
        assert "office" in run("notices", "channels", "--config", str(config)).output
        assert run("notices", "untold", "--retry", "--config", str(config)).exit_code == 0


def test_a_wrong_channel_is_said_at_the_start(tmp_path: Path) -> None:
    """With its key."""
    config = tmp_path / "hub.yaml"
    config.write_text("notices: {channels: [{id: text, kind: sms, url: 'http://10.1.2.3/x'}]}")
    with pytest.raises(SettingsError, match=r"notices: channel text: url is not https"):
        load_settings(config)


def test_where_a_person_is_reached(data: tuple[str, str]) -> None:
    """Set, shown, and taken away."""
    assert run("user", "contact", "ann", *data).output == "no address of ann is known\n"
    assert "sms: +86138000" in run("user", "contact", "ann", "--sms", "+86138000", "--mail", "a@b.cn", *data).output
    assert run("user", "contact", "ann", "--sms", "", *data).output == "mail: a@b.cn\n"
    assert "telephone number" in str(run("user", "contact", "ann", "--sms", "x", *data).exception)


def test_a_roster_from_a_table(tmp_path: Path, data: tuple[str, str]) -> None:
    """All of it or nothing; a wrong line is named. Times are the city's."""
    table = tmp_path / "roster.csv"
    head, good = "user,unit,role,begins,ends\n", "ann,traffic-police,,2099-03-02 08:00,2099-03-02 20:00\n"
    table.write_text(head + good + "bob,traffic-police,,2099-03-02 08:00,2099-03-02 20:00\n")
    wrong = run("duty", "import", str(table), *data)
    assert "line 3: there is no user 'bob'" in str(wrong.exception)
    assert "2099" not in run("duty", "list", *data).output
    table.write_text(head + good)
    assert run("duty", "import", str(table), *data).output == "1 shifts were added\n"
    assert "2099-03-02 08:00" in run("duty", "list", *data).output
    table.write_text("name,from\n")
    table.write_text("name,from\nann,now\n")
    assert "the first line names the columns" in str(run("duty", "import", str(table), *data).exception)


def test_snoozes(data: tuple[str, str]) -> None:
    """Added, listed, ended."""
    done = run("snooze", "add", "--camera", "gate-01/yard", "--hours", "48", "--reason", "road works", *data)
    assert done.output.startswith("snooze 1 holds until")
    assert "1: gate-01/yard in demo until" in run("snooze", "list", *data).output
    assert run("snooze", "end", "1", *data).output == "snooze 1 was ended\n"
    assert "no snooze 1" in str(run("snooze", "end", "1", *data).exception)
    assert "a camera, of a scene" in str(run("snooze", "add", "--hours", "1", "--reason", "x", *data).exception)


def pack_with(tmp_path: Path, notices: str) -> Path:
    path = tmp_path / "city.yaml"
    path.write_text((ROOT / "configs/city/demo.yaml").read_text(encoding="utf-8") + f"\nnotices: {notices}\n")
    return path


@pytest.mark.parametrize(
    ("notices", "message"),
    [
        ("{rules: [{lines: [filed], tell: [boss]}]}", r"notices\.rules\.0\.tell\.0: role 'boss' is none"),
        ("{rules: [{lines: [filled], tell: [clerk]}]}", r"notices\.rules\.0\.lines: 'filled' is no line"),
        ("{quiet: {hours: '22:00-22:00'}}", "quiet hours end when they begin"),
        ("{quiet: {hours: '22-7'}}", r"notices\.quiet\.hours"),
    ],
)
def test_a_city_packs_wrong_notices(tmp_path: Path, notices: str, message: str) -> None:
    """Said with their place."""
    with pytest.raises(CityError, match=message):
        load_city_pack(pack_with(tmp_path, notices))


def test_a_channel_that_the_hub_does_not_have(tmp_path: Path, data: tuple[str, str]) -> None:
    """Is a doubt, which 'city check' says."""
    pack = pack_with(tmp_path, "{rules: [{lines: [filed], tell: [clerk], by: [page, pigeon]}]}")
    assert "notices go by 'pigeon'" in run("city", "check", str(pack), *data).output

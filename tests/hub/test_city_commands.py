"""``sharp-eyes-hub city``: packs are taken over and given out, and a year's holidays come from the kept library."""

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.hub.test_city import DEMO, raw
from tests.hub.test_cli import run

from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.clocks import chinese_year
from sharp_eyes.hub.errors import CalendarError, CityError, SettingsError


def settings(folder: Path, city: str | None = "city.yaml") -> tuple[str, ...]:
    """Options of a hub whose city pack lies beside its settings."""
    content = {"data": "data"} | ({} if city is None else {"city": city})
    (folder / "hub.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    if city is not None:
        (folder / city).write_text(DEMO.read_text(encoding="utf-8"), encoding="utf-8")
    return ("--config", str(folder / "hub.yaml"))


def changed(folder: Path, **changes: Any) -> Path:
    """Another pack."""
    path = folder / "other.yaml"
    path.write_text(yaml.safe_dump(raw() | changes, allow_unicode=True), encoding="utf-8")
    return path


def test_a_pack_is_given_out_as_it_stands(tmp_path: Path) -> None:
    """With its comments; without settings it is the demonstration city."""
    options = settings(tmp_path)
    out = tmp_path / "out.yaml"
    assert run("city", "export", "--out", str(out), *options).exit_code == 0
    assert out.read_text(encoding="utf-8") == DEMO.read_text(encoding="utf-8")
    assert run("city", "export").stdout == DEMO.read_text(encoding="utf-8")


def test_a_pack_is_taken_over(tmp_path: Path) -> None:
    """The one before stays beside it, and the act stands in the audit trail."""
    options = settings(tmp_path)
    other = changed(tmp_path, name={"zh": "新区", "en": "New District"})
    said = run("city", "import", str(other), *options)
    assert said.exit_code == 0, said.output
    assert "New District" in said.output
    assert (tmp_path / "city.yaml").read_text(encoding="utf-8") == other.read_text(encoding="utf-8")
    assert (tmp_path / "city.yaml.before").read_text(encoding="utf-8") == DEMO.read_text(encoding="utf-8")
    assert "city_imported" in run("audit", *options).output


def test_a_pack_that_leaves_people_without_ground_is_refused(tmp_path: Path) -> None:
    """Everything that would be lost is named, and nothing is changed."""
    options = settings(tmp_path)
    add = ("user", "add", "squad", "--role", "handler", "--unit", "parks", "--area", "demo/second-street/north")
    assert run(*add, "--password-stdin", *options, stdin="a long password\n").exit_code == 0
    assert run("gateway", "add", "gate-01", "--area", "demo/second-street", *options).exit_code == 0
    other = changed(
        tmp_path,
        areas=raw()["areas"][:4],
        units=[unit for unit in raw()["units"] if unit["id"] != "parks"],
        rules=[rule for rule in raw()["rules"] if rule.get("unit") != "parks"],
        kinds=[kind for kind in raw()["kinds"] if kind["id"] != "leaning_tree"],
    )
    said = run("city", "import", str(other), *options)
    assert isinstance(said.exception, CityError)
    for words in (
        "nothing was changed",
        "area 'demo/second-street/north' is missing: 1 accounts",
        "area 'demo/second-street' is missing: 1 gateways",
        "unit 'parks' is missing: 1 accounts",
    ):
        assert words in str(said.exception)
    assert (tmp_path / "city.yaml").read_text(encoding="utf-8") == DEMO.read_text(encoding="utf-8")
    assert "doubtful: unit 'parks' is missing" in run("city", "check", str(other), *options).output


def test_what_cannot_be_taken_over_is_said(tmp_path: Path) -> None:
    """No place for it, no such file, or a pack with faults: each by name."""
    options = settings(tmp_path, city=None)
    nowhere = run("city", "import", str(DEMO), *options)
    assert isinstance(nowhere.exception, SettingsError)
    assert "'city: my-city.yaml'" in str(nowhere.exception)
    options = settings(tmp_path)
    missing = run("city", "import", str(tmp_path / "none.yaml"), *options)
    assert "none.yaml" in str(missing.exception)
    wrong = run("city", "import", str(changed(tmp_path, units=[])), *options)
    assert "other.yaml" in str(wrong.exception)
    (tmp_path / "city.yaml").unlink()
    assert "city.yaml" in str(run("city", "export", *options).exception)


def test_a_years_holidays_are_made_for_the_pack(tmp_path: Path) -> None:
    """The days of the State Council's notice for 2026, with the swapped Saturdays; the pack keeps its hours."""
    pytest.importorskip("chinese_calendar", reason="pip install 'sharp-eyes[calendar]'")
    made = run("city", "calendar", "2026")
    assert made.exit_code == 0, made.output
    first = CityPack.model_validate(raw() | yaml.safe_load(made.stdout)).calendar
    assert first is not None
    assert (first.version, first.years, first.hours) == ("2026.1", (2026,), chinese_year.OFFICE_HOURS)
    days = [day.isoformat() for day in first.holidays], [day.isoformat() for day in first.swapped]
    assert {"2026-01-01", "2026-02-16", "2026-02-23", "2026-10-01", "2026-10-07"} <= set(days[0])
    assert days[1] == ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]

    own = changed(tmp_path, calendar=yaml.safe_load(made.stdout)["calendar"] | {"hours": ["08:00-16:00"]})
    again = yaml.safe_load(run("city", "calendar", "2025", "--city", str(own)).stdout)["calendar"]
    assert (again["version"], again["years"], again["hours"]) == ("2026.2", [2025, 2026], ["08:00-16:00"])
    assert [day for day in again["holidays"] if day.year == 2026] == list(first.holidays)


def test_a_year_that_nobody_knows_yet_is_refused() -> None:
    """Loudly, with what to do."""
    pytest.importorskip("chinese_calendar", reason="pip install 'sharp-eyes[calendar]'")
    said = run("city", "calendar", "2099")
    assert isinstance(said.exception, CalendarError)
    assert "does not know 2099 yet" in str(said.exception)


def test_without_the_library_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra to install; the hub itself never needs it."""
    monkeypatch.setitem(sys.modules, "chinese_calendar", None)
    assert "pip install 'sharp-eyes[calendar]'" in str(run("city", "calendar", "2026").exception)


def test_what_the_guide_shows_is_a_pack() -> None:
    """Each piece of it, put into the demonstration city."""
    docs = DEMO.parents[2] / "docs"
    guide = "".join((docs / name).read_text(encoding="utf-8") for name in ("city.md", "city-figures.md"))
    pieces = [yaml.safe_load(piece.partition("```")[0]) for piece in guide.split("```yaml\n")[1:]]
    whole = raw()
    for piece in pieces:
        whole |= piece
    pack = CityPack.model_validate(whole)
    for piece in pieces:
        CityPack.model_validate(whole | piece)
    assert [sorted(piece) for piece in pieces] == [
        ["kinds"],
        ["clocks"],
        ["place_kinds"],
        ["device_kinds"],
        ["checklists", "premises_kinds"],
        ["rules"],
        ["areas"],
        ["datum"],
        ["whistle_week"],
        ["response_groups", "tiers"],
        ["rules"],
        ["clocks"],
        ["calendar"],
        ["notices"],
        ["reasons", "roles"],
        ["outward"],
        ["figures"],
    ]
    assert pack.calendar is not None
    assert len(pack.roles) == 1

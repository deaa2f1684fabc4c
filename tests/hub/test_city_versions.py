"""The city pack is kept in versions: the file brings one in, the interface makes others, and none is lost unsaid."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select
from tests.hub.bench import EAST, START, STREET, Bench
from tests.hub.test_areas import ANY, EAST_ID, NAME, SQUARE, STREET_ID, detail, paths, reported
from tests.hub.test_city import DEMO, raw
from tests.hub.test_cli import run

from sharp_eyes.hub.areas.city_edits import with_area_changed, with_areas
from sharp_eyes.hub.areas.city_pack import CityPack, load_city_pack
from sharp_eyes.hub.areas.city_text import as_text, changed_text, plain
from sharp_eyes.hub.audit import Action
from sharp_eyes.hub.errors import CityError
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.settings import HubSettings
from sharp_eyes.hub.store.city_tables import CityVersion
from sharp_eyes.hub.store.database import _MIGRATIONS
from sharp_eyes.hub.store.tables import AuditEntry

DISTRICT = DEMO.with_name("demo-district.yaml")
MAIN = "demo/main-street"


class Office:
    """A hub whose city pack lies in a file, with settings that commands can use."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "city.yaml"
        self.file.write_text(DEMO.read_text(encoding="utf-8"), encoding="utf-8")
        settings = {"data": "data", "city": "city.yaml"}
        (folder / "hub.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
        self.options = ("--config", str(folder / "hub.yaml"))
        self.bench = Bench(folder / "data", city=self.file)
        self.chief = self.bench.client(Role.ADMINISTRATOR, name="chief")

    def rename(self) -> None:
        """By the interface."""
        answer = self.chief.patch(f"/api/areas/{STREET_ID}", json={"part": "main-street"}, headers=ANY)
        assert answer.is_success, answer.text

    def write(self, **changes: Any) -> None:
        """Change the file by hand, beginning from the demonstration city."""
        self.file.write_text(yaml.safe_dump(raw() | changes, allow_unicode=True), encoding="utf-8")

    def restarted(self) -> Hub:
        """Another hub on the same database, as after a restart."""
        hub = Hub(HubSettings(data=self.folder / "data", city=self.file), self.bench.clock, self.bench.clock.monotonic)
        hub.prepare()
        try:
            hub.take_city()
        finally:
            hub.database.close()
        return hub

    def origins(self) -> list[str]:
        with self.bench.hub.read_only() as work:
            return list(work.session.scalars(select(CityVersion.origin).order_by(CityVersion.version)))


@pytest.fixture
def office(tmp_path: Path) -> Any:
    made = Office(tmp_path)
    yield made
    made.bench.close()


def test_a_file_that_was_changed_by_hand_is_taken_over_at_the_next_start(office: Office) -> None:
    """And one that was not makes no version."""
    office.restarted()
    assert office.origins() == ["file"]
    office.write(name={"zh": "新", "en": "Changed"})
    assert office.restarted().city.name.en == "Changed"
    office.restarted()
    assert office.origins() == ["file", "file"]
    with office.bench.hub.read_only() as work:
        assert work.city.name.en == "Changed"  # the hub that ran on follows


def test_what_the_interface_changed_holds_over_a_restart(office: Office) -> None:
    """The file, which still says otherwise, is older."""
    office.rename()
    assert office.restarted().city.area(f"{MAIN}/east") is not None
    assert office.origins() == ["file", "interface"]


def test_changes_in_the_file_and_by_the_interface_do_not_undo_each_other(office: Office) -> None:
    """The hub does not start and says how to keep both; commands go on meanwhile, and that way works."""
    office.rename()
    office.write(name={"zh": "新", "en": "Changed"})
    with pytest.raises(CityError, match=r"version 2, by chief.*city export --out other.yaml.*city import other.yaml"):
        office.restarted()
    assert run("user", "list", *office.options).exit_code == 0
    other = office.folder / "other.yaml"
    assert "version 2" in run("city", "export", "--out", str(other), *office.options).output
    other.write_text(other.read_text(encoding="utf-8").replace("Demonstration District", "Changed"), encoding="utf-8")
    said = run("city", "import", str(other), *office.options)
    assert said.exit_code == 0, said.output
    assert "version 3" in said.output
    hub = office.restarted()
    assert hub.city.name.en == "Changed"
    assert hub.city.area(MAIN) is not None
    assert office.origins() == ["file", "interface", "import"]


def test_a_pack_that_moves_an_area_takes_along_what_lies_in_it(office: Office) -> None:
    """By the area's id, while the hub runs; without the id the old area would be missing."""
    bench, chief = office.bench, office.chief
    bench.birth()
    case = reported(bench)
    bench.client(Role.CLERK, EAST, name="ann")
    moved = raw()
    for area in moved["areas"]:
        if area["path"] == EAST:
            area["path"] = f"{STREET}/sunrise"
    other = office.folder / "other.yaml"
    other.write_text(yaml.safe_dump(moved, allow_unicode=True), encoding="utf-8")
    refused = run("city", "import", str(other), *office.options)
    assert f"area {EAST!r} is missing: 1 accounts" in str(refused.exception)
    for area in moved["areas"]:
        if area["path"] == f"{STREET}/sunrise":
            area |= {"id": EAST_ID, "geometry": SQUARE}
    other.write_text(yaml.safe_dump(moved, allow_unicode=True), encoding="utf-8")
    assert "is missing" not in run("city", "check", str(other), *office.options).output
    said = run("city", "import", str(other), *office.options)
    assert said.exit_code == 0, said.output
    assert paths(chief)[EAST_ID] == f"{STREET}/sunrise"
    assert detail(chief, case)["area"] == f"{STREET}/sunrise"
    with bench.hub.read_only() as work:
        line = work.session.scalars(select(AuditEntry).where(AuditEntry.action == Action.CITY_IMPORTED)).one()
        assert line.detail["moved"] == {EAST: f"{STREET}/sunrise"}
    # What goes out again has both.
    out = yaml.safe_load(run("city", "export", *office.options).stdout)
    assert {"id": EAST_ID, "geometry": SQUARE}.items() <= next(
        area for area in out["areas"] if area.get("id") == EAST_ID
    ).items()


def test_the_demonstration_city_may_change_with_the_program(tmp_path: Path) -> None:
    """A hub without a pack of its own keeps what the interface made of it."""
    bench = Bench(tmp_path / "data")
    chief = bench.client(Role.ADMINISTRATOR)
    assert chief.patch(f"/api/areas/{STREET_ID}", json={"part": "main-street"}, headers=ANY).is_success
    with bench.transaction() as work:
        first = work.session.get_one(CityVersion, 1)
        first.content = first.content | {"name": {"zh": "旧", "en": "As it was"}}
    hub = Hub(HubSettings(data=tmp_path / "data"), bench.clock, bench.clock.monotonic)
    hub.prepare()
    hub.take_city()
    assert hub.city.area(MAIN) is not None
    hub.database.close()
    bench.close()


@pytest.mark.parametrize("file", [DEMO, DISTRICT], ids=lambda file: file.stem)
def test_comments_stay_where_nothing_was_changed(file: Path) -> None:
    """Areas and units are written anew, a rule's area in its place, everything else as somebody wrote it."""
    text, before = file.read_text(encoding="utf-8"), load_city_pack(file)
    street = before.areas[1]
    after = with_area_changed(before, street, path=MAIN, name=street.name.model_copy(update={"en": "Main"}))
    made = changed_text(text, before, after)
    assert CityPack.model_validate(yaml.safe_load(made)) == after
    lost = set(text.splitlines()) - set(made.splitlines())
    rows = [line for line in lost if not line.lstrip().startswith("- {path:") and "area:" not in line]
    assert rows == []
    assert with_areas(before, before.areas).areas == tuple(
        area.model_copy(update={"id": area.identity}) for area in before.areas
    )


@pytest.mark.parametrize("file", [DEMO, DISTRICT], ids=lambda file: file.stem)
def test_a_pack_is_stored_whole(file: Path) -> None:
    """As JSON and as YAML it comes back the same, with what its rules left out."""
    pack = load_city_pack(file)
    for again in (CityPack.model_validate(plain(pack)), CityPack.model_validate(yaml.safe_load(as_text(pack)))):
        assert again == pack
        assert again.fingerprint == pack.fingerprint
        assert [rule.model_fields_set for rule in again.rules] == [rule.model_fields_set for rule in pack.rules]


def test_rules_follow_their_areas(quick: Bench) -> None:
    """A rule of a street that is renamed is that street's still."""
    rules = raw()["rules"]
    quick.hub.city = CityPack.model_validate(raw() | {"rules": [*rules, rules[0] | {"area": STREET}]})
    quick.hub.take_city()
    chief = quick.client(Role.ADMINISTRATOR)
    assert {one["kind"] for one in chief.delete(f"/api/areas/{STREET_ID}", headers=ANY).json()["hangs_on"]} >= {"rules"}
    assert chief.patch(f"/api/areas/{STREET_ID}", json={"part": "main-street", "name": NAME}, headers=ANY).is_success
    assert quick.hub.city.rules[-1].area == MAIN
    assert quick.hub.city.rule(quick.hub.city.rules[0].scene, f"{MAIN}/east").area == MAIN


def test_ids_stand_once(tmp_path: Path) -> None:
    """Also one that an area without an id gets from its path."""
    areas = raw()["areas"]
    areas[2] = areas[2] | {"id": "demo.first-street"}
    path = tmp_path / "city.yaml"
    path.write_text(yaml.safe_dump(raw() | {"areas": areas}, allow_unicode=True), encoding="utf-8")
    with pytest.raises(CityError, match=r"areas.2.id: area id 'demo.first-street' stands twice"):
        load_city_pack(path)
    areas[1] = areas[1] | {"id": "No Id"}
    path.write_text(yaml.safe_dump(raw() | {"areas": areas}, allow_unicode=True), encoding="utf-8")
    with pytest.raises(CityError, match=r"areas.1.id"):
        load_city_pack(path)


def test_a_database_of_the_version_before_gets_its_pack_at_the_first_start(database_url: str, tmp_path: Path) -> None:
    """Cases that ended before lie where they lay, ever since; and back again."""
    bench = Bench(tmp_path / "data", database_url)
    lead = bench.client(Role.SHIFT_LEAD, STREET)
    bench.birth()
    case = reported(bench)
    assert lead.post(f"/api/cases/{case}/moves/void", json={"reason": "x"}).is_success
    settings = Config()
    settings.set_main_option("script_location", str(_MIGRATIONS))
    with bench.hub.database.write() as session:
        settings.attributes["connection"] = session.connection()
        before = ScriptDirectory.from_config(settings).get_revision("city_versions").down_revision
        command.downgrade(settings, str(before))
        assert not inspect(session.connection()).has_table("city_version")
        assert not inspect(session.connection()).has_table("area_stay")
    bench.clock.forward(days=1)
    hub = Hub(bench.hub.settings, bench.clock, bench.clock.monotonic)
    hub.prepare()
    hub.take_city()
    with hub.read_only() as work:
        assert work.city_version == 1
        assert work.areas.ground(STREET).covers(EAST, START)
    assert bench.client(Role.SHIFT_LEAD, STREET).get(f"/api/cases/{case}").status_code == 200
    hub.database.close()
    bench.close()


def test_a_unit_that_a_rule_may_send_is_not_retired(quick: Bench) -> None:
    """Also as one of several."""
    rules = [{"scene": "smoke", "area": STREET, "send": {"units": ["idle", "parks"], "by": "load"}}]
    units = [*raw()["units"], {"id": "idle", "name": NAME}]
    quick.hub.city = CityPack.model_validate(raw() | {"rules": rules, "units": units})
    quick.hub.take_city()
    refused = quick.client(Role.ADMINISTRATOR).delete("/api/units/idle", headers=ANY)
    assert [one["kind"] for one in refused.json()["hangs_on"]] == ["rules"]


def test_a_version_that_cannot_be_read_any_more_gives_way_to_the_file(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """A later program may be stricter; what is wrong is said, and nobody is shut out."""
    with office.bench.transaction() as work:
        row = work.session.get_one(CityVersion, 1)
        row.content = row.content | {"units": []}
    hub = office.restarted()
    assert hub.city.units
    assert office.origins() == ["file", "file"]
    assert "version 1 of the city pack, which the hub keeps, cannot be read by this program:\n  units" in caplog.text

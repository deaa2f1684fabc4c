"""The administration in the browser, part by part: what an administrator changes, and what is said before it holds."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, expect
from tests.browser import administration
from tests.browser.conftest import EAST, OpenPage, add_people, find_barriers, shoot, shoot_both_themes
from tests.browser.pretend_gateway import PretendGateway
from tests.e2e.killable import ROOT
from tests.e2e.stand import PASSWORD, Stand
from tests.hub.notices_bench import outside

from sharp_eyes.contract.event import SceneName
from sharp_eyes.contract.status import ModelParity, RunningModel
from sharp_eyes.hub.notices.channels.webhook import sign
from sharp_eyes.hub.webhooks.courier import key_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Stand]:
    """A hub that may tell systems of this machine, with an administrator of one community."""
    limits = {"storm_events": 1, "storm_minutes": 60}
    made = Stand(tmp_path_factory.mktemp("hub"), limits=limits, webhooks={"allow": ["127.0.0.1/32"]})
    add_people(made)
    made.add_user("east", "administrator", "--area", "demo/first-street/east")
    made.hub.start()
    made.hub.wait_until_healthy()
    yield made
    made.close()


@pytest.fixture(scope="module")
def alarm(gateway: PretendGateway) -> int:
    """A case that two alarms made; gives its id."""
    for _ in range(2):
        gateway.send(gateway.event("east-gate", zone="kerb"))
    return 1


def test_an_administrator_lets_a_gateway_in(gateway: PretendGateway, open_page: OpenPage, stand: Stand) -> None:
    """And gives one that is there another password: by a code that is shown once, as the gateway's command."""
    page = open_page("admin", path="/admin/gateways")
    page.click("[data-act=add]")
    page.fill("input[name=gateway]", "gate-new")
    page.select_option("dialog select[name=area]", "demo/first-street/east")
    page.locator("dialog button[type=submit]").click()
    expect(page.locator("dialog code")).to_contain_text(f"sharp-eyes-edge join {stand.hub.url} ")
    page.get_by_role("button", name="完成").click()
    expect(page.locator("dialog")).to_have_count(0)
    known = page.locator("[data-row=gate-1]")
    known.locator("button").first.click()
    known.locator("[data-act=renew]").click()
    page.locator("dialog button[type=submit]").click()
    expect(page.locator("dialog code")).to_contain_text(f"sharp-eyes-edge join {stand.hub.url} ")
    expect(page.locator("dialog")).to_contain_text("在此之前旧密码照常可用")
    page.get_by_role("button", name="完成").click()
    expect(known.locator("[data-act=renew]")).to_be_focused()


def test_an_area_becomes_a_part_of_its_neighbour(alarm: int, open_page: OpenPage) -> None:
    """Once it is said which; what would go along is said before."""
    page = open_page("admin", path="/admin/areas")
    page.locator("[data-row='demo.first-street'] button").first.click()
    page.click("[data-act=add-below]")
    page.fill("input[name=name-zh]", "边苑社区")
    page.fill("input[name=name-en]", "Side Court")
    page.locator("dialog button[type=submit]").click()
    area = page.locator("[data-row='demo.first-street.side-court']")
    area.locator("button").first.click()
    area.locator("[data-act=merge]").click()
    expect(page.locator("[data-holds]")).to_contain_text("其中没有人员")
    page.select_option("select[name=into]", "demo.first-street.east")
    page.locator("dialog button[type=submit]").click()
    expect(area).to_have_count(0)
    expect(page.get_by_role("heading", name="区域", exact=True)).to_be_focused()
    east = page.locator("[data-row='demo.first-street.east']")
    east.locator("button").first.click()
    for act, words in (("retire", "暂不能撤销"), ("merge", "将一并归入")):
        east.locator(f"[data-act={act}]").click()
        holds = page.locator("[data-holds]")
        for said in (words, "1 件未结案件", "1 台摄像机（gate-1/east-gate）", "1 个账号（east）"):
            expect(holds).to_contain_text(said)
        expect(page.locator("dialog button[type=submit]")).to_be_enabled(enabled=act == "merge")
        shoot(page, f"admin-{act}-1440-zh")
        page.click("[data-act=cancel]")


def test_an_administrator_has_another_system_told(alarm: int, open_page: OpenPage) -> None:
    """Made, tried and replayed by the page; what arrives is signed by the secret that was shown once."""
    with outside() as receiver:
        page = open_page("admin", path="/admin/webhooks")
        page.click("[data-act=add]")
        page.fill("input[name=name]", "市平台")
        page.fill("input[name=url]", f"{receiver.url}/in")
        page.fill("input[name=own-password]", PASSWORD)
        page.select_option("dialog select[name=format]", "gb28181")
        expect(page.locator("dialog summary")).to_have_count(0)
        shoot(page, "admin-webhook-format-1440-zh")
        page.select_option("dialog select[name=format]", "cloudevents")
        page.locator("dialog summary").click()
        page.check("dialog input[value=reported]")
        shoot_both_themes(page, "admin-webhook-form-1440-zh")
        page.locator("dialog button[type=submit]").click()
        expect(page.locator("dialog [role=alert]")).to_contain_text("须以 https:// 开头")
        page.check("input[name=insecure]")
        page.locator("dialog button[type=submit]").click()
        secret = page.locator("dialog code").inner_text()
        page.get_by_role("button", name="完成").click()
        row = page.locator(".row__head").filter(has_text="市平台")
        row.click()
        page.click("[data-act=test]")
        page.locator("dialog button[type=submit]").click()
        expect(page.locator("dialog [role=status]")).to_have_text("对方已接收。")
        page.get_by_role("button", name="完成").click()
        page.click("[data-act=replay]")
        shoot(page, "admin-webhook-replay-1440-zh")
        page.fill("input[name=since]", "2020-01-01T00:00")
        page.locator("dialog button[type=submit]").click()
        expect(page.locator("dialog [role=status]")).to_contain_text("条变更将重新推送")
        page.get_by_role("button", name="完成").click()
        end = time.monotonic() + 60
        while len(receiver.requests) < 2 and time.monotonic() < end:
            time.sleep(0.05)
        _, headers, body = receiver.requests[1]
        assert json.loads(body)["type"] == "org.sharp-eyes.case.reported"
        moment = headers["webhook-timestamp"]
        assert headers["webhook-signature"] == sign(key_of(secret), headers["webhook-id"], moment, body)
        shoot_both_themes(page, "admin-webhooks-1440-zh")
        page.click("[data-act=remove]")
        page.locator("dialog button[type=submit]").click()
        expect(row).to_have_count(0)


def test_an_administrator_changes_a_rule_and_tries_it_first(alarm: int, open_page: OpenPage) -> None:
    """On the alarms that there were; nothing holds before it is put in force."""
    page = open_page("admin", path="/admin/rules")
    rule = page.locator(".row").filter(has_text="机动车违停").first
    rule.locator("button").first.click()
    rule.locator("[data-act=change]").click()
    expect(page.locator("dialog [role=alert]")).to_have_count(0)
    page.fill("dialog input[name=limit]", "45")
    page.locator("dialog button[type=submit]").click()
    expect(page.locator(".bar [role=status]")).to_contain_text("1")
    page.click("[data-act=try]")
    trial = page.locator(".trial")
    expect(trial).to_contain_text("处置时限 45 分钟")
    assert re.search("[a-z]{4}", trial.inner_text()) is None, trial.inner_text()
    expect(trial.get_by_role("link")).to_have_attribute("href", f"/cases/{alarm}")
    shoot(page, "admin-rules-1440-zh", whole=True)
    page.click("[data-act=save]")
    page.fill("dialog input[name=why]", "先给车主时间")
    page.locator("dialog button[type=submit]").click()
    expect(page.locator(".bar")).to_have_count(0)
    page.reload()
    rule.locator("button").first.click()
    expect(rule).to_contain_text("45 分钟")


def test_an_administrator_sees_where_a_city_pack_is_wrong(open_page: OpenPage) -> None:
    """Each fault in the reader's language at its line of the file that is named; nothing can be taken over."""
    page = open_page("admin", path="/admin/city")
    text = (ROOT / "configs/city/demo-district.yaml").read_text(encoding="utf-8")
    for right, wrong in (
        ("timezone: Asia/Shanghai", "timezone: Asia/Shanghaj"),
        ("level: 2", "level: 1"),
        ('list: "thu 10:00"', 'list: "fri 18:00"'),
    ):
        assert right in text
        text = text.replace(right, wrong, 1)
    page.set_input_files("input[name=pack]", {"name": "云溪.yaml", "mimeType": "text/yaml", "buffer": text.encode()})
    window = page.locator("dialog")
    expect(window).to_contain_text("云溪.yaml")
    expect(window.locator("li")).to_have_count(3)
    expect(window).to_contain_text("第 6 行 timezone")
    for words in ("没有“Asia/Shanghaj”这个时区", "“1”重复出现", "顺序应为：收集、出清单、部门报到"):
        expect(window).to_contain_text(words)
    expect(window.locator("button[type=submit]")).to_be_disabled()
    shoot_both_themes(page, "admin-city-faults-1440-zh")


def test_an_administrator_takes_a_city_pack_over_and_goes_back(stand: Stand, open_page: OpenPage) -> None:
    """What differs is seen before, part by part; each version can come back, as a new one."""
    with closing(stand.client("admin")) as client:
        administration.a_pack_is_taken_over_and_back(open_page("admin", path="/admin/city"), client)


def test_an_administrator_changes_the_calendar(gateway: PretendGateway, stand: Stand, open_page: OpenPage) -> None:
    """By mouse and keys; whose deadlines move is seen before it is in force, and nothing is lost by leaving."""
    page = open_page("admin", path="/admin/calendar")
    administration.a_calendar_is_begun(page)
    with closing(stand.client("admin")) as client:
        case = administration.a_case_that_counts_working_days(client, gateway)
    page.reload()
    administration.a_day_off_moves_it(page, case)


@pytest.fixture
def learner(stand: Stand) -> Iterator[PretendGateway]:
    """A gateway that takes settings, and of whose alarms people have found three wrong and two right."""
    password = stand.add_gateway("gate-2", EAST).read_text(encoding="utf-8").strip()
    with closing(stand.client("lead")) as lead, closing(stand.client("squad")) as squad:
        made = administration.a_gateway_with_lessons(password, stand.broker_port, lead, squad)
    yield made
    made.close()


def test_a_threshold_is_taken_over_with_its_proof_and_back(learner: PretendGateway, open_page: OpenPage) -> None:
    """What it costs is said once more where it is taken over; the gateway's answer comes by itself."""
    administration.a_threshold_is_taken_over_and_back(open_page("admin", path="/admin/advice"), learner.name)


def test_an_administrator_sees_which_models_run_where(gateway: PretendGateway, open_page: OpenPage) -> None:
    """With what was measured and when; what was never measured, or is not told, is said."""
    parity = ModelParity(agrees=True, share=0.97, wanted=0.85, measured_at=datetime(2026, 3, 1, 0, 0, tzinfo=UTC))
    street = RunningModel(
        name="street",
        version="2",
        computed_by="openvino",
        checked=True,
        sha256="ab" * 32,
        precision="int8",
        computing="int8",
        kind="detector",
        licence="AGPL-3.0-or-later",
        scenes=(SceneName.ILLEGAL_PARKING,),
        parity=parity,
    )
    ground = street.model_copy(update={"name": "ground", "kind": "segmenter", "parity": None, "checked": False})
    gateway.heartbeat(models=(street, ground, RunningModel(name="hazard", version="1")))
    page = open_page("admin", path="/admin/models")
    rows = page.locator(".row")
    expect(rows).to_have_count(3)
    for name, words in (("ground", "1 台从未核验"), ("hazard", "1 台未报告"), ("street", "核验一致")):
        expect(rows.filter(has_text=name)).to_contain_text(words)
    row = rows.filter(has_text="street")
    row.locator("button").first.click()
    for words in ("目标检测", "AGPL-3.0-or-later", "97% 一致，须 85%", "gate-1", "abababababab"):
        expect(row).to_contain_text(words)
    shoot_both_themes(page, "admin-models-1440-zh")
    assert find_barriers(page) == []
    row.get_by_role("link", name="机动车违停").click()
    expect(page.locator(".only")).to_contain_text("机动车违停")
    page.go_back()
    row.locator("button").first.click()
    row.get_by_role("link", name="gate-1").click()
    expect(page.locator("[data-row=gate-1] .row__body")).to_contain_text("核验一致")


def test_each_part_of_the_administration_fits_a_phone(alarm: int, open_page: OpenPage) -> None:
    """By its own menu, for its roles alone: a shift lead has a share in it."""
    page = open_page("admin", width=390, language="en-GB", path="/admin")
    menu = page.get_by_role("navigation", name="Administration")
    expect(menu.get_by_role("link")).to_have_count(12)
    for link in menu.get_by_role("link").all():
        link.click()
        expect(page.locator(".parts__part h1")).to_have_text(link.inner_text())
        expect(page.locator(".parts__part").get_by_text("Loading")).to_have_count(0)
        if page.locator(".row__head").count() > 0:
            page.locator(".row__head").first.click()
            expect(page.locator(".row__body")).to_be_visible()
        shoot_both_themes(page, f"admin-390-en-{link.inner_text().split()[0].lower()}")
    lead = open_page("lead", language="en-GB", path="/admin/people")
    expect(lead.get_by_text("This is not for your role")).to_be_visible()
    expect(lead.get_by_role("navigation", name="Administration").get_by_role("link")).to_have_count(3)

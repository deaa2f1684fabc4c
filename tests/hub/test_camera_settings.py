"""Cameras' settings at the hub: reported, changed by administrators, sent until answered, written down."""

from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from tests.hub.bench import CAMERA, EAST, GATEWAY, Bench, scene_event
from tests.hub.everybody import NORTH

from sharp_eyes.contract.event import SceneName
from sharp_eyes.contract.status import Birth, CameraNote, SettingsReport
from sharp_eyes.contract.topics import Channel
from sharp_eyes.contract.trial import TrialAlarm, TrialReport
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.tables import AuditEntry, SettingsChange

PATH = f"/api/cameras/{GATEWAY}/{CAMERA}/settings"
SEQUENCE = iter(range(10_000))


def birth(bench: Bench, session: str = "s1", settings_from: Any = "hub", camera: str = CAMERA) -> None:
    notes = (CameraNote(camera=camera, name="x", area=EAST),)
    message = Birth(
        gateway=GATEWAY, session=session, time=bench.clock(), version="1", cameras=notes, settings_from=settings_from
    )
    bench.post(Channel.STATUS, message.model_dump_json())


def report(bench: Bench, version: int = 0, session: str = "s1", **more: Any) -> SettingsReport:
    values: dict[str, Any] = {
        "camera": CAMERA,
        "session": session,
        "sequence": next(SEQUENCE),
        "version": version,
        "changed": {},
        "settings": {"tiles": 1, "scenes": []},
        "takes_changes": True,
        "reported_at": bench.clock(),
    }
    made = SettingsReport.model_validate(values | more)
    bench.send(made)
    return made


def put(page: TestClient, base: int, status: int = 202, **settings: Any) -> Any:
    answer = page.put(PATH, json={"settings": settings, "base_version": base})
    assert answer.status_code == status, answer.text
    return answer.json()


def sent(bench: Bench) -> list[int]:
    """Send what waits, as the running hub does each second; returns the versions sent so far."""
    from sharp_eyes.hub.intake.camera_settings import is_anything_waiting, send_waiting

    with bench.transaction() as work:
        if is_anything_waiting(work):
            send_waiting(work)
    return [change.version for _, change in bench.out.changes]


def trail(bench: Bench) -> list[tuple[str, str, Any]]:
    with bench.hub.read_only() as work:
        rows = work.session.query(AuditEntry).filter(AuditEntry.action.like("camera%")).order_by(AuditEntry.id)
        return [(row.action, row.actor, row.detail) for row in rows]


def test_a_zone_is_called_what_its_gateways_settings_call_it(quick: Bench) -> None:
    """As they stand now; what they do not name has its identifier alone."""
    birth(quick)
    for zone in ("kerb", "yard"):
        quick.send(scene_event(quick.clock(), zone=zone))
    lead = quick.client(Role.SHIFT_LEAD)

    def named() -> list[str | None]:
        return [lead.get(f"/api/cases/{case}").json()["zone_name"] for case in (1, 2)]

    assert named() == [None, None]
    zones = [{"id": "kerb", "name": "北门路缘"}, {"id": "yard", "name": ""}]
    report(quick, settings={"scenes": [{"scene": "illegal_parking", "zones": zones, "dwell": 8}]})
    assert named() == ["北门路缘", None]


def test_a_change_goes_to_the_gateway_and_its_answer_to_the_page(bench: Bench) -> None:
    """With who made it; what was taken and what was refused stand in the trail."""
    admin = bench.client(Role.ADMINISTRATOR, name="admin")
    birth(bench)
    assert bench.out.reports_wanted == [GATEWAY]
    assert admin.get(PATH).status_code == 404
    report(bench)
    seen = admin.get(PATH).json()
    assert (seen["settings"], seen["newest_version"], seen["takes_changes"]) == ({"tiles": 1, "scenes": []}, 0, True)
    assert put(admin, 0, tiles=2)["state"] == "waiting"
    assert sent(bench) == [1]
    assert sent(bench) == [1], "once a session"
    gateway, command = bench.out.changes[0]
    assert (gateway, command.camera, command.settings, command.made_by) == (GATEWAY, CAMERA, {"tiles": 2}, "admin")
    report(bench, 1, answers=1, changed={"tiles": 2}, settings={"tiles": 2, "scenes": []})
    seen = admin.get(PATH).json()
    assert (seen["version"], seen["changed"]) == (1, {"tiles": 2})
    assert seen["changes"][0]["state"] == "applied"
    put(admin, 1, tiles=9)
    sent(bench)
    report(bench, 1, answers=2, refused="tiles: at most 4", changed={"tiles": 2})
    newest = admin.get(PATH).json()["changes"][0]
    assert (newest["state"], newest["reason"], newest["version"]) == ("refused", "tiles: at most 4", 2)
    assert [(action, actor) for action, actor, _ in trail(bench)] == [
        ("camera_settings_changed", "admin"),
        ("camera_settings_applied", f"gateway {GATEWAY}"),
        ("camera_settings_changed", "admin"),
        ("camera_settings_refused", f"gateway {GATEWAY}"),
    ]
    assert trail(bench)[0][2] == {"version": 1, "settings": {"tiles": 2}}
    assert trail(bench)[3][2]["why"] == "tiles: at most 4"


def test_a_report_with_large_numbers_is_kept(bench: Bench) -> None:
    """Such as bytes of sealed originals; a version that no column holds is refused, and the line goes on."""
    birth(bench)
    report(bench, settings={"privacy": {"original_bytes": 4 * 1024**3}})
    admin = bench.client(Role.ADMINISTRATOR)
    assert admin.get(PATH).json()["settings"]["privacy"]["original_bytes"] == 4 * 1024**3
    report(bench, 2**40)
    assert list(bench.out.refused.values()) or admin.get(PATH).json()["version"] == 2**40
    report(bench, settings={"tiles": 2})
    assert admin.get(PATH).json()["settings"] == {"tiles": 2}


def test_a_gateway_that_is_away_gets_it_when_it_comes(quick: Bench) -> None:
    """Again at each connection until it has answered; of two that wait only the later."""
    admin = quick.client(Role.ADMINISTRATOR)
    birth(quick)
    report(quick)
    quick.will()
    put(admin, 0, tiles=2)
    put(admin, 1, tiles=3)
    assert sent(quick) == []
    birth(quick, "s2")
    assert sent(quick) == [2]
    birth(quick, "s2")
    assert sent(quick) == [2, 2]
    assert [one["state"] for one in admin.get(PATH).json()["changes"]] == ["waiting", "replaced"]
    report(quick, 2, "s2", answers=2)
    birth(quick, "s2")
    assert sent(quick) == [2, 2]


def test_a_gateway_with_a_new_disk_gets_what_it_had(quick: Bench) -> None:
    """It reports that it holds none of it."""
    admin = quick.client(Role.ADMINISTRATOR)
    birth(quick)
    report(quick)
    put(admin, 0, tiles=2)
    sent(quick)
    report(quick, 1, answers=1)
    birth(quick, "s2")
    assert quick.out.reports_wanted == [GATEWAY, GATEWAY]
    report(quick, 0, "s2")
    assert sent(quick) == [1, 1]


def test_two_people_do_not_overwrite_each_other(quick: Bench) -> None:
    """The second is told to look again."""
    admin = quick.client(Role.ADMINISTRATOR)
    birth(quick)
    report(quick)
    put(admin, 0, tiles=2)
    assert put(admin, 0, 409, tiles=3)["error"]["code"] == "changed_meanwhile"
    assert put(admin, 1, tiles=3)["version"] == 2


def test_the_file_holds_where_the_gateway_says_so(quick: Bench) -> None:
    """Said at once, not after a round."""
    admin = quick.client(Role.ADMINISTRATOR)
    birth(quick, settings_from="file")
    report(quick, takes_changes=False)
    refused = put(admin, 0, 409, tiles=2)["error"]
    assert refused["code"] == "file_holds"
    assert "settings_from: hub" in refused["message"]
    assert admin.get(PATH).json()["takes_changes"] is False


def test_reports_that_come_late_change_nothing(quick: Bench) -> None:
    """Of an earlier moment of the session, or of an earlier session."""
    admin = quick.client(Role.ADMINISTRATOR)
    birth(quick)
    old, older = next(SEQUENCE), next(SEQUENCE)
    report(quick, settings={"tiles": 3})
    report(quick, settings={"tiles": 1}, sequence=old)
    report(quick, settings={"tiles": 2}, session="s0")
    report(quick, settings={"tiles": 4}, session="s1", sequence=older)
    assert admin.get(PATH).json()["settings"] == {"tiles": 3}


def test_an_older_gateway_is_asked_nothing(quick: Bench) -> None:
    """It would not understand; its settings cannot be changed, which is said."""
    birth(quick, settings_from=None)
    assert quick.out.reports_wanted == []
    assert put(quick.client(Role.ADMINISTRATOR), 0, 409, tiles=2)["error"]["code"] == "no_settings"


def test_a_camera_that_is_gone_has_no_settings(quick: Bench) -> None:
    """Nor does a gateway that was removed."""
    from sharp_eyes.hub.intake.gateways import remove_gateway

    admin = quick.client(Role.ADMINISTRATOR)
    birth(quick)
    report(quick)
    put(admin, 0, tiles=2)
    birth(quick, "s2", camera="another")
    assert admin.get(PATH).status_code == 404
    with quick.transaction() as work:
        remove_gateway(work.session, work.now, GATEWAY)
    with quick.hub.read_only() as work:
        assert work.session.query(SettingsChange).count() == 0


@pytest.mark.parametrize("role", Role)
def test_settings_are_for_administrators_of_the_area(quick: Bench, role: Role) -> None:
    """Others are told so; in another area there is no such camera."""
    birth(quick)
    report(quick)
    unit = "parks" if role is Role.HANDLER else None
    body = {"settings": {"tiles": 2}, "base_version": 0}
    for area in (EAST, NORTH):
        page = quick.client(role, area, unit)
        wanted = 404 if area == NORTH else 200 if role is Role.ADMINISTRATOR else 403
        assert page.get(PATH).status_code == wanted
        assert page.put(PATH, json=body).status_code == (202 if wanted == 200 else wanted)


@pytest.mark.parametrize("settings", [{"name": "x\0"}, {"tiles": 2**40}, {"name": "x" * 50_000}])
def test_what_no_database_or_message_can_hold_is_refused(quick: Bench, settings: dict[str, Any]) -> None:
    """422, nothing is sent."""
    birth(quick)
    report(quick)
    page = quick.client(Role.ADMINISTRATOR)
    assert page.put(PATH, json={"settings": settings, "base_version": 0}).status_code == 422
    assert sent(quick) == []


def test_the_command_line_changes_single_values(quick: Bench) -> None:
    """Of what holds; keys that were changed before stay changed, and --reset begins from the file."""
    from typer.testing import CliRunner

    from sharp_eyes.hub.cli import app

    def run(*words: str) -> str:
        data = ("--data", str(quick.hub.settings.data), "--wait", "0")
        return CliRunner().invoke(app, ["camera", "set", GATEWAY, CAMERA, *words, *data]).output

    def newest() -> Any:
        return quick.client(Role.ADMINISTRATOR).get(PATH).json()["changes"][0]["settings"]

    birth(quick)
    scene = {"scene": "smoke", "zones": [{"id": "all"}]}
    report(quick, settings={"tiles": 1, "name": "", "scenes": [scene]}, changed={"tiles": 1})
    assert "waits for gateway" in run("scenes.0.zones.0.id=roof", "name=East yard")
    assert newest() == {"tiles": 1, "scenes": [{"scene": "smoke", "zones": [{"id": "roof"}]}], "name": "East yard"}
    run("--reset", "decode=all")
    assert newest() == {"decode": "all"}
    run("--reset")
    assert newest() == {}


def test_a_change_is_tried_at_the_gateway_before_it_is_sent(bench: Bench) -> None:
    """Nothing changes and nothing is kept; what another gateway or camera says to it counts for nothing."""
    admin = bench.client(Role.ADMINISTRATOR, name="admin")
    birth(bench)
    asked = {"settings": {"tiles": 2}}
    assert admin.post(f"{PATH}/trials", json=asked).json()["error"]["code"] == "no_settings"
    report(bench)
    begun = admin.post(f"{PATH}/trials", json=asked)
    assert begun.status_code == 202, begun.text
    ((gateway, command),) = bench.out.trials
    assert (gateway, command.camera, command.settings) == (GATEWAY, CAMERA, {"tiles": 2})
    one = f"{PATH}/trials/{command.trial_id}"
    assert admin.get(one).json() == {"trial_id": str(command.trial_id), "state": "waiting", "report": None, "past": []}
    alarm = TrialAlarm(scene=SceneName.SMOKE, zone="roof", second=3.5, picture="aGk=")
    said = TrialReport(
        trial_id=command.trial_id, camera="other", state="done", seconds=60, count=1, alarms=(alarm,),
        reported_at=bench.clock(),
    )  # fmt: skip
    bench.send(said)
    assert admin.get(one).json()["state"] == "waiting"
    again = admin.post(f"{PATH}/trials", json=asked).json()["trial_id"]
    bench.send(said.model_copy(update={"camera": CAMERA, "trial_id": UUID(again)}))
    seen = admin.get(f"{PATH}/trials/{again}").json()
    assert (seen["state"], seen["report"]["count"], seen["report"]["alarms"][0]["zone"]) == ("answered", 1, "roof")
    assert admin.get(PATH).json()["changes"] == []
    looks = admin.get("/api/audit", params={"action": "video_seen"}).json()["items"]
    assert [look["subject"] for look in looks] == [f"{GATEWAY}/{CAMERA} trial {again}"], "its pictures were seen"
    lead = bench.client(Role.SHIFT_LEAD, name="lead")
    assert lead.post(f"{PATH}/trials", json=asked).status_code == 403
    assert lead.get(one).status_code == 403
    assert admin.get(f"{PATH}/trials/{UUID(int=1)}").status_code == 404


def test_a_flood_of_trials_reaches_a_gateway_as_far_as_it_answers(bench: Bench) -> None:
    """What waits is bounded by gateway, searches for cameras alike; another gateway's question is not forgotten."""
    admin = bench.client(Role.ADMINISTRATOR, name="admin")
    birth(bench)
    report(bench)
    neighbours = bench.hub.intake.trials.begin("neighbour", "cam-9")
    asked = [admin.post(f"{PATH}/trials", json={"settings": {"tiles": 2}}) for _ in range(60)]
    assert [answer.status_code for answer in asked] == [202] * 8 + [429] * 52
    assert asked[-1].json()["error"]["code"] == "too_many_questions"
    assert len(bench.out.trials) == 8
    for _ in range(50):
        one = bench.out.trials[-1][1].trial_id
        bench.send(TrialReport(trial_id=one, camera=CAMERA, state="done", reported_at=bench.clock()))
        assert admin.post(f"{PATH}/trials", json={"settings": {}}).status_code == 202
    assert bench.hub.intake.trials.find("neighbour", neighbours) is not None
    searches = [admin.post(f"/api/gateways/{GATEWAY}/camera-searches") for _ in range(10)]
    assert [answer.status_code for answer in searches] == [202] * 8 + [429] * 2

"""Which part of a hub is ill, since when, and why; and what it counts for Prometheus."""

import inspect
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from prometheus_client import generate_latest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from tests.hub.bench import CAMERA, EAST, GATEWAY, Bench

from sharp_eyes.contract.topics import Channel, Topic
from sharp_eyes.hub import health
from sharp_eyes.hub.health import PartName
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.metrics.collector import HubCollector
from sharp_eyes.hub.settings import HttpSettings, load_settings
from sharp_eyes.hub.store.case_tables import Case, CaseTimer
from sharp_eyes.hub.store.notice_tables import Delivery

ROOT = Path(__file__).parents[2]


def parts(bench: Bench) -> dict[str, tuple[str, str, int | None]]:
    """State, reason and amount of every part, as of a look made now."""
    bench.hub.health.look()
    told = bench.hub.health.told()["parts"]
    return {part["name"]: (part["state"], part["reason"], part["amount"]) for part in told}


def deliver(bench: Bench, state: str) -> None:
    """A notice that was to leave ten minutes ago."""
    with bench.hub.transaction() as work:
        due = work.now - timedelta(minutes=10)
        row = {"channel": "mail", "recipient": "lead", "kind": "filed", "area": "demo", "data": {}, "state": state}
        work.session.add(Delivery(key=str(uuid4()), created_at=due, due_at=due, **row))


def test_each_part_says_what_is_wrong_with_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is ill is so alone: nothing else of the hub is called ill with it."""
    hub, ill = bench.hub, {"broker": ("failed", "away", None)}  # the bench has no broker
    well = parts(bench)
    assert {name: said for name, said in well.items() if said[0] != "ok"} == ill
    assert list(well) == [
        "database",
        "broker",
        "intake",
        "evidence",
        "disk",
        "notices",
        "webhooks",
        "timers",
        "clocks",
        "transport",
    ]

    deliver(bench, "waiting")
    assert parts(bench)["notices"] == ("degraded", "late", 1)
    deliver(bench, "failed")
    assert parts(bench)["notices"] == ("degraded", "failed", 1)

    bench.report()
    with hub.transaction() as work:
        case = work.session.scalars(select(Case)).one()
        work.session.merge(CaseTimer(case_id=case.id, at=work.now - timedelta(minutes=2)))
    assert parts(bench)["timers"] == ("degraded", "late", 120)
    bench.clock.forward(hours=1)
    assert parts(bench)["timers"][:2] == ("failed", "late")

    monkeypatch.setattr(hub.disk_room, "free_bytes", lambda: (15, 10))
    assert parts(bench)["disk"] == ("degraded", "low", 15)
    monkeypatch.setattr(hub.disk_room, "free_bytes", lambda: (5, 10))
    assert parts(bench)["disk"] == ("failed", "full", 5)


def test_since_when_is_kept_until_the_state_changes(quick: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Another reason or amount is still the same illness; each change is one line of the log."""

    def since(name: str) -> Any:
        quick.hub.health.look()
        return next(part.since for part in quick.hub.health.parts if part.name == name)

    began = since("notices")
    quick.clock.forward(minutes=1)
    deliver(quick, "waiting")
    fell_ill = since("notices")
    quick.clock.forward(minutes=1)
    deliver(quick, "failed")
    assert since("notices") == fell_ill > began
    assert [line for line in caplog.messages if "notices" in line] == [
        "health: notices is degraded (late)",
        "health: notices is degraded (failed)",
    ]


def test_a_database_that_is_away_fails_the_whole(quick: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it would tell of other parts is unknown then, and figures are given all the same."""
    collector = HubCollector(quick.hub)
    quick.hub.database._engine = quick.hub.database._engine.execution_options()
    monkeypatch.setattr(quick.hub.database._engine, "connect", _away)
    said = parts(quick)
    assert said["database"] == ("failed", "away", None)
    assert said["notices"] == said["timers"] == ("degraded", "unknown", None)
    assert quick.hub.health.told()["status"] == "failed"
    assert "sharp_eyes_hub_intake_lag_seconds" in {family.name for family in collector.collect()}


def _away(*_: Any, **__: Any) -> Any:
    raise OperationalError("SELECT 1", None, ConnectionError("refused"))


def test_a_hub_that_is_insecure_says_so(tmp_path: Path) -> None:
    """To whoever asks, with each door; the page's own word comes from the browser."""
    http = HttpSettings(host="0.0.0.0")
    bench = Bench(tmp_path, http=http, insecure=True)
    assert parts(bench)["transport"] == ("degraded", "insecure", 1)
    assert bench.stranger().get("/api/health").json()["insecure"] is True
    bench.close()


def test_parts_are_told_to_administrators_of_the_whole_city(quick: Bench) -> None:
    """The public word on health says no more than it did."""
    said = quick.client(Role.ADMINISTRATOR).get("/api/health/parts").json()
    assert said["status"] == "degraded"
    broker = next(part for part in said["parts"] if part["name"] == "broker")
    assert (broker["state"], broker["reason"], broker["amount"]) == ("failed", "away", None)
    assert broker["since"]
    for role, area in ((Role.SHIFT_LEAD, "demo"), (Role.ADMINISTRATOR, EAST)):
        assert quick.client(role, area).get("/api/health/parts").status_code == 403


def test_what_comes_and_what_is_asked_is_counted(quick: Bench) -> None:
    """By kinds, reasons and routes that are the code's own; no word of a stranger becomes a label."""
    HubCollector(quick.hub).register()
    quick.report()
    quick.hub.intake.worker.offer(str(Topic(GATEWAY, Channel.EVENT)), b"{}")
    quick.hub.intake.worker.offer("sharp-eyes/v9/nonsense-topic", b"{}")
    quick.hub.intake.router.take(Topic(GATEWAY, Channel.EVENT), b'{"no": "message"}')
    quick.stranger().get("/api/cases/7")
    quick.stranger().get("/secret-of-a-stranger")
    quick.stranger().request("BREW", "/api/cases")
    text = generate_latest(quick.hub.measures.registry).decode()
    for line in (
        'sharp_eyes_hub_intake_messages_total{kind="scene"} 1.0',
        "sharp_eyes_hub_intake_batch_messages_sum 1.0",
        'sharp_eyes_hub_intake_not_taken_total{outcome="dropped",reason="topic"} 1.0',
        'sharp_eyes_hub_intake_not_taken_total{outcome="refused",reason="refused"} 1.0',
        "sharp_eyes_hub_intake_waiting_messages 1.0",
        'sharp_eyes_hub_cases_open{grade="ordinary",state="dispatched"} 1.0',
        'sharp_eyes_hub_http_responses_total{method="GET",route="/api/cases/{case_id}",status="4xx"} 1.0',
        'method="other"',
    ):
        assert line in text, line
    for word in ("secret", "BREW", "nonsense", CAMERA):
        assert word not in text, word


def test_figures_are_opened_to_others_only_over_tls(tmp_path: Path) -> None:
    """As page and broker are: a hub that would show its token to anybody on the way does not start."""
    (tmp_path / "token").write_text("5f" * 20)
    file = tmp_path / "hub.yaml"
    file.write_text("metrics: {listen: 0.0.0.0, token_file: token}\n")
    settings = load_settings(file)
    assert settings.metrics is not None
    assert settings.metrics.token_file == tmp_path / "token"
    assert settings.unprotected() == ["metrics.listen 0.0.0.0"]
    with pytest.raises(Exception, match=r"metrics.listen 0.0.0.0: without TLS"):
        Hub(settings).start()


def test_every_reason_has_words_on_the_page_and_in_the_guide() -> None:
    """A part that is ill says what to do, and none is explained that no hub gives."""
    source = inspect.getsource(health)
    given = set()
    for look in re.split(r"\n    def at_", source)[1:]:
        part = look.partition("(")[0]
        given |= {(part, reason) for reason in re.findall(r'Finding\([^"()]*"(\w+)"', look)}
    assert len(given) > 10
    words = (ROOT / "hub/page/src/i18n/healthMessages.ts").read_text(encoding="utf-8")
    keys = set(re.findall(r'"health\.(\w+)\.(\w+)":', words))
    assert {key for key in keys if key[0] not in ("state", "part")} == given
    assert {name for group, name in keys if group == "part"} == set(PartName)
    guide = (ROOT / "docs/deployer.md").read_text(encoding="utf-8")
    assert [one for one in given if f"| {one[0]} | `{one[1]}` |" not in guide] == []

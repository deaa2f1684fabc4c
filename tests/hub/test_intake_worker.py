"""The intake's one thread outlives whatever a message does to it."""

from collections.abc import Iterator

import pytest
from tests.hub.bench import Bench, scene_event
from tests.hub.edge import wait_for

from sharp_eyes.contract.envelope import DurableMessage, wrap
from sharp_eyes.hub.intake import durable_messages
from sharp_eyes.hub.intake.worker import IntakeWorker
from sharp_eyes.hub.settings import LimitSettings
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


@pytest.fixture
def worker(quick: Bench) -> Iterator[IntakeWorker]:
    made = quick.hub.intake.worker
    made.start()
    yield made
    made.stop()


def test_a_fault_of_ours_in_one_message_does_not_make_the_hub_deaf(
    quick: Bench, worker: IntakeWorker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged whole, counted, and not acknowledged; the next message is taken."""
    take = durable_messages.take

    def faulty(work: UnitOfWork, area: str, message: DurableMessage, limits: LimitSettings) -> None:
        if message.id == poison.id:
            raise ZeroDivisionError("a fault of ours")
        take(work, area, message, limits)

    poison, message = (wrap("gate-01", scene_event(quick.clock())) for _ in range(2))
    monkeypatch.setattr(durable_messages, "take", faulty)
    monkeypatch.setattr(quick.hub.intake.router, "mark_silent_gateways", faulty_sweep)
    for one in (poison, message):
        worker.offer("sharp-eyes/v1/gate-01/event", one.model_dump_json().encode())
    wait_for("the next message", lambda: quick.out.taken == [message.id])
    assert quick.hub.intake.replies.dropped.counts()["fault"] >= 1
    assert "a fault of ours" in caplog.text


def faulty_sweep() -> None:
    raise RuntimeError("another fault")

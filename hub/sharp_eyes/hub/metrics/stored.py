"""What is asked of the database for Prometheus: counts that an index holds whole, never a table's rows."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select

from sharp_eyes.hub.notices import outbox
from sharp_eyes.hub.store.case_tables import Case, CaseTimer
from sharp_eyes.hub.store.tables import Gateway
from sharp_eyes.hub.store.unit_of_work import UnitOfWork
from sharp_eyes.hub.store.webhook_tables import Webhook
from sharp_eyes.hub.webhooks.queue import count_waiting


def count_stored(work: UnitOfWork) -> Iterator[Metric]:
    """Count open cases, gateways, notices and webhooks' lines that have not left, and what is due and not done.

    Raises:
        SQLAlchemyError: the database does not answer.
    """
    yield _open_cases(work)
    yield _gateways(work)
    pending = GaugeMetricFamily(
        "sharp_eyes_hub_notices_pending",
        "Notices that have not left the hub: waiting, being sent, or given up and not seen to.",
        labels=["channel", "state"],
    )
    for channel, state, number in outbox.count_pending(work):
        pending.add_metric([channel, state], number)
    yield pending
    webhooks = GaugeMetricFamily(
        "sharp_eyes_hub_webhook_lines_pending", "Lines that a webhook is still to be told.", labels=["webhook"]
    )
    given_up = GaugeMetricFamily(
        "sharp_eyes_hub_webhook_lines_given_up",
        "Lines that a webhook never took and that were given up.",
        labels=["webhook"],
    )
    waiting = count_waiting(work)
    for identity, number in work.session.execute(select(Webhook.id, Webhook.given_up).order_by(Webhook.id)):
        webhooks.add_metric([str(identity)], waiting.get(identity, (0, None))[0])
        given_up.add_metric([str(identity)], number)
    yield from (webhooks, given_up)
    late, first = work.session.execute(
        select(func.count(), func.min(CaseTimer.at)).where(CaseTimer.at <= work.now)
    ).one()
    yield GaugeMetricFamily("sharp_eyes_hub_timers_late", "Cases for which something is due and not done.", value=late)
    yield GaugeMetricFamily(
        "sharp_eyes_hub_timers_late_seconds",
        "Seconds for which the oldest of it has been due.",
        value=0.0 if first is None else (work.now - first).total_seconds(),
    )


def _open_cases(work: UnitOfWork) -> Metric:
    cases = GaugeMetricFamily(
        "sharp_eyes_hub_cases_open", "Cases that have not ended, of the whole city.", labels=["grade", "state"]
    )
    # By any area: the index of open cases by area holds what is counted, and no row is read.
    counted = select(Case.grade, Case.state, func.count()).where(Case.ended_at.is_(None), Case.area > "")
    query = counted.group_by(Case.grade, Case.state)
    for grade, state, number in work.session.execute(query):
        cases.add_metric([grade, state], number)
    return cases


def _gateways(work: UnitOfWork) -> Metric:
    gateways = GaugeMetricFamily("sharp_eyes_hub_gateways", "Registered gateways.", labels=["state"])
    query = select(Gateway.online, func.count()).group_by(Gateway.online)
    counts = {bool(online): number for online, number in work.session.execute(query)}
    for online, state in ((True, "online"), (False, "offline")):
        gateways.add_metric([state], counts.get(online, 0))
    return gateways

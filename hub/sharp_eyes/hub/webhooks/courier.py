"""Carries lines of cases' logs to webhooks: takes, sends, settles. Any number of hubs may do so at once.

Lines are sent outside of any transaction. What dies between sending and settling is sent again under the same id once
its lease has run out.
"""

import base64
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx

from sharp_eyes.configuration.periodic import PeriodicThread, Steps
from sharp_eyes.hub.audit import SYSTEM, Action, record
from sharp_eyes.hub.cases.record import read_logs
from sharp_eyes.hub.errors import ChannelError
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.notices.channels.http import line_out, post
from sharp_eyes.hub.notices.channels.webhook import sign
from sharp_eyes.hub.notices.outbox import add_once
from sharp_eyes.hub.notices.people import of_role
from sharp_eyes.hub.outward.formats import Message, Unsaid
from sharp_eyes.hub.outward.moments import Speaker
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.notice_tables import Notice
from sharp_eyes.hub.store.unit_of_work import LiveUpdate, UnitOfWork, UnitOfWorkFactory
from sharp_eyes.hub.store.webhook_tables import Webhook
from sharp_eyes.hub.webhook_settings import WebhookSettings
from sharp_eyes.hub.webhooks import queue
from sharp_eyes.hub.webhooks.destination import check_url, resolve
from sharp_eyes.hub.webhooks.events import messages_of
from sharp_eyes.hub.webhooks.queue import Outcome, Taken

_LOG = logging.getLogger(__name__)
_EVERY, _TIDY_EVERY = 1.0, 600.0
_AT_ONCE = 8
"""Webhooks that one hub tells at once, so that one that hangs holds up few others."""

Send = Callable[[Webhook, Message, httpx.Client], None]
"""Sends a message over a line of the webhook's own and returns once it was taken; raises ChannelError."""


class Sender:
    """Sends one message: signed after Standard Webhooks, to where a webhook may go."""

    def __init__(self, settings: WebhookSettings, clock: Callable[[], float] = time.time) -> None:
        """``clock``: seconds since 1970, which are signed, so that nobody can send it again later."""
        self._settings = settings
        self._clock = clock

    def __call__(self, webhook: Webhook, message: Message, line: httpx.Client | None = None) -> None:
        """Send it.

        Raises:
            ChannelError: it was not taken, or may not go there.
        """
        check_url(webhook.url, insecure=webhook.insecure)
        at = resolve(webhook.url, self._settings)
        moment = str(int(self._clock()))
        headers = {
            "Content-Type": message.media_type,
            "webhook-id": message.id,
            "webhook-timestamp": moment,
            "webhook-signature": sign(key_of(webhook.secret), message.id, moment, message.body),
        }
        post(webhook.url, message.body, headers, self._settings.timeout, at, line)


class WebhookCourier:
    """Tells webhooks what waits for them."""

    def __init__(
        self,
        transaction: UnitOfWorkFactory,
        read_only: UnitOfWorkFactory,
        settings: WebhookSettings,
        speaker: Callable[[], Speaker],
        note: Callable[[str], None] = lambda _outcome: None,
        send: Send | None = None,
    ) -> None:
        """``note`` is told what became of each attempt: ``arrived``, ``refused``, ``failed`` or ``unsaid``."""
        self._transaction = transaction
        self._read_only = read_only
        self._settings = settings
        self._speaker = speaker
        self._note = note
        self._send = send or Sender(settings)
        self._steps = Steps()
        self._busy: set[int] = set()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="webhook")
        self._thread = PeriodicThread("webhooks", "the telling of webhooks", self._look, _EVERY)
        self._tidying = PeriodicThread("webhook-tidy", "the end of webhooks' lines", self.tidy, _TIDY_EVERY)

    def start(self) -> None:
        """Begin to tell."""
        self._thread.start()
        self._tidying.start()

    def stop(self) -> None:
        """Stop; what was taken and not told is taken again."""
        self._thread.stop()
        self._tidying.stop()
        self._pool.shutdown(cancel_futures=True)

    def run_due(self) -> None:
        """Tell all webhooks what is due, one after the other, until nothing is."""
        while True:
            with self._read_only() as work:
                due = queue.webhooks_due(work, self._settings)
            if not sum(self.tell(one) for one in due):
                return

    def tell(self, webhook_id: int) -> bool:
        """Tell a webhook one round of what is due; whether there was anything."""
        with self._transaction() as work:
            taken = queue.take(work, webhook_id, self._settings)
        if taken is None:
            return False
        outcome = self._tell(taken)
        with self._transaction() as work:
            webhook = queue.settle(work, taken, outcome, self._settings)
            if webhook is None:
                _LOG.warning("webhook %s: a round took longer than its lease", webhook_id)
            else:
                self._end(work, webhook)
        return True

    def tidy(self) -> None:
        """Delete what waits for webhooks that are gone."""
        with self._transaction() as work:
            queue.drop_orphans(work)

    def _look(self) -> None:
        with self._read_only() as work:
            due = queue.webhooks_due(work, self._settings)
        for webhook_id in due:
            with self._lock:
                if webhook_id in self._busy:
                    continue
                self._busy.add(webhook_id)
            self._pool.submit(self._round, webhook_id)

    def _round(self, webhook_id: int) -> None:
        def step() -> None:
            while self.tell(webhook_id) and not self._thread.is_stopping:
                pass

        try:
            self._steps.do(f"the telling of webhook {webhook_id}", step)
        finally:
            with self._lock:
                self._busy.discard(webhook_id)

    def _tell(self, taken: Taken) -> Outcome:
        """Send what was taken, case after case, as long as the lease holds for one more."""
        outcome, webhook = Outcome(), taken.webhook
        end = time.monotonic() + self._settings.lease_seconds - 3.5 * self._settings.timeout
        with line_out(self._settings.timeout) as line:
            for case_id, sequences in taken.cases.items():
                for sequence, message in zip(sequences, self._messages(webhook, case_id, sequences), strict=False):
                    if self._thread.is_stopping or time.monotonic() > end:
                        return outcome
                    if isinstance(message, Unsaid):
                        self._leave_out(outcome, webhook, message, (case_id, sequence))
                        continue
                    try:
                        self._send(webhook, message, line)
                    except ChannelError as error:
                        self._note("refused" if error.lasting else "failed")
                        if not error.lasting:
                            outcome.trouble = str(error)
                            return outcome
                        outcome.refused[case_id, sequence] = str(error)
                        break
                    self._note("arrived")
                    outcome.told.append((case_id, sequence))
        return outcome

    def _leave_out(self, outcome: Outcome, webhook: Webhook, unsaid: Unsaid, line: tuple[int, int]) -> None:
        """Let a line go that the webhook's format does not tell; what the city pack lacks for it is said."""
        outcome.left_out.append(line)
        if unsaid.why:
            self._note("unsaid")
            outcome.unsaid = unsaid.why
            _LOG.warning("webhook %s (%s) was not told of a line: %s", webhook.id, webhook.name, unsaid.why)

    def _messages(self, webhook: Webhook, case_id: int, sequences: list[int]) -> list[Message | Unsaid]:
        with self._read_only() as work:
            case, log = work.session.get(Case, case_id), read_logs(work, [case_id])[case_id]
            if case is None:  # its term has ended meanwhile, and its lines went with it
                return []
            return messages_of(work, self._speaker(), webhook, case, log, sequences)

    def _end(self, work: UnitOfWork, webhook: Webhook) -> None:
        """Give up what was tried for days; stop a webhook that has taken nothing for as long."""
        queue.give_up_old(work, webhook, self._settings)
        if webhook.failing_since is None or webhook.failing_since > work.now - timedelta(days=self._settings.days):
            return
        webhook.enabled = False
        gone = queue.give_up(work, webhook)
        _LOG.error("webhook %s (%s) was stopped: %s", webhook.id, webhook.name, webhook.error)
        detail = {"webhook": webhook.id, "error": webhook.error, "lines": gone}
        record(
            work.session, work.now, SYSTEM, Action.WEBHOOK_STOPPED, area=webhook.area, subject=webhook.name, **detail
        )
        _show_stopped(work, webhook)


def key_of(secret: str) -> bytes:
    """The key in a secret of ours, ``whsec_`` and Base64."""
    return base64.b64decode(secret.removeprefix("whsec_"))


def _show_stopped(work: UnitOfWork, webhook: Webhook) -> None:
    """Tell the administrators of its area on the page."""
    people = []
    for one in of_role(work, Role.ADMINISTRATOR, webhook.area):
        people.append(one.account.username)
        row = {
            "key": f"webhook/{webhook.id}/{work.now.isoformat()}/{one.account.username}",
            "account_id": one.account.id,
            "case_id": None,
            "at": work.now,
            "kind": "webhook_stopped",
            "area": webhook.area,
            "data": {"area": webhook.area, "name": {"zh": webhook.name, "en": webhook.name}, "error": webhook.error},
        }
        add_once(work, Notice, [row])
    update = LiveUpdate("notice", webhook.area, {"kind": "webhook_stopped"}, people=frozenset(people))
    work.live_updates.append(update)

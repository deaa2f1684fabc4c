"""Carries what is in the outbox outside: takes, sends, settles. Any number of hubs may do so at once.

A message is sent outside of any transaction. What dies between sending and settling is sent again under the same id
once its lease has run out.
"""

import logging
from collections.abc import Callable
from uuid import uuid4

from sqlalchemy import select

from sharp_eyes.configuration.periodic import PeriodicThread
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.channel_settings import PERSONAL, ChannelSettings, OutboxSettings
from sharp_eyes.hub.errors import ChannelError
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.notices import outbox
from sharp_eyes.hub.notices.channels.catalogue import make_channel
from sharp_eyes.hub.notices.message import Channel, Item, Message
from sharp_eyes.hub.notices.outbox import Taken
from sharp_eyes.hub.notices.people import of_role
from sharp_eyes.hub.notices.words import Place, both
from sharp_eyes.hub.store.notice_tables import Contact, Notice
from sharp_eyes.hub.store.tables import Account
from sharp_eyes.hub.store.unit_of_work import LiveUpdate, UnitOfWork, UnitOfWorkFactory

_EVERY = 1.0
_LOG = logging.getLogger(__name__)


class Courier:
    """Sends what is for one channel. Belongs to one thread."""

    def __init__(
        self,
        transaction: UnitOfWorkFactory,
        read_only: UnitOfWorkFactory,
        settings: OutboxSettings,
        of: ChannelSettings,
        channel: Channel | None = None,
        note: Callable[[str, str], None] = lambda _channel, _outcome: None,
    ) -> None:
        """``channel``: what sends; made from the settings where it is not given. ``note`` is told what became of it."""
        self._note = note
        self._transaction = transaction
        self._read_only = read_only
        self._settings = settings
        self._of = of
        self._channel = make_channel(of, settings.timeout) if channel is None else channel

    def run_due(self, is_stopping: Callable[[], bool] = lambda: False) -> int:
        """Send what is to leave now; return how many messages arrived."""
        arrived = 0
        with self._read_only() as work:
            recipients = outbox.targets_due(work, self._of.id, self._settings)
        for recipient in recipients:
            if is_stopping():
                break
            with self._transaction() as work:
                taken = outbox.take(work, self._of.id, recipient, self._settings)
                message = None if taken is None else self._message(work, taken)
            if taken is not None and message is not None and not self._gave_up(taken):
                arrived += self._send(taken, message)
        return arrived

    def _gave_up(self, taken: Taken) -> bool:
        """Give up on what was taken again and again and never settled: it may be what its hubs died of."""
        if taken.attempts <= self._settings.attempts:
            return False
        self._failed(taken, f"tried {self._settings.attempts} times, and never came to an end", lasting=True)
        return True

    def _failed(self, taken: Taken, reason: str, *, lasting: bool) -> None:
        self._note(taken.channel, "failed")
        with self._transaction() as work:
            if outbox.failed(work, taken, reason, self._settings, lasting=lasting):
                show_untold(work, taken, reason)
                _LOG.error("channel %s gave up on %d notices: %s", taken.channel, len(taken.rows), reason)

    def _send(self, taken: Taken, message: Message) -> bool:
        try:
            self._channel.send(message)
        except ChannelError as error:
            self._failed(taken, str(error), lasting=error.lasting)
            return False
        self._note(taken.channel, "arrived")
        with self._transaction() as work:
            if not outbox.done(work, taken):
                _LOG.warning("channel %s: message %s took longer than its lease", taken.channel, taken.message)
        return True

    def _message(self, work: UnitOfWork, taken: Taken) -> Message:
        address: str | None = None
        language: str = self._of.language
        if self._of.kind in PERSONAL:
            found = work.session.execute(
                select(Account.language, Contact.address)
                .outerjoin(Contact, (Contact.account_id == Account.id) & (Contact.kind == self._of.kind))
                .where(Account.username == taken.recipient, Account.disabled.is_(False))
            ).one_or_none()
            if found is not None:
                language, address = found
        return Message(
            id=taken.message,
            at=work.now,
            items=[Item(row.kind, row.created_at, row.data) for row in taken.rows],
            place=place_of(work.city),
            address=address,
            language=language,
            page=self._settings.page,
        )


class Couriers:
    """A thread for each channel, so that one that hangs holds up no other."""

    def __init__(
        self,
        transaction: UnitOfWorkFactory,
        read_only: UnitOfWorkFactory,
        settings: OutboxSettings,
        note: Callable[[str, str], None] = lambda _channel, _outcome: None,
    ) -> None:
        """Make the channels. ``note`` is told a channel and what became of each attempt to send by it.

        Raises:
            SettingsError: a file that holds a secret or an address cannot be used.
        """
        self._threads: list[PeriodicThread] = []
        for one in settings.channels:
            self._add(Courier(transaction, read_only, settings, one, note=note), one.id)

    def _add(self, courier: Courier, name: str) -> None:
        def step() -> None:
            courier.run_due(lambda: thread.is_stopping)

        thread = PeriodicThread(f"notices-{name}", f"telling by channel {name}", step, _EVERY)
        self._threads.append(thread)

    def start(self) -> None:
        """Start all."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop all; what they had taken and not sent is taken again."""
        for thread in self._threads:
            thread.stop()


def place_of(city: CityPack) -> Place:
    """The city's zone and names, for words."""
    return Place(city.zone, {area.path: both(area.name) for area in city.areas})


def show_untold(work: UnitOfWork, taken: Taken, reason: str) -> None:
    """Tell the shift lead on the page that somebody could not be told; once a day for one person and channel."""
    first = taken.rows[0]
    data = dict(first.data) | {"channel": taken.channel, "recipient": taken.recipient, "error": reason}
    day = work.now.astimezone(work.city.zone).date()
    area, people = first.area, []
    for one in of_role(work, Role.SHIFT_LEAD, area):
        people.append(one.account.username)
        row = {
            "key": f"untold/{taken.channel}/{taken.recipient}/{day}/{one.account.username}",
            "account_id": one.account.id,
            "case_id": first.case_id,
            "at": work.now,
            "kind": "not_told",
            "area": area,
            "data": data,
        }
        outbox.add_once(work, Notice, [row])
    work.live_updates.append(LiveUpdate("notice", area, {"kind": "not_told"}, people=frozenset(people)))


def send_test(work: UnitOfWork, settings: OutboxSettings, of: ChannelSettings, address: str | None) -> None:
    """Send a test by a channel at once, past the outbox.

    Raises:
        ChannelError: it did not arrive.
        SettingsError: a file of the channel cannot be used.
    """
    item = Item("test", work.now, {"area": work.city.root})
    place = place_of(work.city)
    message = Message(uuid4(), work.now, [item], place, address, of.language, settings.page)
    make_channel(of, settings.timeout).send(message)

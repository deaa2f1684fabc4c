"""What platforms of devices say over MQTT: taken by the same function as what they say over HTTP, and acknowledged."""

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from sharp_eyes.contract.base import ContractError, check_size, parse_message
from sharp_eyes.contract.device import DeviceMessage
from sharp_eyes.hub.devices.messages import Sender, take_message
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.intake.replies import Replies
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind
from sharp_eyes.hub.lifecycle.model import Source
from sharp_eyes.hub.lifecycle.roles import Rights
from sharp_eyes.hub.settings import LimitSettings
from sharp_eyes.hub.store.device_tables import DevicePlatform
from sharp_eyes.hub.store.unit_of_work import UnitOfWorkFactory

_RIGHTS = Rights(reports=frozenset({Source.SENSOR}))
_LARGEST = 4096
"""Bytes of a device's message."""


@dataclass(frozen=True, slots=True)
class DeviceDesk:
    """Takes messages of platforms, one at a time."""

    transaction: UnitOfWorkFactory
    limits: LimitSettings

    def take(self, platform: str, payload: bytes, replies: Replies) -> None:
        """Take one message and acknowledge it once it is committed; one that can never be taken is refused.

        Raises:
            SQLAlchemyError: the store does not work now; the platform sends it again.
        """
        try:
            check_size(payload, _LARGEST)
            said = parse_message(DeviceMessage, payload)
        except ContractError as error:
            replies.dropped.note("device message", platform, str(error))
            return
        try:
            self._take(platform, said, replies)
        except IntegrityError:  # another hub took it in the same moment
            self._take(platform, said, replies)

    def _take(self, platform: str, said: DeviceMessage, replies: Replies) -> None:
        try:
            with self.transaction() as work:
                row = work.session.get(DevicePlatform, platform)
                if row is None:
                    replies.dropped.note(
                        "unknown platform", platform, "register it with 'sharp-eyes-hub device-platform add'"
                    )
                    return
                sender = Sender(Actor(ActorKind.PERSON, f"platform:{platform}", _RIGHTS), row.area)
                take_message(work, sender, said, self.limits)
        except RequestError as error:
            replies.refuse(platform, said.id, str(error))
            return
        replies.acknowledge(platform, said.id)

"""What goes back to the gateways: what was committed, what can never be taken."""

from typing import Protocol

from sharp_eyes.contract.command import Ack, Command, LookBack, Refusal, Watch
from sharp_eyes.hub.intake.dropped_messages import DroppedMessages
from sharp_eyes.hub.intake.held_back import HeldBack


class Outbound(Protocol):
    """The way to the gateways."""

    def acknowledge(self, gateway: str, ack: Ack) -> None:
        """Tell a gateway what was committed or refused."""

    def command(self, gateway: str, message: Command) -> None:
        """Send a gateway a command."""

    def watch(self, gateway: str, message: Watch | LookBack) -> None:
        """Tell a gateway that somebody watches."""


class Replies:
    """Answers the gateways once ``outbound`` is set, and counts what was dropped."""

    def __init__(self) -> None:
        self.dropped = DroppedMessages()
        self.held_back = HeldBack(self.dropped)
        self.outbound: Outbound | None = None

    def acknowledge(self, gateway: str, *ids: str) -> None:
        """Tell a gateway that messages were committed."""
        if self.outbound is not None:
            self.outbound.acknowledge(gateway, Ack(ids=ids))

    def notify(self, gateway: str, notice: str) -> None:
        """Tell a gateway something about itself."""
        if self.outbound is not None:
            self.outbound.acknowledge(gateway, Ack(notice=notice))

    def refuse(self, gateway: str, identity: str | None, reason: str) -> None:
        """Tell a gateway that a message can never be taken; without its id it is only counted."""
        self.dropped.note("refused", gateway, reason)
        if identity is not None and self.outbound is not None:
            refusal = Refusal(id=identity, reason=reason[:500])
            self.outbound.acknowledge(gateway, Ack(refused=(refusal,)))

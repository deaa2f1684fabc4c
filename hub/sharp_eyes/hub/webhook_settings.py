"""``webhooks`` of ``hub.yaml``: where webhooks may go, and how long they are tried."""

import ipaddress
from typing import Self

from pydantic import Field, IPvAnyNetwork, model_validator

from sharp_eyes.configuration import Settings


class WebhookSettings(Settings):
    """How changes of cases leave for other systems, which administrators subscribe."""

    source: str | None = Field(
        None, title="URI that events name as their source; notices.page, or this installation's own id, where empty"
    )
    allow: tuple[IPvAnyNetwork, ...] = Field(
        (), title="Networks of this machine's or the office's own that webhooks may go to, such as 10.20.0.0/24"
    )
    days: float = Field(
        3, title="Days for which a line is tried, and after which a webhook that fails is stopped", gt=0
    )
    retry_seconds: float = Field(5, title="Seconds to the second attempt; each later wait is twice as long", gt=0)
    longest_wait: float = Field(3600, title="Seconds between two attempts at most", gt=0)
    lease_seconds: float = Field(120, title="Seconds until what a hub took and never finished is taken again", ge=3)
    timeout: float = Field(10, title="Seconds to wait for a server's answer", gt=0, le=25)
    most: int = Field(100, title="Webhooks at once at most", ge=1)

    @model_validator(mode="after")
    def _one_at_a_time(self) -> Self:
        if self.lease_seconds < 4 * self.timeout:
            raise ValueError("lease_seconds is less than four times 'timeout': two hubs would send the same")
        return self

    def wait(self, attempts: int) -> float:
        """Seconds to wait after so many attempts that failed."""
        return float(min(self.longest_wait, self.retry_seconds * 2.0 ** min(attempts - 1, 60)))

    def allows(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
        """Whether an address of no public network may be called all the same."""
        return any(address in network for network in self.allow)

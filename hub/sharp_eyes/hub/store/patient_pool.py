"""A pool of connections for one of which nobody waits longer than the request that needs it."""

from typing import Any

from sqlalchemy.pool import QueuePool

from sharp_eyes.hub.store.patience import at_most


class PatientPool(QueuePool):
    """SQLAlchemy's own, whose timeout is the same for all who wait."""

    _longest = 0.0

    @property
    def _timeout(self) -> Any:
        return at_most(self._longest)

    @_timeout.setter
    def _timeout(self, seconds: float) -> None:
        self._longest = seconds

"""The hub's errors, one tree. Third-party errors are translated where they arise.

::

    HubError
    ├── SettingsError    hub.yaml or an option is wrong
    ├── CityError        a city pack is wrong
    ├── StoreError       the database or the evidence folder cannot be used
    ├── BrokerError      the broker cannot be started or reached
    └── RequestError     a person's request cannot be done; carries HTTP status and code
"""


class HubError(Exception):
    """Base of all; the text names the file, key or port and says what to do."""


class SettingsError(HubError):
    """A setting is wrong."""


class CityError(HubError):
    """A city pack is wrong."""


class StoreError(HubError):
    """The database or the evidence folder cannot be used."""


class BrokerError(HubError):
    """The broker cannot be started or reached."""


class RequestError(HubError):
    """A person's request cannot be done.

    Attributes:
        status: HTTP status.
        code: stable word for the page, such as ``illegal_move``.
    """

    def __init__(self, status: int, code: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after = retry_after


def not_found(what: str) -> RequestError:
    """Say that something is not there, or not in the asker's area: the two look the same."""
    return RequestError(404, "not_found", f"{what} was not found")

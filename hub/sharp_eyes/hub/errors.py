"""The hub's errors, one tree. Third-party errors are translated where they arise.

::

    HubError
    ├── SettingsError         hub.yaml or an option is wrong
    │   └── FieldError        what one field of a form says cannot be
    ├── CityError             a city pack is wrong
    │   └── CalendarError     a working calendar does not hold what it is asked for
    ├── StoreError            the database or the evidence folder cannot be used
    │   └── NoRoomError       the disk has no room for more evidence
    ├── BrokerError           the broker cannot be started or reached
    ├── ChannelError          somebody could not be told by a channel
    ├── UnsayableError        a case cannot be told in another system's format
    ├── ProviderError         nobody can be signed in by the OpenID Connect provider
    ├── RequestError          a person's request cannot be done; carries HTTP status and code
    ├── MoveError             a move of a case cannot be made; its kinds stand in ``lifecycle/legality.py``
    ├── MessageRefusedError   a gateway's message can never be taken
    └── DamagedEvidenceError  the parts of a file do not make what was announced
"""

from collections.abc import Mapping, Sequence


class HubError(Exception):
    """Base of all; the text names the file, key or port and says what to do."""


class SettingsError(HubError):
    """A setting is wrong."""


class FieldError(SettingsError):
    """What one field says cannot be. ``fault``: the field, a stable word and what belongs to it, for pages."""

    def __init__(self, message: str, field: str, code: str, **values: object) -> None:
        super().__init__(message)
        self.fault = {"field": field, "code": code, "values": values}


class CityError(HubError):
    """A city pack is wrong. ``faults``: each thing for itself, with its place and a stable word, for pages."""

    def __init__(self, message: str, faults: Sequence[Mapping[str, object]] = ()) -> None:
        super().__init__(message)
        self.faults = list(faults)


class CalendarError(CityError):
    """A working calendar does not hold what it is asked for."""


class StoreError(HubError):
    """The database or the evidence folder cannot be used."""


class NoRoomError(StoreError):
    """The disk has no room for more evidence."""


class BrokerError(HubError):
    """The broker cannot be started or reached."""


class ChannelError(HubError):
    """Somebody could not be told by a channel. ``lasting``: no other attempt can help."""

    def __init__(self, reason: str, *, lasting: bool = False) -> None:
        super().__init__(reason)
        self.lasting = lasting


class UnsayableError(HubError):
    """A case cannot be told in another system's format; the text says what the city pack lacks."""


class ProviderError(HubError):
    """Nobody can be signed in by the OpenID Connect provider now.

    ``code``: ``provider_away`` where it cannot be reached, ``provider_failed`` where its answer cannot be trusted.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class RequestError(HubError):
    """A person's request cannot be done.

    Attributes:
        status: HTTP status.
        code: stable word for the page, such as ``illegal_move``.
        members: what stands in the problem details besides, for programs.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        retry_after: int | None = None,
        members: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after = retry_after
        self.members = dict(members or {})


class MoveError(HubError):
    """A move of a case cannot be made. ``code`` is a stable word for the page."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class MessageRefusedError(HubError):
    """A gateway's message can never be taken. ``identity`` is its id, where one could be read."""

    def __init__(self, reason: str, identity: str | None = None) -> None:
        super().__init__(reason)
        self.identity = identity


class DamagedEvidenceError(HubError):
    """The parts do not make the announced file; they were dropped and must be sent again."""


def wrong_field(status: int, code: str, message: str, field: str, fault: str) -> RequestError:
    """Say that a request cannot be done because of one of its fields, and what is wrong with it in a stable word."""
    return RequestError(status, code, message, members={"faults": [{"field": field, "code": fault, "values": {}}]})


def unfit(code: str, error: SettingsError) -> RequestError:
    """Say that what was given does not fit, and of which field where that is known."""
    faults = {"faults": [error.fault]} if isinstance(error, FieldError) else {}
    return RequestError(422, code, str(error), members=faults)


def not_found(what: str) -> RequestError:
    """Say that something is not there, or not in the asker's area: the two look the same."""
    return RequestError(404, "not_found", f"{what} was not found")

"""The gateway's errors, one tree. Third-party errors are translated where they arise.

::

    EdgeError
    ├── ConfigError      gateway.yaml or an inline option is wrong
    ├── SourceError      a camera, file or folder cannot be read
    │   ├── LoginRefusedError  the camera refuses the user name or password
    │   └── NoVideoError       it has no video that can be used
    ├── ModelError       a model is missing, altered, or not what its manifest says
    ├── OutboxError      the outbox on disk cannot be opened or written
    │   └── OutboxInUse  another process, usually the running gateway, has it open
    ├── BrokerError      the broker refuses us, or an answer makes no sense
    └── JoinError        the hub does not let this gateway join, or is another one
"""


class EdgeError(Exception):
    """Base of all; the text names the file, camera or key and says what to do."""


class ConfigError(EdgeError):
    """A setting is wrong."""


class SourceError(EdgeError):
    """A camera, file or folder cannot be read."""


class LoginRefusedError(SourceError):
    """A camera refuses the user name or password."""


class NoVideoError(SourceError):
    """A camera answers, but has no video that can be used."""


class ModelError(EdgeError):
    """A model is missing, altered, or not what its manifest says."""


class OutboxError(EdgeError):
    """The outbox cannot be opened or written."""


class OutboxInUse(OutboxError):  # noqa: N818 - a state, not a fault
    """Another process has the outbox open."""


class BrokerError(EdgeError):
    """The broker refuses us."""


class JoinError(EdgeError):
    """The hub does not let this gateway join, or is not the one that made its code."""

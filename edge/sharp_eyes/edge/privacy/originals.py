"""Evidence without its masks, kept on the gateway under a seal that the gateway itself cannot open, for a term.

A libsodium sealed box (X25519, XSalsa20-Poly1305): the gateway holds the public key alone. Whoever holds the private
key opens a file with ``sharp-eyes-edge originals open``.
"""

import logging
import os
from pathlib import Path
from uuid import UUID

from nacl.encoding import Base64Encoder
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from sharp_eyes.configuration.whole_files import write_private
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.privacy.terms import SUFFIX, sealed_files, sealing_time, set_term

_log = logging.getLogger(__name__)


class Originals:
    """The sealed originals of one camera.

    Args:
        folder: made if missing, for the gateway's user alone.
        key: file of the public key.
        days: after which a file is removed, by :class:`~sharp_eyes.edge.privacy.terms.Terms`.
        max_bytes: of all files; the oldest go first.

    Raises:
        ConfigError: the key cannot be read.
    """

    def __init__(self, folder: Path, key: Path, days: float, max_bytes: int) -> None:
        self._folder = folder
        self._box = SealedBox(read_public_key(key))
        self._days = days
        self._max_bytes = max_bytes
        if folder.is_dir():
            self._set_term()

    def keep(self, evidence_id: UUID, media_type: str, content: bytes) -> None:
        """Seal one file under the id of the masked one; a disk without room is logged, and costs the original alone."""
        try:
            if not self._folder.is_dir():
                self._folder.mkdir(parents=True, mode=0o700)
                self._set_term()
            self._make_room()
            ending = "mp4" if media_type.startswith("video/") else "jpg"
            path = self._folder / f"{evidence_id}.{ending}{SUFFIX}"
            write_private(path, self._box.encrypt(content), modified=sealing_time(path))
        except OSError as error:
            _log.error("original of evidence %s cannot be kept in %s: %s", evidence_id, self._folder, error)

    def _set_term(self) -> None:
        try:
            set_term(self._folder, self._days)
        except OSError as error:
            _log.error("the term of originals cannot be written in %s: %s", self._folder, error)

    def _make_room(self) -> None:
        """Remove the oldest of what is too much."""
        files = sealed_files(self._folder)
        total = sum(size for _, size, _ in files)
        for _, size, path in files:
            if total <= self._max_bytes:
                return
            path.unlink(missing_ok=True)
            total -= size


def make_keys(private: Path, public: Path) -> None:
    """Write a new pair of keys; the private one is for the owner alone, and belongs on another machine.

    Raises:
        ConfigError: a file is there already, or cannot be written.
    """
    secret = PrivateKey.generate()
    try:
        for path, key, mode in ((private, secret, 0o600), (public, secret.public_key, 0o644)):
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with os.fdopen(descriptor, "wb") as file:
                file.write(key.encode(Base64Encoder) + b"\n")
    except OSError as error:
        raise ConfigError(f"{error.filename}: {error.strerror}; keys are never written over") from error


def open_sealed(path: Path, private: Path) -> bytes:
    """The content of a sealed original.

    Raises:
        ConfigError: the key or the file cannot be read, or the key is not the right one.
    """
    try:
        key = PrivateKey(private.read_bytes().strip(), Base64Encoder)
        return bytes(SealedBox(key).decrypt(path.read_bytes()))
    except OSError as error:
        raise ConfigError(f"{error.filename}: {error.strerror}") from error
    except (CryptoError, ValueError, TypeError) as error:
        raise ConfigError(f"{path} cannot be opened with {private}: another key, or a damaged file") from error


def read_public_key(path: Path) -> PublicKey:
    """Read the key that originals are sealed with.

    Raises:
        ConfigError: names the file and what to do.
    """
    try:
        return PublicKey(path.read_bytes().strip(), Base64Encoder)
    except OSError as error:
        raise ConfigError(f"privacy.original_key {path}: {error.strerror}") from error
    except (CryptoError, ValueError, TypeError) as error:
        advice = "make one with: sharp-eyes-edge originals keygen"
        raise ConfigError(f"privacy.original_key {path} is no public key; {advice}") from error

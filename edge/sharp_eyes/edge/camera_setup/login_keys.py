"""Keys that logins are sealed for: in memory alone, for minutes, so that what lies sealed elsewhere opens no more."""

import time
from binascii import Error as Base64Error
from collections.abc import Callable

from nacl.encoding import Base64Encoder
from nacl.exceptions import CryptoError
from nacl.public import Box, PrivateKey, PublicKey

from sharp_eyes.contract.base import ContractError, parse_message
from sharp_eyes.contract.camera_setup import CameraLogin, SealedLogin
from sharp_eyes.edge.camera_setup.refusal import SetupRefusedError
from sharp_eyes.edge.snap.address import parse_address

TERM = 900.0
"""Seconds for which a key is kept."""
MOST = 16


class LoginKeys:
    """The keys in use, newest last; for one thread."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._keys: dict[str, tuple[PrivateKey, float]] = {}

    def fresh(self) -> str:
        """Make a key; returns its public half in base64."""
        self._forget_old()
        private = PrivateKey.generate()
        public = private.public_key.encode(Base64Encoder).decode("ascii")
        kept = list(self._keys.items())[1 - MOST :]
        self._keys = {**dict(kept), public: (private, self._monotonic())}
        return public

    def open(self, sealed: SealedLogin, camera: str, place: str) -> CameraLogin:
        """Open a login.

        Args:
            camera, place: as the hub names them; what is sealed must be of the same, so that nobody on the way can
                have a password sent elsewhere.

        Raises:
            SetupRefusedError: the key is not in use any more, or it is no login for this camera.
        """
        self._forget_old()
        if sealed.key not in self._keys:
            raise SetupRefusedError("key_gone", "the login was sealed for a key that is not in use any more")
        private, _ = self._keys[sealed.key]
        try:
            box = Box(private, PublicKey(sealed.sender.encode(), Base64Encoder))
            opened = box.decrypt(sealed.box.encode(), Base64Encoder.decode(sealed.nonce.encode()), Base64Encoder)
            login = parse_message(CameraLogin, opened)
        except (CryptoError, ContractError, Base64Error, ValueError):
            # None of their texts may travel: they could hold what was sealed.
            raise SetupRefusedError("wrong_key", "the sealed login cannot be opened") from None
        if (login.camera, bare(login.address)) != (camera, place):
            raise SetupRefusedError("wrong_key", "the sealed login is of another camera or address")
        return login

    def _forget_old(self) -> None:
        now = self._monotonic()
        self._keys = {name: key for name, key in self._keys.items() if now - key[1] < TERM}


def bare(address: str) -> str:
    """Scheme, host and port; ``http`` where it names a host alone."""
    scheme, _, _, place = parse_address(address if "://" in address else f"http://{address}")
    for end in "/?#":
        place = place.partition(end)[0]
    return f"{scheme}://{place}"

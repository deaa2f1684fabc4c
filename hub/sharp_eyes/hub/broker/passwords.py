"""Passwords of gateways: made once, shown once, kept only as hashes that the brokers understand."""

import base64
import hashlib
import secrets

import bcrypt

_ROUNDS = 4
_ITERATIONS = 101
# The least that the brokers take. Random passwords of 192 bits need no slow hash, and after a power cut thousands of
# gateways sign in at once: 20 ms each were minutes for a Mosquitto, which has one thread.


def new_password() -> str:
    """Make a password of 192 random bits."""
    return secrets.token_urlsafe(24)


def bcrypt_hash(password: str) -> str:
    """Hash for the bundled broker (NATS)."""
    hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(_ROUNDS, prefix=b"2a"))
    return hashed.decode()


def password_fits(password: str, hashed: str) -> bool:
    """Whether this is the password of a :func:`bcrypt_hash`."""
    return bcrypt.checkpw(password.encode(), hashed.encode())


def mosquitto_hash(password: str) -> str:
    """Hash for a Mosquitto password file: ``$7$iterations$salt$hash``, PBKDF2 with SHA-512.

    Source: mosquitto_passwd(1) of Mosquitto 2.
    """
    salt = secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS)
    encoded = (base64.b64encode(part).decode() for part in (salt, digest))
    return "$7${}${}${}".format(_ITERATIONS, *encoded)

"""Which passwords are good enough: long, and not what everybody tries first."""

from collections.abc import Iterable

from zxcvbn import zxcvbn

from sharp_eyes.hub.errors import SettingsError

MIN_PASSWORD = 12
MAX_PASSWORD = 200
_LEAST_SCORE = 3
"""Of zxcvbn's 0 to 4: 10^8 guesses and more. Its lists hold tens of thousands of common passwords, names and words."""

_LOOKED_AT = 72
_OURS = ("sharp", "eyes", "sharp-eyes", "锐眼")


def check_password(password: str, names: Iterable[str] = ()) -> None:
    """Refuse a password that is easily guessed, also from ``names`` of its owner.

    Raises:
        SettingsError: says what is wrong, without the password.
    """
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise SettingsError(f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters")
    known = [*_OURS, *(name for name in names if name)]
    found = zxcvbn(password[:_LOOKED_AT], user_inputs=known)
    if found["score"] < _LEAST_SCORE:
        why = str(found["feedback"]["warning"]).rstrip(".")
        raise SettingsError(
            f"the password is easily guessed{': ' + why if why else ''}; take a longer phrase of your own"
        )

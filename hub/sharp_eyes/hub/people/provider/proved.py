"""What the provider vouched for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Proved:
    """Somebody whom the provider vouched for.

    Attributes:
        claims: what it says of them; the ID token's word counts before userinfo's.
        second_factor: they were asked for one there.
    """

    issuer: str
    subject: str
    claims: Mapping[str, Any]
    second_factor: bool

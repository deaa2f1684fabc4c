"""What Python 3.11 brought and Python 3.10 lacks, which a Jetson with JetPack 6 has; for the contract and the gateway.

Where 3.11 is there, these are its own. ``Self`` comes from ``typing_extensions``.
"""

import sys

if sys.version_info >= (3, 11):
    from datetime import UTC
    from enum import StrEnum
else:
    from datetime import timezone
    from enum import Enum

    UTC = timezone.utc

    class StrEnum(str, Enum):
        """Members that are texts, also when they are printed or formatted."""

        __str__ = str.__str__

        def __format__(self, format_spec: str) -> str:
            """Format the text, not the member's name."""
            return str.__format__(self.value, format_spec)


__all__ = ["UTC", "StrEnum"]

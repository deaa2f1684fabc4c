"""Ctrl-C between pictures: inside a render it would be swallowed and leave a half picture behind."""

from __future__ import annotations

import signal
from types import FrameType


class Stopper:
    """While entered, Ctrl-C is only noted; `check` raises it where stopping is safe."""

    def __init__(self) -> None:
        self.asked = False

    def __enter__(self) -> Stopper:
        self.before = signal.signal(signal.SIGINT, self.note)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self.before)

    def note(self, _number: int, _frame: FrameType | None) -> None:
        """Remember that somebody wants to stop."""
        self.asked = True
        print("stopping after this picture", flush=True)

    def check(self) -> None:
        """Stop here if asked to.

        Raises:
            KeyboardInterrupt: Ctrl-C was pressed.
        """
        if self.asked:
            raise KeyboardInterrupt

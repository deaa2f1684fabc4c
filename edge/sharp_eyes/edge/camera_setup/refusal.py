"""Why a camera is not found, added or removed: a code for the page, and words."""

from sharp_eyes.contract.camera_setup import SetupProblem
from sharp_eyes.edge.errors import EdgeError


class SetupRefusedError(EdgeError):
    """The hub's question is refused.

    Attributes:
        problem: for the page, which has words for it.
        channels: a recorder's, where one of them must be named.
    """

    def __init__(self, problem: SetupProblem, said: str, channels: tuple[str, ...] = ()) -> None:
        super().__init__(said)
        self.problem: SetupProblem = problem
        self.channels = channels

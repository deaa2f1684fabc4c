"""What a city says of a clock: its limit by grade, when to remind, and who is told up the ladder once it is late."""

from pydantic import Field

from sharp_eyes.configuration import Settings
from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.clocks.limit import Limit


class LadderStep(Settings):
    """Who is told when a deadline is missed."""

    after: Limit | None = Field(None, title="How long after the deadline; at the deadline itself where empty")
    tell: tuple[str, ...] = Field(title="Roles that are told", min_length=1)
    up: int = Field(0, title="How many levels up the area tree they are looked for", ge=0, le=7)


class ClockRule(Settings):
    """One kind of clock."""

    limit: Limit | None = Field(None, title="Limit; none where empty and no grade has one")
    grades: dict[Grade, Limit] = Field({}, title="Limits of single grades")
    remind: Limit | None = Field(None, title="How long before the deadline those who must act are reminded")
    ladder: tuple[LadderStep, ...] = Field((), title="Who is told when it is late, in order")

    def limit_for(self, grade: Grade) -> Limit | None:
        """The limit of a grade."""
        return self.grades.get(grade, self.limit)

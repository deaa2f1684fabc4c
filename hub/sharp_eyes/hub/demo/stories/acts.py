"""What people do in many stories, with what they then see."""

from collections.abc import Callable, Collection, Sequence
from typing import Any
from uuid import uuid4

from sharp_eyes.client import CaseDetail
from sharp_eyes.hub.demo.people import OTHERS, Person
from sharp_eyes.hub.demo.stories.cast import CHECKER, SHIFT_LEAD, STAFF
from sharp_eyes.hub.demo.stories.story import Play, expect, expect_same
from sharp_eyes.hub.lifecycle.roles import Role

GATE = {"longitude": 120.5268, "latitude": 29.6054, "datum": "wgs84", "accuracy": 8}
"""A gate in the demo's east community, as a phone there says it."""

Does = Callable[[Play], None]


def reports(who: Person, source: str, kind: str, words: str, **told: Any) -> Does:
    """Report from the phone, with a photo; the case is the story's from then on."""

    def does(play: Play) -> None:
        client = play.stage.client(who)
        key = play.keep("report", uuid4())
        body: dict[str, Any] = {"key": key, "words": words, "position": GATE} | told
        made = client.report(source, kind, **body)
        expect(not made.joined, f"the report joined case {made.number}, which was open before the story began")
        expect_same(client.report(source, kind, **body).case, made.case, "the case of the same report, sent once more")
        play.keep("case", made.case)
        play.keep("report_photo", client.add_report_photo(key, play.stage.picture()))

    return does


def moves(who: Person, move: str, state: str | None = None, **given: Any) -> Does:
    """Make a move; ``state``: how the case then stands."""

    def does(play: Play) -> None:
        case = play.stage.client(who).move(play.case, move, **given)
        if state is not None:
            expect_same(case.state, state, f"case {case.number} after {move}")

    return does


def takes(unit: Person) -> Does:
    """Find the case among one's tasks, and say that one has it."""

    def does(play: Play) -> None:
        client = play.stage.client(unit)
        open_turns = [task.case.id for task in client.tasks()]
        expect(play.case in open_turns, f"{unit.username} has no task of case {play.case}, but of {open_turns}")
        client.move(play.case, "accept")

    return does


def handles(unit: Person, note: str, state: str) -> Does:
    """Say that it is done, with a photo of the place after."""

    def does(play: Play) -> None:
        client = play.stage.client(unit)
        photo = play.keep("after", client.add_photo(play.case, play.stage.picture(), moment="after"))
        case = client.move(play.case, "handle", note=note, photo_ids=[photo])
        expect_same(case.state, state, f"case {case.number} after {unit.username} has done it")

    return does


def all_of(*acts: Does) -> Does:
    """Do several things one after the other."""

    def does(play: Play) -> None:
        for act in acts:
            act(play)

    return does


def closes(play: Play) -> None:
    """The check passes, and the shift lead closes the case, which was in time."""
    case = play.stage.client(CHECKER).move(play.case, "pass")
    expect_same(case.state, "checked", "the case after the check")
    case = play.stage.client(SHIFT_LEAD).move(play.case, "close")
    expect_same((case.state, case.late_since), ("closed", None), "the case at the end")


def case_seen(play: Play, who: Person) -> CaseDetail:
    """The story's case, as somebody sees it."""
    return play.stage.client(who).case(play.case)


def told_of(play: Play, who: Person, case: int) -> list[str]:
    """Of which lines of a case somebody was told, the first one first."""
    told = play.stage.client(who).request("GET", "/api/notices", params={"limit": 200})["items"]
    return [one["kind"] for one in reversed(told) if one["case_id"] == case]


def is_told(play: Play, role: Role, case: int, line: str) -> bool:
    """Whether somebody of a role was told of a line: whoever of them is on duty."""
    people = (one for one in (*STAFF, *OTHERS) if one.role is role)
    return any(line in told_of(play, one, case) for one in people)


def expect_lines(case: CaseDetail, wanted: Sequence[str], beside: Collection[str] = ()) -> None:
    """See that the log has these lines in this order; ``beside``: lines that may stand between them."""
    found = [line for line in case.lines if line in wanted or line not in beside]
    expect_same(found, list(wanted), f"the log of case {case.number}")

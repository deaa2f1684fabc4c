"""Matching of events with expected ones."""

from tests.edge.evaluate.events_makers import event, expected, message

from sharp_eyes.contract.event import Phase
from sharp_eyes.edge.evaluate.events.event_matching import match, raised


def verdicts(*cases: object) -> list[str]:
    return [getattr(case, "verdict", "") for case in cases]


def test_an_alarm_while_the_condition_holds_is_a_hit() -> None:
    (case,) = match([event(5, 13, 31)], [expected(5.5, 31)])
    assert case.verdict == "hit"
    assert case.event is not None
    assert case.expected is not None


def test_an_alarm_just_after_the_end_is_a_hit_and_a_late_one_is_not() -> None:
    wanted = [expected(5, 10)]
    assert verdicts(*match([event(5, 12, 12)], wanted)) == ["hit"]
    assert sorted(verdicts(*match([event(5, 12.1, 13)], wanted))) == ["false_alarm", "miss"]
    assert verdicts(*match([event(5, 12.1, 13)], wanted, tolerance=3)) == ["hit"]


def test_an_alarm_before_anything_happens_is_no_hit_however_long_it_lasts() -> None:
    """An event of something else that lasts over the whole clip must not pass for the expected one."""
    found = match([event(0, 3, 40)], [expected(20, 40)])
    assert sorted(verdicts(*found)) == ["false_alarm", "miss"]


def test_another_zone_and_another_scene_are_something_else() -> None:
    wanted = [expected(5, 30)]
    assert sorted(verdicts(*match([event(5, 13, 30, zone="other")], wanted))) == ["false_alarm", "miss"]
    elsewhere = event(5, 13, 30, scene="perimeter_intrusion")
    assert sorted(verdicts(*match([elsewhere], wanted))) == ["false_alarm", "miss"]


def test_an_expected_event_is_matched_once_and_more_are_duplicates() -> None:
    """The one that overlaps it most is the hit."""
    found = match([event(5, 6, 9), event(10, 11, 30), event(30, 30.5, 31)], [expected(5, 31)])
    assert verdicts(*found) == ["duplicate", "hit", "duplicate"]
    assert all(case.expected is not None and case.expected.start == 5 for case in found)


def test_as_many_pairs_as_can_be_are_made() -> None:
    """The long event fits both; paired with its best overlap it would leave the short one alone."""
    wanted = [expected(0, 10), expected(9, 30)]
    found = match([event(0, 10, 30), event(10, 14, 16)], wanted)
    assert verdicts(*found) == ["hit", "hit"]


def test_two_cars_at_once_are_two_hits() -> None:
    found = match([event(5, 8, 20), event(6, 9, 30)], [expected(5, 20), expected(6, 30)])
    assert verdicts(*found) == ["hit", "hit"]
    assert [case.expected and case.expected.end for case in found] == [20, 30]


def test_a_false_alarm_bears_the_name_of_the_trap_that_it_fell_for() -> None:
    traps = [expected(5, 12, why="steam"), expected(20, 30, why="a red lantern")]
    (case,) = [case for case in match([event(21, 22, 28)], traps) if case.event]
    assert case.verdict == "false_alarm"
    assert case.trap is not None
    assert case.trap.why == "a red lantern"
    (nameless,) = match([event(40, 41, 42)], traps)
    assert nameless.trap is None


def test_a_trap_beside_an_expected_event_is_no_duplicate_of_it() -> None:
    """A queue in the zone while another car is parked there: what lasts as long as the queue is the queue's."""
    truth = [expected(5.5, 31), expected(22, 27, why="waits in a queue")]
    found = match([event(5, 13, 31), event(22, 26, 27)], truth)
    assert verdicts(*found) == ["hit", "false_alarm"]
    assert found[1].trap is not None
    again = match([event(5, 13, 31), event(6, 15, 31)], truth)
    assert sorted(verdicts(*again)) == ["duplicate", "hit"]


def test_a_trap_that_nobody_fell_for_is_nothing() -> None:
    assert match([], [expected(5, 12, why="steam")]) == []


def test_a_moment_can_be_matched() -> None:
    """A falling thing: begin, alarm and end lie close together or are one."""
    (case,) = match([event(10.2, 10.2, 10.2)], [expected(10, 10.8)])
    assert case.verdict == "hit"


def test_messages_of_one_event_are_put_together_and_an_open_one_lasts_to_the_end() -> None:
    messages = [message(4, 7, Phase.OPENED), message(5, 9, Phase.OPENED, zone="other"), message(4, 20, Phase.UPDATED)]
    first, second = raised(messages, 0.0, 25.0)
    assert (first.started, first.opened, first.ended, len(first.messages)) == (4, 7, 25, 2)
    assert (second.started, second.opened, second.ended) == (5, 9, 25)
    (closed,) = raised([message(4, 7, Phase.OPENED), message(4, 21, Phase.CLOSED, ended=19)], 1.0, 25.0)
    assert (closed.started, closed.opened, closed.ended) == (3, 6, 18)

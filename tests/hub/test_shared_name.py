"""Two gateways under one name, as their births and heartbeats tell it."""

import itertools

from sharp_eyes.hub.intake.sessions import SessionWatch


def watch() -> SessionWatch:
    seconds = itertools.count(0.0, 0.001)
    return SessionWatch(lambda: next(seconds))


def test_heartbeats_of_a_replaced_session_tell_of_a_second_gateway() -> None:
    """One may have been on its way."""
    watched = watch()
    watched.birth("gate", "one")
    watched.birth("gate", "two")
    assert [watched.heartbeat("gate", "one") for _ in range(3)] == [False, True, False]
    assert watched.is_shared("gate")


def test_a_gateway_whose_birth_was_never_heard_is_told_too() -> None:
    """Though heartbeats that only overtook their birth are no sign."""
    watched = watch()
    assert not any(watched.heartbeat("gate", "early") for _ in range(9))
    watched.birth("gate", "early")
    assert not any(watched.heartbeat("gate", "late") for _ in range(4))
    watched.birth("gate", "late")
    assert not watched.is_shared("gate")
    assert [watched.heartbeat("gate", "unborn") for _ in range(5)] == [False] * 4 + [True]
    assert watched.is_shared("gate")


def test_a_gateway_that_starts_again_shares_its_name_with_nobody() -> None:
    """However often."""
    watched = watch()
    for session in "abc":
        watched.birth("gate", session)
        assert not any(watched.heartbeat("gate", session) for _ in range(9))
    assert not watched.is_shared("gate")

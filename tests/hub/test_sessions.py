"""Two gateways with one name are told so, on both sides; one that was started again is not."""

from tests.hub.bench import Bench

from sharp_eyes.hub.lifecycle.roles import Role


def notices(bench: Bench) -> list[str | None]:
    return [ack.notice for _, ack in bench.out.acks if ack.notice is not None]


def shown(bench: Bench) -> bool:
    (view,) = bench.client(Role.CLERK).get("/api/gateways").json()
    shared: bool = view["name_in_use"]
    return shared


def test_births_that_take_turns_are_two_gateways(quick: Bench) -> None:
    """Each throws the other out and is born again: said to the gateway and shown on the page, once a minute at most."""
    for session in ("one", "two", "one", "two", "one"):
        quick.birth(session)
    assert notices(quick) == ["name_in_use"]
    assert shown(quick)


def test_heartbeats_that_go_on_after_anothers_birth_are_two_gateways(quick: Bench) -> None:
    """Both stay connected, each under a session id of its own; the first one's heartbeats go on."""
    quick.birth("one")
    quick.birth("two")
    for _ in range(3):
        quick.heartbeat(session="one")
        quick.heartbeat(session="two")
    assert notices(quick) == ["name_in_use"]
    assert shown(quick)


def test_a_gateway_that_is_started_again_and_again_is_one(quick: Bench) -> None:
    """Also with a late heartbeat of the process before, and its will."""
    for number in range(40):
        quick.birth(f"start {number}")
        quick.heartbeat(session=f"start {number - 1}")
        quick.will(f"start {number - 1}")
        quick.heartbeat(session=f"start {number}")
        quick.birth(f"start {number}")
    assert notices(quick) == []
    assert not shown(quick)

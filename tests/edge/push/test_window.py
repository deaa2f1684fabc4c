"""What may be on the line, and when it is sent again; the clock is a number."""

from uuid import uuid4

from sharp_eyes.edge.push.entry import Attachment, Pending, Priority
from sharp_eyes.edge.push.window import InFlightWindow, WindowLimits

LIMITS = WindowLimits(messages=4, evidence_bytes=10_000, patience=5.0, longest=30.0, knock_bytes_per_second=1000)


def message(name: str) -> Pending:
    return Pending(name, Priority.MESSAGE, b"{}")


def picture(name: str, size: int, part_size: int = 1000) -> Pending:
    return Pending(name, Priority.PICTURE, b"{}", Attachment(uuid4(), size, part_size))


def drain(window: InFlightWindow, now: float) -> list[tuple[str, int | None]]:
    """Send all that is due at one moment, each piece confirmed by the broker at once."""
    pieces = []
    while piece := window.next_piece(now):
        window.sent(piece, now)
        window.confirmed(piece.pending.id, now)
        pieces.append((piece.pending.id, piece.part))
    return pieces


def test_sends_the_announcement_then_each_part() -> None:
    """A file's announcement goes first, then its parts in order, each once."""
    window = InFlightWindow(LIMITS)
    window.take_in([picture("p", 2500)])
    assert drain(window, 0.0) == [("p", None), ("p", 0), ("p", 1), ("p", 2)]
    assert drain(window, 4.9) == []


def test_messages_overtake_pictures_that_are_not_finished() -> None:
    """An event that comes while a picture is on its way goes out before the picture's next part."""
    window = InFlightWindow(LIMITS)
    window.take_in([picture("p", 2500)])
    piece = window.next_piece(0.0)
    assert piece is not None
    window.sent(piece, 0.0)
    window.take_in([message("e"), picture("p", 2500)])
    assert drain(window, 0.0) == [("e", None), ("p", 0), ("p", 1), ("p", 2)]


def test_an_events_life_is_told_in_order() -> None:
    """The next message of an event waits for the answer to the one before; other events do not wait."""
    window = InFlightWindow(LIMITS)
    rows = [message("one/0"), message("one/1"), message("two/0"), message("one/2")]
    window.take_in(rows)
    assert drain(window, 0.0) == [("one/0", None), ("two/0", None)]
    window.take_in(rows)
    assert drain(window, 1.0) == []
    window.answered(["one/0"], 2.0)
    window.take_in(rows[1:])
    assert drain(window, 2.0) == [("one/1", None)]


def test_unanswered_messages_are_bounded() -> None:
    """No more than the window's number of messages go out, however many wait."""
    window = InFlightWindow(LIMITS)
    rows = [message(f"m{number}") for number in range(50)]
    window.take_in(rows)
    assert len(drain(window, 0.0)) == LIMITS.messages
    window.answered(["m1", "m2"], 1.0)
    window.take_in(rows[3:])
    assert drain(window, 1.0) == [("m4", None), ("m5", None)]


def test_unanswered_evidence_is_bounded_by_bytes_but_a_larger_file_goes_alone() -> None:
    """Files share the limit; one that is larger than all of it still goes, alone."""
    window = InFlightWindow(LIMITS)
    rows = [picture("a", 6000), picture("b", 6000), picture("c", 50_000)]
    window.take_in(rows)
    assert {name for name, _ in drain(window, 0.0)} == {"a"}
    window.answered(["a"], 1.0)
    window.take_in(rows[1:])
    assert {name for name, _ in drain(window, 1.0)} == {"b"}
    window.answered(["b"], 2.0)
    window.take_in(rows[2:])
    assert len(drain(window, 2.0)) == 51


def test_a_silent_hub_is_asked_by_one_small_message_at_growing_intervals() -> None:
    """While nothing is answered only the smallest message is repeated: after 5, 10, 20, then every 30 seconds."""
    window = InFlightWindow(LIMITS)
    window.take_in([message("larger-name"), message("m"), picture("p", 2000)])
    drain(window, 0.0)
    repeats = [(now, sent) for now in range(1, 130) for sent in drain(window, float(now))]
    assert [now for now, _ in repeats] == [5, 15, 35, 65, 95, 125]
    assert {sent for _, sent in repeats} == {("larger-name", None)}


def test_a_new_connection_is_asked_at_once() -> None:
    """After a reconnect the long pause between questions to a silent hub does not apply."""
    window = InFlightWindow(LIMITS)
    window.take_in([message("m")])
    drain(window, 0.0)
    assert [now for now in range(1, 70) for _ in drain(window, float(now))] == [5, 15, 35, 65]
    window.reconnected()
    assert drain(window, 69.0) == []
    assert drain(window, 70.0) == [("m", None)]


def test_a_large_file_alone_knocks_at_a_bounded_rate() -> None:
    """With nothing smaller to ask with, a file is repeated no faster than the knocking rate."""
    window = InFlightWindow(LIMITS)
    window.take_in([picture("p", 90_000, part_size=90_000)])
    drain(window, 0.0)
    starts = [now for now in range(1, 400) for sent in drain(window, float(now)) if sent == ("p", None)]
    assert starts == [5, 96, 187, 278, 369]


def test_the_first_answer_lets_the_others_follow() -> None:
    """When the hub is back and had lost what was queued for it, all the rest is sent again at once."""
    window = InFlightWindow(LIMITS)
    window.take_in([message("a"), message("b"), picture("p", 2000)])
    drain(window, 0.0)
    assert drain(window, 6.0) == [("a", None)]
    window.answered(["a"], 7.0)
    assert drain(window, 7.1) == [("b", None), ("p", None), ("p", 0), ("p", 1)]
    window.answered(["b", "p"], 8.0)
    assert drain(window, 100.0) == []
    assert len(window) == 0


def test_a_hub_that_is_slow_is_sent_nothing_twice_and_nothing_steps_aside() -> None:
    """It answers in its order, in the end after 12 s; whoever waits for its turn there is not left out."""
    window = InFlightWindow(LIMITS)
    queue: list[tuple[str, float]] = []
    for number in range(200):
        now = float(number)
        takes = min(12.0, 1.0 + number / 5)
        while queue and now - queue[0][1] >= takes:
            window.answered([queue.pop(0)[0]], now)
        window.take_in([message(f"m{number}")])
        for name, _ in drain(window, now):
            assert name not in [known for known, _ in queue]
            queue.append((name, now))
        assert window.unanswered(now) == []


def test_a_message_the_hub_never_answers_is_repeated_less_and_less() -> None:
    """While the hub answers others, one that it leaves out is repeated after 5, 10, 20, 30, 30 seconds."""
    window = InFlightWindow(LIMITS)
    window.take_in([message("odd")])
    drain(window, 0.0)
    repeats = []
    for tenth in range(1, 1200):
        now = tenth / 10
        window.answered([], now)
        repeats += [now for _ in drain(window, now)]
    assert [round(now) for now in repeats] == [5, 15, 35, 65, 95]


def test_patience_starts_when_the_broker_has_it_all() -> None:
    """On a slow line the wait for the hub does not start before the broker has confirmed the last part."""
    window = InFlightWindow(LIMITS)
    window.take_in([picture("p", 1000)])
    for _ in range(2):
        piece = window.next_piece(0.0)
        assert piece is not None
        window.sent(piece, 0.0)
    assert window.next_piece(20.0) is None
    window.confirmed("p", 20.0)
    window.confirmed("p", 20.0)
    assert window.next_piece(24.0) is None
    assert window.next_piece(25.0) is not None


def test_a_broker_that_never_confirms_is_not_waited_for_forever() -> None:
    """After a minute without a confirmation the message is sent again."""
    window = InFlightWindow(LIMITS)
    window.take_in([message("m")])
    piece = window.next_piece(0.0)
    assert piece is not None
    window.sent(piece, 0.0)
    assert window.next_piece(59.0) is None
    assert window.next_piece(60.0) is not None


def test_a_dropped_message_leaves_room() -> None:
    """A message that cannot be sent any more does not block the window, not even when its confirmation comes."""
    window = InFlightWindow(LIMITS)
    window.take_in([picture("gone", 9000), picture("next", 9000)])
    window.drop("gone")
    window.confirmed("gone", 0.0)
    window.take_in([picture("next", 9000)])
    assert {name for name, _ in drain(window, 0.0)} == {"next"}

"""Whose message is taken next: turns go round gateways and cameras, and a flood holds up only itself."""

import json
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st
from tests.hub.bench import Bench, scene_event

from sharp_eyes.contract.envelope import wrap
from sharp_eyes.contract.topics import Channel, Topic
from sharp_eyes.hub.intake.fair_queue import FairQueue, QueueBounds
from sharp_eyes.hub.intake.worker import IntakeWorker

Said = tuple[str, str, int]


def put(queue: FairQueue, gateway: str, camera: str, number: int = 0) -> str | None:
    payload = json.dumps({"id": str(number), "data": {"camera": camera}}).encode()
    return queue.put(Topic(gateway, Channel.EVENT), payload)


def taken(queue: FairQueue) -> list[Said]:
    said = []
    for topic, payload in queue.get(0, 10_000):
        message = json.loads(payload)
        said.append((topic.gateway, message["data"]["camera"], int(message["id"])))
    return said


def test_a_flood_delays_a_neighbour_by_one_message() -> None:
    """3,000 events of one camera wait, or are held back; the neighbour's is the second to be taken."""
    queue = FairQueue(QueueBounds(camera_messages=100))
    held = [put(queue, "a", "storm", number) for number in range(3000)]
    assert put(queue, "b", "quiet") is None
    assert put(queue, "a", "other") is None
    order = [(gateway, camera) for gateway, camera, _ in taken(queue)]
    assert order.index(("b", "quiet")) == 1
    assert order.index(("a", "other")) == 2
    assert held.count(None) == 100
    assert set(held) == {None, "queue of one camera"}


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), max_size=60))
def test_each_camera_keeps_its_order_and_nothing_is_lost_or_doubled(messages: list[tuple[str, str]]) -> None:
    """Whatever comes in which order."""
    queue = FairQueue()
    for number, (gateway, camera) in enumerate(messages):
        assert put(queue, gateway, camera, number) is None
    said = taken(queue)
    assert sorted(number for _, _, number in said) == list(range(len(messages)))
    for one in set(messages):
        numbers = [number for gateway, camera, number in said if (gateway, camera) == one]
        assert numbers == sorted(numbers)


def test_invented_cameras_do_not_lengthen_a_gateways_line() -> None:
    """A camera more is a turn more within its gateway, never a place more in all."""
    queue = FairQueue(QueueBounds(gateway_messages=300))
    held = [put(queue, "a", f"invented-{number}") for number in range(1000)]
    assert held.count(None) == 300
    assert put(queue, "b", "quiet") is None


def test_bytes_are_shared_among_those_who_wait() -> None:
    """One gateway may use its bound alone; several get equal parts, and a small message of a new one is taken."""
    queue = FairQueue(QueueBounds(gateway_bytes=1000, bytes=1500))
    evidence = uuid4()
    for number in range(20):
        queue.put(Topic("a", Channel.EVIDENCE, evidence_id=evidence, part=number), b"x" * 100)
    assert put(queue, "b", "quiet") is None
    assert queue.put(Topic("b", Channel.EVIDENCE, evidence_id=evidence, part=0), b"x" * 500) is None
    assert queue.put(Topic("b", Channel.EVIDENCE, evidence_id=evidence, part=1), b"x" * 500) == "queue of one gateway"


def test_the_last_word_about_a_gateway_always_gets_through() -> None:
    """Birth and will are never held back; of several only the newest is taken."""
    queue = FairQueue(QueueBounds(gateway_messages=1))
    put(queue, "a", "storm")
    for word in (b"1", b"2", b"3"):
        assert queue.put(Topic("a", Channel.STATUS), word) is None
    assert [payload for _, payload in queue.get(0, 10)][-1] == b"3"
    assert queue.get(0) == []


def test_of_heartbeats_of_one_life_and_of_pictures_of_one_camera_the_newest_waits() -> None:
    """It takes the place of the one before, which would tell nothing more; another life's is heard, too."""
    queue = FairQueue(QueueBounds(gateway_messages=3))

    def beat(session: str, number: int) -> bytes:
        return json.dumps({"gateway": "a", "session": session, "sequence": number}).encode()

    beats = [beat("first", 1), beat("first", 2), beat("second", 1), beat("second", 2), b"no heartbeat", b"nor this"]
    for payload in beats:
        queue.put(Topic("a", Channel.HEARTBEAT), payload)
    queue.put(Topic("b", Channel.EVENT), b"of another")
    for payload in (b"old", b"new"):
        assert queue.put(Topic("b", Channel.SNAPSHOT, camera="cam"), payload) is None
    assert queue.waiting.messages == 5
    assert queue.waiting.bytes == sum(map(len, (beats[1], *beats[3:5], b"of another", b"new")))
    taken = queue.get(0, 10)
    assert [payload for topic, payload in taken if topic.gateway == "a"] == [beats[1], beats[3], b"no heartbeat"]
    assert [payload for topic, payload in taken if topic.gateway == "b"] == [b"of another", b"new"]


def test_garbage_waits_in_a_line_of_its_own() -> None:
    """It cannot be said whose it is; it holds up no camera."""
    queue = FairQueue()
    for payload in (b"", b"{", b"[" * 50_000, b"\xff" * 70_000, b'{"data": 1}'):
        assert queue.put(Topic("a", Channel.EVENT), payload) is None
    assert len(queue.get(0, 10)) == 5


def test_what_was_held_back_is_counted_and_taken_when_it_is_sent_again(quick: Bench) -> None:
    """Not acknowledged, shown by gateway; the outbox sends it again when there is room."""
    worker: IntakeWorker = quick.hub.intake.worker
    message = wrap("gate-01", scene_event(quick.clock()))
    topic, payload = str(Topic("gate-01", Channel.EVENT)), message.model_dump_json().encode()
    for _ in range(QueueBounds().camera_messages + 3):
        worker.offer(topic, payload)
    assert quick.hub.intake.replies.held_back.counts("gate-01") == {"queue of one camera": 3}
    assert quick.hub.intake.replies.held_back.counts("gate-02") == {}

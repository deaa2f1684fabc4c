"""Several clips at once, each in a process of its own; what they give is the same as one after the other."""

import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path

from sharp_eyes.edge.errors import SourceError
from sharp_eyes.edge.evaluate.events.cached_detectors import InferenceMemory, Recordings
from sharp_eyes.edge.evaluate.events.inference_cache import InferenceCache
from sharp_eyes.edge.evaluate.events.playback import PlayedClip, Player, play
from sharp_eyes.edge.evaluate.events.suite import Suite, SuiteClip
from sharp_eyes.edge.evaluate.events.variants import OpenedVariants, Variant
from sharp_eyes.edge.frame import Frame


class _Stopped(Exception):  # noqa: N818 - an order, not a fault
    """Whoever started the run has stopped it."""


class _Worker:
    """What one process keeps from clip to clip."""

    opened: OpenedVariants
    stop: Event


def play_at_once(
    suite: Suite, variants: Sequence[Variant], folder: Path | None, jobs: int, done: Callable[[], None]
) -> list[list[PlayedClip] | str]:
    """Play every clip in every variant; clip by clip, in the suite's order. One that cannot be read gives the reason.

    Args:
        folder: of the cache; None keeps nothing.
        jobs: how many clips at once.
        done: called after each clip.

    Raises:
        EdgeError: as :func:`play` raises it, but for a clip that cannot be read.
    """
    context = get_context("spawn")  # a fork would copy the runtimes' locks without their threads
    stop = context.Event()
    threads = max(1, (os.cpu_count() or 1) // jobs)
    pool = ProcessPoolExecutor(jobs, context, _begin, (folder, threads, stop))
    try:
        waiting: dict[Future[list[PlayedClip] | str], int] = {
            pool.submit(_play, clip, tuple(variants)): number for number, clip in enumerate(suite.clips)
        }
        played: dict[int, list[PlayedClip] | str] = {}
        for future in as_completed(waiting):
            played[waiting[future]] = future.result()
            done()
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)
    return [played[number] for number in range(len(suite.clips))]


def _begin(folder: Path | None, threads: int, stop: Event) -> None:
    # Ctrl-C reaches all processes of the terminal; the one that was started says when these are to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cache = InferenceCache(folder) if folder is not None else None
    _Worker.opened, _Worker.stop = OpenedVariants(InferenceMemory(cache, Recordings()), threads), stop


def _play(clip: SuiteClip, variants: Sequence[Variant]) -> list[PlayedClip] | str:
    opened, memory = _Worker.opened, _Worker.opened.memory
    players = [Player(variant.clip(clip), opened.detectors(variant), variant.eyes) for variant in variants]

    def check(_frame: Frame) -> None:
        if _Worker.stop.is_set():
            raise _Stopped

    try:
        return play(players, memory.recordings, check)
    except SourceError as error:
        return str(error)
    finally:
        if memory.cache is not None:
            memory.cache.save()

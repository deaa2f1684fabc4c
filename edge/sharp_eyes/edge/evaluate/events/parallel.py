"""Several clips at once, each in a process of its own; what they give is the same as one after the other."""

import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from functools import partial
from multiprocessing import get_context, parent_process
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import TypeVar

from sharp_eyes.edge.errors import SourceError
from sharp_eyes.edge.evaluate.events.cached_detectors import InferenceMemory, Recordings
from sharp_eyes.edge.evaluate.events.inference_cache import InferenceCache
from sharp_eyes.edge.evaluate.events.playback import PlayedClip, Player, play
from sharp_eyes.edge.evaluate.events.suite import Suite, SuiteClip
from sharp_eyes.edge.evaluate.events.variants import OpenedVariants, Variant


class _Stopped(Exception):  # noqa: N818 - an order, not a fault
    """Whoever started the run has stopped it."""


class _Worker:
    """What one process keeps from clip to clip."""

    opened: OpenedVariants
    stop: Event


Result = TypeVar("Result")


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
    return at_once(partial(_play, variants=tuple(variants)), suite.clips, folder, jobs, done)


def at_once(
    work: Callable[[SuiteClip], Result],
    clips: Sequence[SuiteClip],
    folder: Path | None,
    jobs: int,
    done: Callable[[], None],
) -> list[Result]:
    """Do some work on every clip, several at once; what it gives, clip by clip.

    Args:
        work: runs in another process, so it must be a module's own function; finds its networks by :func:`worker`, and
            asks :func:`stopped` at every frame.
        folder: of the cache; None keeps nothing.
        jobs: how many clips at once.
        done: called after each clip.
    """
    context = get_context("spawn")  # a fork would copy the runtimes' locks without their threads
    stop = context.Event()
    threads = max(1, (os.cpu_count() or 1) // jobs)
    pool = ProcessPoolExecutor(jobs, context, _begin, (folder, threads, stop))
    try:
        waiting: dict[Future[Result], int] = {pool.submit(work, clip): number for number, clip in enumerate(clips)}
        found: dict[int, Result] = {}
        for future in as_completed(waiting):
            found[waiting[future]] = future.result()
            done()
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)
    return [found[number] for number in range(len(clips))]


def worker() -> OpenedVariants:
    """The networks and the memory of this process, which :func:`at_once` started."""
    return _Worker.opened


def stopped() -> None:
    """End this process's work where whoever started it has given up."""
    if _Worker.stop.is_set():
        raise _Stopped


def _begin(folder: Path | None, threads: int, stop: Event) -> None:
    # Ctrl-C reaches all processes of the terminal; the one that was started says when these are to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    cache = InferenceCache(folder) if folder is not None else None
    _Worker.opened, _Worker.stop = OpenedVariants(InferenceMemory(cache, Recordings()), threads), stop


def _end_with_parent() -> None:
    """Who was killed can say nothing: without this its processes wait for ever for another clip."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _play(clip: SuiteClip, variants: Sequence[Variant]) -> list[PlayedClip] | str:
    opened, memory = worker(), worker().memory
    players = [Player(variant.clip(clip), opened.detectors(variant), variant.eyes) for variant in variants]
    try:
        return play(players, memory.recordings, stopped)
    except SourceError as error:
        return str(error)
    finally:
        if memory.cache is not None:
            memory.cache.save()

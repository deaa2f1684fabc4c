"""Keeps the test modules as pytest rewrites them, before workers begin: in a new checkout each would do it for itself.

That is most of what a worker takes of the processor before its first test. pytest offers no interface for it; where
its own parts have changed, this fails by name and may be taken out again.
"""

import sys
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path

import pytest
from _pytest.assertion import rewrite

_begun: list[pytest.Config] = []


def keep_rewritten(files: Sequence[Path], config: pytest.Config) -> None:
    """Rewrite what is not kept yet, on all cores, and keep it where pytest looks for it."""
    waiting = [file for file in files if rewrite._read_pyc(file, kept_in(file)) is None]
    if not waiting or sys.dont_write_bytecode:
        return
    with get_context("fork").Pool(initializer=_begun.append, initargs=(config,)) as pool:
        pool.map(_keep, waiting, chunksize=4)


def kept_in(file: Path) -> Path:
    """Where pytest looks for a module that it has rewritten."""
    return rewrite.get_cache_dir(file) / (file.stem + rewrite.PYC_TAIL)


def _keep(file: Path) -> None:
    (config,) = _begun
    target = kept_in(file)
    if rewrite.try_makedirs(target.parent):
        checksum, code = rewrite._rewrite_test(file, config)
        rewrite._write_pyc(config.stash[rewrite.assertstate_key], code, checksum, target)

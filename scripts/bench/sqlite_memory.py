"""Says what a hub's connections to SQLite hold in memory, and what of the process's growth is theirs.

A database of its own is filled through the real schema; then as many threads as the pool keeps connections ask every
list, search and count in any order, and write in between, as the requests of many pages do. After each round stands
what the process has, what the C library has given out, what SQLite has of it (pages and prepared statements), and
Python's objects; at the end, what is left when the connections are closed. Freed memory is given back before each line,
so that what is resident beyond that are holes between what is held.
"""

import _sqlite3
import argparse
import ctypes
import gc
import os
import sqlite3
import sys
import tempfile
import threading
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[2]))

from sqlalchemy import text
from tests.hub import many_rows
from tests.hub.asked_queries import ALL
from tests.hub.bench import Bench

from sharp_eyes.configuration.memory import give_back
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.store import database

EXAMPLES = """examples:
  .venv/bin/python scripts/bench/sqlite_memory.py
  .venv/bin/python scripts/bench/sqlite_memory.py --cache 2000 --statements 128      as SQLite and Python have them
"""
MIB = 1024**2
_PAGES, _STATEMENTS = 1, 3
"""SQLITE_DBSTATUS_CACHE_USED, SQLITE_DBSTATUS_STMT_USED."""


class HeapInUse(ctypes.Structure):
    """glibc's ``struct mallinfo2``."""

    _fields_ = [(name, ctypes.c_size_t) for name in ("arena", "a", "b", "c", "d", "e", "f", "in_use", "free", "g")]


def main() -> int:
    """Fill, ask, and print a line a round."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--asked", type=int, default=25, help="questions of each thread in a round")
    parser.add_argument("--cache", type=int, default=database.SQLITE_CACHE, help="KiB of pages of a connection")
    parser.add_argument("--statements", type=int, default=database.SQLITE_STATEMENTS, help="that a connection keeps")
    given = parser.parse_args()
    database.SQLITE_CACHE, database.SQLITE_STATEMENTS = given.cache, given.statements
    with tempfile.TemporaryDirectory(prefix="sharp-eyes-memory-") as folder:
        bench = Bench(Path(folder))
        many_rows.fill(bench, given.cases)
        bench.hub.database.close()
        print("", "resident", "given out", "SQLite", "its pages", "its statements", "connections", "objects", sep="\t")
        show("filled")
        for number in range(given.rounds):
            threads = [
                threading.Thread(target=ask, args=(bench, Random(f"{number} {one}"), given.asked))
                for one in range(database.POOL_SIZE)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            show(f"round {number + 1}")
        bench.hub.database.close()
        show("closed")
        bench.close()
    return 0


def ask(bench: Bench, chance: Random, times: int) -> None:
    """Ask anything, and now and then write, which empties what other connections hold of pages."""
    questions = list(ALL.values())
    for _ in range(times):
        with bench.hub.read_only() as work:
            chance.choice(questions)(work, Scope("demo"))
        if chance.random() < 0.1:
            with bench.hub.database.write(patience=60) as session:
                session.execute(text("UPDATE camera SET gateway = gateway WHERE rowid = 1"))


def show(what: str) -> None:
    """Print a line; MiB, but for the last two columns."""
    gc.collect()
    give_back()
    library = ctypes.CDLL(_sqlite3.__file__)
    library.sqlite3_memory_used.restype = ctypes.c_int64
    heap = ctypes.CDLL(None).mallinfo2
    heap.restype = HeapInUse
    resident = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    links = [one for one in gc.get_objects() if isinstance(one, sqlite3.Connection) and is_open(one)]
    pages, statements = (sum(held(library, link, kind) for link in links) for kind in (_PAGES, _STATEMENTS))
    sizes = (resident, heap().in_use, library.sqlite3_memory_used(), pages, statements)
    print(what, *(round(size / MIB, 1) for size in sizes), len(links), sys.getallocatedblocks(), sep="\t", flush=True)


def is_open(link: sqlite3.Connection) -> bool:
    """Whether a connection has not been closed."""
    try:
        return link.total_changes >= 0
    except sqlite3.ProgrammingError:
        return False


def held(library: ctypes.CDLL, link: sqlite3.Connection, kind: int) -> int:
    """Bytes that SQLite holds for a connection; its handle is the first thing in Python's object."""
    handle = ctypes.c_void_p.from_address(id(link) + object.__basicsize__)
    now, most = ctypes.c_int(), ctypes.c_int()
    library.sqlite3_db_status(handle, kind, ctypes.byref(now), ctypes.byref(most), 0)
    return now.value


if __name__ == "__main__":
    sys.exit(main())

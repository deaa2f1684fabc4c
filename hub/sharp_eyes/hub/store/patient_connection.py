"""Connections of PostgreSQL, and a pool of them, that give up with the patience of whoever waits.

A server that is frozen, or whose machine has gone, says nothing: no timeout of its own ends that.
"""

from collections.abc import Generator
from typing import Any, TypeVar

import psycopg
from psycopg.waiting import Ready

from sharp_eyes.hub.store.patience import Patience, patience

_Given = TypeVar("_Given")
_Row_co = TypeVar("_Row_co", covariant=True)


class PatientConnection(psycopg.Connection[_Row_co]):
    """Waits no longer than the request it works for; then it is closed, since nobody knows what it still does."""

    def wait(self, gen: Generator[Any, Any, _Given], *values: Any, **named: Any) -> _Given:
        """Wait until the server has answered.

        Raises:
            psycopg.OperationalError: it did not in time.
        """
        ours = patience()
        if ours is None:
            return super().wait(gen, *values, **named)
        try:
            return super().wait(_until_given_up(gen, ours), *values, **named)
        except _GivenUpError:
            self.pgconn.finish()
            raise

    @classmethod
    def _connect_gen(cls, *values: Any, **named: Any) -> Generator[Any, Any, Any]:
        """Connect to one of the server's addresses; each of them has a timeout of its own besides."""
        ours = patience()
        gen = super()._connect_gen(*values, **named)
        return (yield from gen if ours is None else _until_given_up(gen, ours))


class _GivenUpError(psycopg.OperationalError):
    """The server said nothing in time."""


def _until_given_up(gen: Generator[Any, Any, _Given], ours: Patience) -> Generator[Any, Any, _Given]:
    """Go the driver's steps, which are told every tenth of a second that there is nothing yet."""
    end = ours.end_of_wait()
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if ready == Ready.NONE and ours.now >= end:
                gen.close()
                ours.note(answered=False)
                raise _GivenUpError("the database server does not answer")
            wanted = gen.send(ready)
    except StopIteration as done:
        ours.note(answered=True)
        given: _Given = done.value
        return given
    except psycopg.Error as error:
        ours.note(answered=not isinstance(error, psycopg.OperationalError))
        raise

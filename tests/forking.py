"""``pytest --forks 6``: workers are forked from the one process that has loaded and collected all the tests.

Where each worker does that for itself (pytest-xdist's ``-n``), it is a good part of what a whole run takes of the
processor. A worker asks for a file as soon as it has ended one, and begins them in the order of the tests.
"""

import os
import sys
import traceback
import warnings
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any

import pytest
from _pytest.capture import CaptureManager
from _pytest.terminal import TerminalReporter

File = list[int]
"""Places of a file's tests among all that were collected."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--forks", type=int, default=0, help="workers, forked from the process that has collected")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Let workers run the tests, where that is wanted and there is something to run."""
    config = session.config
    count = config.getoption("forks")
    if not count or config.option.collectonly or session.testsfailed:
        return None
    Crew(session, count).run()
    return True


@dataclass
class Worker:
    """A worker, as the process sees it that has forked it."""

    number: int
    process: int
    given: deque[int] = field(default_factory=deque)
    """What of its file it has not begun."""
    running: int | None = None
    is_over: bool = False


class Crew:
    """All workers of a run, and what is left for them to do."""

    def __init__(self, session: pytest.Session, count: int) -> None:
        self._session, self._count = session, count
        by_file = groupby(range(len(session.items)), lambda number: session.items[number].path)
        self._files: deque[File] = deque(list(file) for _, file in by_file)
        self._workers: dict[Connection, Worker] = {}

    def run(self) -> None:
        """Hand the files out until all are done.

        Raises:
            pytest.Session.Failed: enough have failed (``--maxfail``).
            pytest.Session.Interrupted: somebody asked for an end.
        """
        reporter = self._session.config.pluginmanager.getplugin("terminalreporter")
        if reporter is not None:
            reporter.showfspath = False  # they come from several files at once
        try:
            for number in range(min(self._count, len(self._files))):
                self._fork(number)
            while self._workers:
                for line in wait(list(self._workers)):
                    self._hear(line)  # type: ignore[arg-type]
                if self._session.shouldfail:
                    raise self._session.Failed(self._session.shouldfail)
                if self._session.shouldstop:
                    raise self._session.Interrupted(self._session.shouldstop)
        finally:
            self._dismiss()

    def _fork(self, number: int) -> None:
        ours, theirs = Pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        process = os.fork()
        if process == 0:
            for line in (ours, *self._workers):
                line.close()
            _work(self._session, theirs, number, self._count)
        theirs.close()
        self._workers[ours] = Worker(number, process)

    def _hear(self, line: Connection) -> None:
        worker = self._workers[line]
        try:
            what, *said = line.recv()
        except (EOFError, ConnectionResetError):
            self._miss(line, worker)
            return
        config, items = self._session.config, self._session.items
        match what:
            case "free":
                worker.given = deque(self._files.popleft() if self._files else ())
                line.send(list(worker.given))
            case "begun":
                worker.running = worker.given.popleft()
                item = items[worker.running]
                config.hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
            case "report":
                report = config.hook.pytest_report_from_serializable(config=config, data=said[0])
                config.hook.pytest_runtest_logreport(report=report)
            case "done":
                assert worker.running is not None
                item, worker.running = items[worker.running], None
                config.hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
            case "warning":
                config.hook.pytest_warning_recorded.call_historic(kwargs=said[0])
            case _:
                worker.is_over = True

    def _miss(self, line: Connection, worker: Worker) -> None:
        """A worker is gone: what it ran has failed, and another does the rest of its file."""
        del self._workers[line]
        line.close()
        _, status = os.waitpid(worker.process, 0)
        if worker.is_over:
            return
        if worker.running is not None:
            self._session.config.hook.pytest_runtest_logreport(report=self._death(worker.running, status))
        else:
            raise RuntimeError(f"a worker ended between two tests: {os.waitstatus_to_exitcode(status)}")
        if worker.given:
            self._files.appendleft(list(worker.given))
        if self._files:
            self._fork(worker.number)

    def _death(self, number: int, status: int) -> pytest.TestReport:
        item = self._session.items[number]
        code = os.waitstatus_to_exitcode(status)
        said = f"signal {-code}" if code < 0 else f"status {code}"
        why = f"the process that ran {item.nodeid} ended with {said}"
        return pytest.TestReport(item.nodeid, item.location, {}, "failed", why, "call")

    def _dismiss(self) -> None:
        """Nobody hears them any more: they end what they have set up, and go."""
        for line in self._workers:
            line.close()
        for worker in self._workers.values():
            os.waitpid(worker.process, 0)
        self._workers.clear()


class Teller:
    """In a worker: passes on what is reported."""

    def __init__(self, config: pytest.Config, line: Connection) -> None:
        self.config, self._line = config, line
        self.tells = False
        """Not of what was warned of before there were workers, which pytest says to each new plugin."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        hook = self.config.hook
        self._line.send(("report", hook.pytest_report_to_serializable(config=self.config, report=report)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_warning_recorded(
        self,
        warning_message: warnings.WarningMessage,
        when: str,
        nodeid: str,
        location: tuple[str, int, str] | None,
    ) -> None:
        """As text: what a warning holds need not be possible to send."""
        if not self.tells:
            return
        kind = warning_message.category
        text = UserWarning(f"{kind.__name__}: {warning_message.message}")
        plain = warnings.WarningMessage(text, UserWarning, warning_message.filename, warning_message.lineno)
        said = {"warning_message": plain, "when": when, "nodeid": nodeid, "location": location}
        self._line.send(("warning", said))


class Following:
    """The test after a file's last: asked for only when that has run, so that no file waits for a long test's end."""

    def __init__(self, session: pytest.Session, line: Connection) -> None:
        self._session, self._line = session, line

    @cached_property
    def file(self) -> File:
        """The next file; empty where there is none."""
        self._line.send(("free",))
        given: File = self._line.recv()
        return given

    def listchain(self) -> Sequence[object]:
        """What of the fixtures stays: pytest asks this of the next test when it takes down the last."""
        return self._session.items[self.file[0]].listchain() if self.file else []


def _work(session: pytest.Session, line: Connection, number: int, count: int) -> None:
    """Be a worker, and never return."""
    status = 1
    try:
        _become_a_worker(session.config, line, number, count)
        file = Following(session, line).file
        while file:
            file = _run_file(session, line, file)
        line.send(("over",))
        status = 0
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        session._setupstate.teardown_exact(None)  # nobody hears any more
    except BaseException:  # noqa: BLE001 - it must not go on as if it were the process that has forked it
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(status)


def _become_a_worker(config: pytest.Config, line: Connection, number: int, count: int) -> None:
    plugins = config.pluginmanager
    reporter: TerminalReporter | None = plugins.getplugin("terminalreporter")
    if reporter is not None:
        reporter._tw._file = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to the end
    capture: CaptureManager | None = plugins.getplugin("capturemanager")
    if capture is not None:  # with files of its own
        capture.stop_global_capturing()
        capture.start_global_capturing()
    name = f"gw{number}"
    os.environ["PYTEST_XDIST_WORKER"], os.environ["PYTEST_XDIST_WORKER_COUNT"] = name, str(count)
    temporary = config._tmp_path_factory  # type: ignore[attr-defined]
    temporary._basetemp = temporary.getbasetemp() / f"worker-{number}-{os.getpid()}"
    temporary._basetemp.mkdir(mode=0o700)
    teller = Teller(config, line)
    plugins.register(teller, "teller")
    teller.tells = True


def _run_file(session: pytest.Session, line: Connection, file: File) -> File:
    """Run a file's tests; returns the next file."""
    following: Any = Following(session, line)
    for number, after in zip(file, [*file[1:], None], strict=True):
        item = session.items[number]
        line.send(("begun",))
        coming = following if after is None else session.items[after]
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=coming)
        line.send(("done",))
    given: File = following.file
    return given

"""The bundled broker: a NATS server that speaks MQTT 3.1.1, run as our child process.

It dies with the hub even when the hub is killed, is started again when it dies itself, and takes in new
gateways without disturbing those that are connected.
"""

import contextlib
import errno
import http.client
import json
import logging
import os
import random
import resource
import secrets
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from sharp_eyes.configuration.whole_files import write_private
from sharp_eyes.hub.broker import nats, passwords
from sharp_eyes.hub.broker.login import HUB_USER, BrokerLogin
from sharp_eyes.hub.broker.port_holder import holder_of
from sharp_eyes.hub.broker.store import BrokerStore
from sharp_eyes.hub.certificates import TlsFiles
from sharp_eyes.hub.child_process import bound_to_parent
from sharp_eyes.hub.errors import BrokerError

_LOG = logging.getLogger(__name__)
_START_SECONDS = 15.0
_PORT_SECONDS = 10.0
"""How long a port may still be held by a program that is ending."""

_ANSWER_SECONDS = 30.0
"""How long the server may take to say who is connected: it is asked when it is crowded."""

_TOLD_BEYOND = 100
_MAX_CONNECTIONS = 4096
_KEPT_DESCRIPTORS = 200
"""For its store, which breaks where strangers' connections leave it no descriptor."""


class BundledBroker:
    """One broker in ``folder`` that listens on ``listen:port``."""

    def __init__(self, folder: Path, listen: str, port: int, tls: TlsFiles | None = None) -> None:
        """With ``tls``, nobody can speak to it in the clear."""
        self._folder = folder
        self._listen = listen
        self._port = port
        self._tls = tls
        self._config = folder / "broker.json"
        self._pid_file = folder / "broker.pid"
        self._accounts: tuple[dict[str, str], dict[str, str]] = ({}, {})
        self._process: subprocess.Popen[bytes] | None = None
        self._wanted_end: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._ready = threading.Event()
        self._thread: threading.Thread | None = None
        self._hub_hash = ""
        self._monitor = f"/{secrets.token_urlsafe(24)}"
        self.store = BrokerStore(folder)
        self._give_up_store: str | None = None
        self._store_is_fresh = False

    def start(self, gateways: Mapping[str, str], platforms: Mapping[str, str] | None = None) -> BrokerLogin:
        """Start with the names and bcrypt hashes of gateways and platforms; return how the hub connects.

        Raises:
            BrokerError: the port is taken or the server does not start.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._end_orphan()
        self._wait_for_port()
        password = self._password()
        self._hub_hash = passwords.bcrypt_hash(password)
        self._accounts = (dict(gateways), dict(platforms or {}))
        self._write_config()
        # The child is told to die with the thread that started it, so one long-lived thread does that.
        self._thread = threading.Thread(target=self._supervise, name="broker", daemon=True)
        self._thread.start()
        if not self._ready.wait(_START_SECONDS):
            self.stop()
            raise BrokerError(f"the bundled broker does not start: {self._last_log_line()}")
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._listen, self._listen)
        scheme, pin = ("mqtt", None) if self._tls is None else ("mqtts", self._tls.certificate)
        address = f"[{host}]" if ":" in host else host
        return BrokerLogin(f"{scheme}://{address}:{self._port}", HUB_USER, password, pinned_certificate=pin)

    def reload(self, gateways: Mapping[str, str], platforms: Mapping[str, str] | None = None) -> None:
        """Take in what changed among gateways and platforms; those who did not change stay connected.

        Raises:
            OSError: the settings cannot be written; the next call tries again.
        """
        accounts = (dict(gateways), dict(platforms or {}))
        if accounts == self._accounts:
            return
        before, self._accounts = self._accounts, accounts
        try:
            self._write_config()
        except OSError:
            self._accounts = before  # so that the next call tries again
            raise
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGHUP)

    def restart(self, give_up_store: str | None = None) -> None:
        """End the server, by force if it must be; the supervisor starts it again at once.

        ``give_up_store``: why it shall begin with a fresh store.
        """
        self._give_up_store = give_up_store or self._give_up_store
        process = self._process
        if process is None or process.poll() is not None:
            return
        self._wanted_end = process
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()

    def stop(self) -> None:
        """Stop it; safe to call twice."""
        self._stopping.set()
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
        if self._thread is not None:
            self._thread.join(timeout=15)

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def connections(self, beyond: int) -> Counter[str]:
        """Open connections by account, where there are more than ``beyond`` in all; nothing where it does not say.

        The oldest are counted, 100 beyond those: enough to see who has too many.
        """
        pid = self.pid
        try:
            if pid is None or sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir()) <= beyond:
                return Counter()
            ports = json.loads(next(self._folder.glob(f"*_{pid}.ports")).read_text())
            line = http.client.HTTPConnection(urlsplit(ports["monitoring"][0]).netloc, timeout=_ANSWER_SECONDS)
            with contextlib.closing(line):
                line.request("GET", f"{self._monitor}/connz?auth=1&limit={beyond + _TOLD_BEYOND}")
                found = json.loads(line.getresponse().read())["connections"]
        except (OSError, ValueError, LookupError, StopIteration, http.client.HTTPException) as error:
            _LOG.debug("the bundled broker does not say who is connected: %s", error)
            return Counter()
        return Counter(str(one.get("authorized_user", "")) for one in found)

    @property
    def retained_store(self) -> Path:
        """Folder of the retained messages."""
        return self.store.path / "$G" / "streams" / "$MQTT_rmsgs"

    def _supervise(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            started = time.monotonic()
            code = self._run_once()
            if self._stopping.is_set():
                return
            if self._give_up_store is not None or (self._process is not None and self._process is self._wanted_end):
                continue
            failures = 0 if time.monotonic() - started > 60 else failures + 1
            delay = min(30.0, 0.5 * 2 ** min(failures, 6)) * random.uniform(0.8, 1.2)
            _LOG.error("the bundled broker ended (%s); again in %.1f s: %s", code, delay, self._last_log_line())
            self._stopping.wait(delay)

    def _run_once(self) -> int | str:
        """Run the server to its end; its exit status, or why it could not be started."""
        if self._give_up_store is not None:
            self._set_store_aside(self._give_up_store)
            self._give_up_store = None
        try:
            self._process = self._spawn()
        except OSError as error:  # no room or no process to be had: both pass, and this thread must outlive them
            self._process = None
            return f"could not be started: {error}"
        listening = self._wait_until_listening(self._process)
        damage = self.store.damage(self._process.pid, ended=not listening)
        # One that is found damaged again before it was ever sound is not helped by being set aside.
        if damage is not None and not self._store_is_fresh and not self._stopping.is_set():
            self.restart(give_up_store=damage)
        elif listening:
            self._store_is_fresh = False
            self._ready.set()
        code = self._process.wait()
        with contextlib.suppress(OSError):
            for file in (self._pid_file, *self._folder.glob("*.ports")):
                file.unlink(missing_ok=True)
        return code

    def _set_store_aside(self, why: str) -> None:
        try:
            self.store.set_aside(why)
        except OSError as error:
            _LOG.error("the bundled broker's store %s cannot be set aside: %s", self.store.path, error)
        self._store_is_fresh = True

    def _spawn(self) -> subprocess.Popen[bytes]:
        with (self._folder / "broker.err").open("wb") as errors:
            process = subprocess.Popen(
                bound_to_parent([str(server_program()), "--config", str(self._config)]),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,
            )
        try:
            self._pid_file.write_text(str(process.pid))
        except OSError as error:
            _LOG.warning("%s cannot be written: %s", self._pid_file, error)
        return process

    def _wait_until_listening(self, process: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and process.poll() is None and not self._stopping.is_set():
            if self._bind_error() is not None:
                return True
            time.sleep(0.05)
        return False

    def _write_config(self) -> None:
        config = {
            "server_name": "sharp-eyes",
            # NATS' own protocol is not used: loopback, any free port, and no user may come that way.
            "host": "127.0.0.1",
            "port": -1,
            "max_payload": nats.MAX_PAYLOAD,
            "max_connections": _most_connections(),
            # It asks for no password: loopback, a path that nobody can guess, and any free port, which a file says.
            "http": "127.0.0.1:-1",
            "http_base_path": self._monitor,
            "ports_file_dir": str(self._folder),
            "jetstream": {
                "store_dir": str(self._folder),
                "max_memory_store": 64 * 1024 * 1024,
                "max_file_store": 2 * 1024**3,
            },
            "mqtt": {
                "host": self._listen,
                "port": self._port,
                "max_ack_pending": 256,
                # A gateway set up anew has a session of another name; the old one must not gather answers for ever.
                "consumer_inactive_threshold": nats.SESSION_EXPIRY,
                **self._tls_block(),
            },
            "authorization": {"users": nats.users(self._hub_hash, *self._accounts)},
            "log_file": str(self._folder / "broker.log"),
            "logfile_size_limit": 5 * 1024 * 1024,
            "logfile_max_num": 3,
        }
        write_private(self._config, json.dumps(config, indent=1))

    def _tls_block(self) -> dict[str, object]:
        if self._tls is None:
            return {}
        files = {"cert_file": str(self._tls.certificate), "key_file": str(self._tls.key)}
        return {"tls": {**files, "timeout": 5}}

    def _password(self) -> str:
        file = self._folder / "hub.password"
        if not file.is_file():
            write_private(file, secrets.token_urlsafe(24))
        return file.read_text().strip()

    def _bind_error(self) -> OSError | None:
        """Why the port cannot be listened on; ``None`` where it can."""
        family = socket.AF_INET6 if ":" in self._listen else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self._listen, self._port))
            except OSError as error:
                return error
        return None

    def _wait_for_port(self) -> None:
        """Wait while a program that is about to end still holds the port, as a killed hub's broker may."""
        error = self._bind_error()
        if error is not None and error.errno == errno.EADDRINUSE:
            _LOG.warning(
                "port %d on %s is held by %s; waiting up to %.0f s for it",
                self._port,
                self._listen,
                holder_of(self._port) or "another program",
                _PORT_SECONDS,
            )
            deadline = time.monotonic() + _PORT_SECONDS
            while error is not None and time.monotonic() < deadline and not self._stopping.is_set():
                time.sleep(0.1)
                error = self._bind_error()
        if error is not None:
            holder = holder_of(self._port)
            raise BrokerError(
                f"the bundled broker cannot listen on {self._listen} port {self._port}: {error.strerror}"
                f"{f' ({holder} holds it)' if holder else ''}; "
                "end the program that uses the port, or set broker.port or broker.listen in hub.yaml"
            ) from error

    def _end_orphan(self) -> None:
        """End a broker of ours that a killed hub left behind; never another program."""
        try:
            pid = int(self._pid_file.read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            return
        if os.fsencode(self._config) not in command:
            return
        _LOG.warning("ending the broker (process %d) that an earlier hub left behind", pid)
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            deadline = time.monotonic() + 5
            while _is_running(pid) and time.monotonic() < deadline:
                time.sleep(0.05)
            if not _is_running(pid):
                return

    def _last_log_line(self) -> str:
        for name in ("broker.err", "broker.log"):
            with contextlib.suppress(OSError):
                lines = (self._folder / name).read_text(errors="replace").strip().splitlines()
                if lines:
                    return lines[-1][-300:]
        return "it left no message"


def _is_running(pid: int) -> bool:
    # The command line of a process that has ended but was not yet collected is empty.
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False


def _most_connections() -> int:
    """Connections that leave the store its descriptors; the server inherits this process' limit."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if soft == resource.RLIM_INFINITY:
        return _MAX_CONNECTIONS
    return max(10, min(_MAX_CONNECTIONS, soft - _KEPT_DESCRIPTORS))


def server_program() -> Path:
    """The NATS server that came with the hub.

    Raises:
        BrokerError: it is not installed.
    """
    for folder in (sysconfig.get_path("scripts"), str(Path(sys.executable).parent)):
        candidate = Path(folder) / "nats-server"
        if candidate.is_file():
            return candidate
    raise BrokerError("nats-server is missing; install the hub with: pip install 'sharp-eyes[hub]'")

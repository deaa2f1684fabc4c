"""The stage of a running demo: its own hub, accounts and broker, on this machine."""

import fcntl
import io
import json
import os
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import httpx
from PIL import Image, ImageFilter

from sharp_eyes.client import Client, ProblemError
from sharp_eyes.contract.command import LookAgain
from sharp_eyes.contract.envelope import DurableData
from sharp_eyes.contract.event import Evidence
from sharp_eyes.contract.status import CameraNote
from sharp_eyes.hub.audit import command_line
from sharp_eyes.hub.demo.people import Person
from sharp_eyes.hub.demo.places import PLAYING
from sharp_eyes.hub.demo.prepare import VIEWER, crew_name, staff_name
from sharp_eyes.hub.demo.stories.cameras import CAMERAS
from sharp_eyes.hub.demo.stories.cast import DISTRICT, EAST, STREET
from sharp_eyes.hub.demo.stories.live_gateway import LiveGateway
from sharp_eyes.hub.dispatch.whistle import make_due_lists
from sharp_eyes.hub.errors import HubError
from sharp_eyes.hub.hub import prepared_hub
from sharp_eyes.hub.intake.gateways import add_gateway, remove_gateway
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.people.tokens import TokenWish, live_token_called, make_token, revoke_token
from sharp_eyes.hub.settings import HubSettings, load_settings

_VIEWER = Person(VIEWER, Role.ADMINISTRATOR, VIEWER, DISTRICT)
_BEAT = 5.0
_DAY = timedelta(days=1)
_PLATFORM = "演示报警平台 · Demo alarm platform"
_FIRST, _APART = (120.5200, 29.6080), 0.0015
"""Where the story's first camera stands, inside the outline of its community, and how far the next one is."""

_FOLDER_OPTION = "name its folder with --data"


class LiveStage:
    """Plays on the demo of a folder; meanwhile the demo's crew deals with its own cameras' cases alone."""

    gateway = "gw-stories"

    def __init__(self, folder: Path, url: str | None = None) -> None:
        """``url``: of the page, where it is not the one of the folder's ``hub.yaml``.

        Raises:
            HubError: no demo was ever started in the folder.
        """
        credentials = folder / "credentials.json"
        if not credentials.is_file():
            raise HubError(f"{folder} is no demo's folder; start 'sharp-eyes-hub demo' first, or {_FOLDER_OPTION}")
        self._folder = folder
        self._settings: HubSettings = load_settings(folder / "hub.yaml", None)
        self.url = url or f"http://127.0.0.1:{self._settings.http.port}"
        self._passwords = _passwords(json.loads(credentials.read_text(encoding="utf-8")))
        self._clients: dict[str, Client] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Have the crew stand back.

        Raises:
            HubError: no demo answers there, or another story is being played.
        """
        try:
            httpx.get(f"{self.url}/api/health", timeout=5).raise_for_status()
        except httpx.HTTPError as error:
            raise HubError(
                f"no demo answers at {self.url}; start 'sharp-eyes-hub demo', or {_FOLDER_OPTION}"
            ) from error
        lock = os.open(self._folder / PLAYING, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._open.callback(os.close, lock)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._open.close()
            raise HubError(f"another story is being played on the demo in {self._folder}; wait for its end") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the demo to its crew."""
        self._open.close()

    def now(self) -> datetime:
        """The clock on the wall: the hub's, which runs on this machine."""
        return datetime.now(UTC)

    def client(self, person: Person) -> Client:
        """Somebody, signed in.

        Raises:
            HubError: the demo knows no password of theirs.
        """
        if person.username not in self._clients:
            password = self._passwords.get(person.username)
            if password is None:
                raise HubError(f"the demo in {self._folder} has no account {person.username}; start it again once")
            client = self._open.enter_context(Client(self.url))
            client.sign_in(person.username, password)
            self._clients[person.username] = client
        return self._clients[person.username]

    def stranger(self) -> httpx.Client:
        """Somebody from outside."""
        return self._open.enter_context(httpx.Client(base_url=self.url, timeout=30))

    def send(self, data: DurableData) -> None:
        """Hand over a message of the story's gateway."""
        self._gateway.send(data)

    def send_file(self, evidence: Evidence, content: bytes) -> None:
        """Hand over a file of the story's gateway."""
        self._gateway.send_file(evidence, content)

    def asked(self, event: UUID) -> LookAgain:
        """Wait for the hub's question about an event."""
        return self._gateway.asked(event)

    def picture(self, scene: str | None = None) -> bytes:
        """What the demo's camera of the scene shows now, or any of its cameras where that is no matter."""
        viewer = self.client(_VIEWER)
        for camera in self._cameras:
            if scene is None or scene in camera["scenes"]:
                try:
                    return viewer.file(f"/api/cameras/{camera['gateway']}/{camera['camera']}/snapshot")
                except ProblemError:
                    continue  # it has sent none yet
        return _plain_picture()

    def platform(self) -> Client:
        """A platform of devices; its token is made for the story, and revoked when the stage is left."""
        if _PLATFORM not in self._clients:
            with prepared_hub(self._settings) as hub, hub.transaction() as work:
                wish = TokenWish(_PLATFORM, "device-platform", DISTRICT, None, work.now + _DAY)
                row, text = make_token(work, command_line(), wish, 1)
                prefix = row.prefix
            self._open.callback(self._revoke, prefix)
            self._clients[_PLATFORM] = self._open.enter_context(Client(self.url, token=text))
        return self._clients[_PLATFORM]

    def lets_pass(self, seconds: float) -> None:
        """Wait: the hub's clocks run in real time."""
        self.wait(seconds)

    def makes_week_list(self, area: str) -> None:
        """Make it now, and not on Thursday."""
        with prepared_hub(self._settings) as hub:
            make_due_lists(hub.transaction, hub.read_only, early=area)

    def wait(self, seconds: float) -> None:
        """Let time pass; the story's gateway stays alive meanwhile."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if "_gateway" in self.__dict__:
                self._gateway.beat()
            time.sleep(min(left, _BEAT))

    @cached_property
    def _cameras(self) -> list[dict[str, Any]]:
        """The demo's own cameras."""
        listed = self.client(_VIEWER).request("GET", "/api/cameras")
        return [one for one in listed if one["gateway"] != self.gateway]

    @cached_property
    def _gateway(self) -> LiveGateway:
        """Registered and connected when a story needs it first; removed when the stage is left."""
        with prepared_hub(self._settings) as hub, hub.transaction() as work:
            password = add_gateway(work.session, work.city, work.now, self.gateway, STREET)
        self._open.callback(self._remove_gateway)
        notes = tuple(
            CameraNote(
                camera=camera,
                name=f"演示摄像机 {number} · Story camera {number}",
                area=EAST,
                longitude=round(_FIRST[0] + number * _APART, 4),
                latitude=_FIRST[1],
                scenes=(scene,),
            )
            for number, (scene, camera) in enumerate(CAMERAS.items(), start=1)
        )
        return self._open.enter_context(LiveGateway(self.gateway, password, self._settings.broker.port, notes))

    def _revoke(self, prefix: str) -> None:
        with prepared_hub(self._settings) as hub, hub.transaction() as work:
            revoke_token(work, command_line(), live_token_called(work, prefix))

    def _remove_gateway(self) -> None:
        with prepared_hub(self._settings) as hub, hub.transaction() as work:
            remove_gateway(work.session, work.now, self.gateway)


def _passwords(kept: dict[str, Any]) -> dict[str, str]:
    """The demo's passwords by user name."""
    staff = {staff_name(Role(role)): password for role, password in kept["staff"].items()}
    crews = {crew_name(unit): password for unit, password in kept["crews"].items()}
    others: dict[str, str] = kept["others"]
    return {VIEWER: kept["viewer"]} | staff | crews | others


def _plain_picture() -> bytes:
    """Something to look at where no camera has shown anything yet."""
    drawn = Image.effect_noise((640, 360), 60).filter(ImageFilter.GaussianBlur(24)).convert("RGB")
    target = io.BytesIO()
    drawn.save(target, "JPEG", quality=85)
    return target.getvalue()

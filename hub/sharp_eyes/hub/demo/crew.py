"""The demo's crew: accepts what is dispatched, waits until the place is clear, sends a photo, and reports it handled.

It is a client like any other: it signs in as a handler of the unit and uses the same HTTP interface as the page.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

ACCEPT_AFTER = 3.0
"""Seconds between the dispatch and the crew's acceptance."""

LONGEST_WORK = 60.0
"""Seconds after which the crew reports even if the camera still sees the cause."""

NOTE = "演示处置员：已劝离，现场已恢复。Demo crew: the place is clear."

_log = logging.getLogger(__name__)

ReportLine = Callable[[str], None]


@dataclass(slots=True)
class _Job:
    since: float = field(default_factory=time.monotonic)
    state: str = ""


class Crew:
    """Handlers of all units; runs in a thread of its own."""

    def __init__(self, url: str, viewer: tuple[str, str], crews: dict[str, str], report: ReportLine) -> None:
        """``viewer``: name and password of who sees all; ``crews``: passwords by unit; ``report``: takes a line."""
        self._url = url
        self._viewer = viewer
        self._crews = crews
        self._report = report
        self._clients: dict[str, httpx.Client] = {}
        self._jobs: dict[int, _Job] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="crew", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """End the work."""
        self._stop.set()
        self._thread.join(timeout=5)
        for client in self._clients.values():
            client.close()

    def _run(self) -> None:
        while not self._stop.wait(1.0):
            try:
                self._poll()
            except httpx.HTTPError as error:
                _log.warning("the crew cannot reach the hub: %s", error)
                self._clients.clear()

    def _poll(self) -> None:
        viewer = self._client(*self._viewer)
        listed = viewer.get("/api/cases", params={"limit": 50})
        listed.raise_for_status()
        for case in listed.json()["items"]:
            job = self._jobs.setdefault(case["id"], _Job())
            if job.state != case["state"]:
                job.state, job.since = case["state"], time.monotonic()
                self._report(f"case {case['number']} ({case['scene']}, {case['zone']}): {case['state']}")
            self._attend(case, time.monotonic() - job.since)

    def _attend(self, case: dict[str, Any], waited: float) -> None:
        unit = case["unit"]
        if unit not in self._crews:
            return
        if case["state"] == "dispatched" and waited >= ACCEPT_AFTER:
            self._move(unit, case, "accept", {})
        elif case["state"] == "accepted" and (case["event_phase"] == "closed" or waited >= LONGEST_WORK):
            photos = self._photo(unit, case)
            self._move(unit, case, "handle", {"note": NOTE, "photo_ids": photos})

    def _photo(self, unit: str, case: dict[str, Any]) -> list[str]:
        """Photograph the place: in the demo, what its camera shows now."""
        client = self._client(f"crew-{unit}", self._crews[unit])
        picture = client.get(f"/api/cameras/{case['gateway']}/{case['camera']}/snapshot")
        if picture.status_code != httpx.codes.OK:
            return []
        files = {"file": ("place.jpg", picture.content, "image/jpeg")}
        uploaded = client.post(f"/api/cases/{case['id']}/photos", files=files)
        uploaded.raise_for_status()
        return [str(uploaded.json()["id"])]

    def _move(self, unit: str, case: dict[str, Any], move: str, body: dict[str, Any]) -> None:
        client = self._client(f"crew-{unit}", self._crews[unit])
        answer = client.post(f"/api/cases/{case['id']}/moves/{move}", json=body)
        if answer.is_error:
            # Somebody at the page may have been quicker; the next round sees how the case stands.
            _log.warning("crew of %s, %s of case %s: %s", unit, move, case["number"], answer.text)

    def _client(self, username: str, password: str) -> httpx.Client:
        client = self._clients.get(username)
        if client is None:
            client = httpx.Client(base_url=self._url, headers={"X-Requested-With": "sharp-eyes"}, timeout=10)
            answer = client.post("/api/session", json={"username": username, "password": password})
            answer.raise_for_status()
            self._clients[username] = client
        return client

"""Somebody before the page of a hub that knows an OpenID Connect provider."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import select
from tests.hub.bench import PASSWORD, Bench
from tests.hub.provider_bench import CLIENT, SECRET, Claims, PretendProvider

from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.oidc_settings import OidcSettings
from sharp_eyes.hub.settings import SessionSettings
from sharp_eyes.hub.store.tables import AuditEntry

PAGE = "http://127.0.0.1:8420"
ANN: Claims = {"sub": "248289761001", "email": "Ann@City.example", "email_verified": True, "preferred_username": "ann"}


class Desk:
    """A hub that knows a provider, and somebody who sits before its page."""

    def __init__(self, data: Path, database: str | None, provider: PretendProvider, **settings: Any) -> None:
        secret = data.parent / "oidc.secret"
        secret.write_text(f"{SECRET}\n", encoding="utf-8")
        self.provider = provider
        sessions = settings.pop("sessions", SessionSettings())
        values = {"issuer": provider.url, "client_id": CLIENT, "client_secret_file": secret, "page": PAGE}
        oidc = OidcSettings.model_validate(values | settings)
        self.bench = Bench(data, database, oidc=oidc, sessions=sessions)
        provider.clock = self.bench.clock
        self.page = self.stranger()

    def stranger(self) -> TestClient:
        page = self.bench.stranger()
        page.base_url = httpx.URL(PAGE)
        page.follow_redirects = False
        return page

    def person(self, role: Role = Role.CLERK, name: str = "ann", **more: Any) -> TestClient:
        page = self.bench.client(role, name=name, **more)
        page.base_url, page.follow_redirects = httpx.URL(PAGE), False
        return page

    def expect(self, name: str = "ann", expected: str = "ann@city.example") -> None:
        page = self.person(Role.ADMINISTRATOR, name=f"chief-{name}")
        body = {"password": PASSWORD, "expected": expected}
        assert page.put(f"/api/users/{name}/provider", json=body).status_code == 200

    def leave(self, page: TestClient | None = None, back: str = "/") -> str:
        """Press the button; returns where the provider sends the browser back to."""
        answer = (page or self.page).post("/api/session/provider", json={"back": back})
        assert answer.status_code == 200, answer.text
        return self.consent(answer.json()["address"])

    def consent(self, address: str) -> str:
        assert address.startswith(f"{self.provider.url}/authorize?")
        return httpx.get(address, trust_env=False).headers["location"]

    def sign_in(self, page: TestClient | None = None, back: str = "/") -> Response:
        page = page or self.page
        answer: Response = page.get(self.leave(page, back))
        return answer

    def refused(self, answer: Response | None = None) -> str:
        """Sign in; the code of the refusal."""
        answer = self.sign_in() if answer is None else answer
        location = urlsplit(answer.headers["location"])
        assert (answer.status_code, location.path) == (303, "/sign-in"), answer.headers
        assert self.bench.hub.session_cookie not in answer.cookies
        assert self.page.get("/api/session").status_code == 401
        return parse_qs(location.query)["refused"][0]

    def audit(self, action: str) -> list[AuditEntry]:
        with self.bench.hub.read_only() as work:
            return list(work.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


MakeDesk = Callable[..., Desk]

"""Serves the built page; paths that are no file show the page itself, which finds its own way."""

import gzip
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from sharp_eyes.hub.errors import not_found

DIST = Path(__file__).with_name("dist")
_TEXTS = {".js": "text/javascript", ".css": "text/css"}
_GZIP = {"Content-Encoding": "gzip"}
_NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Sharp Eyes</title>
<body><h1>Sharp Eyes</h1>
<p>The hub runs, but its page has not been built. Build it with <code>make page</code> and load this again.</p>
<p>The interface itself is described at <a href="/api/openapi.json">/api/openapi.json</a>.</p>
</body></html>
"""


def page_router(dist: Path = DIST) -> APIRouter:
    """Give the routes of the page in folder ``dist``."""
    router = APIRouter(include_in_schema=False)
    root = dist.resolve()

    @router.get("/{path:path}")
    def page(path: str, request: Request) -> Response:
        if path == "api" or path.startswith("api/") or "\0" in path:
            raise not_found(f"/{path}")
        index = root / "index.html"
        if not index.is_file():
            return HTMLResponse(_NOT_BUILT)
        wanted = (root / path).resolve()
        if wanted.is_relative_to(root) and wanted.is_file():
            # Names under assets/ carry a hash of their content.
            forever = path.startswith("assets/")
            headers = {"Cache-Control": "public, max-age=31536000, immutable" if forever else "no-cache"}
            if forever and wanted.suffix in _TEXTS:
                headers["Vary"] = "Accept-Encoding"
                if "gzip" in request.headers.get("accept-encoding", ""):
                    return Response(_packed(wanted), headers=headers | _GZIP, media_type=_TEXTS[wanted.suffix])
            return FileResponse(wanted, headers=headers)
        if path.startswith("assets/"):
            raise not_found(f"/{path}")
        text = index.read_text(encoding="utf-8").replace("<head>", f'<head><base href="{_way_up(request)}">', 1)
        return HTMLResponse(text, headers={"Cache-Control": "no-cache"})

    return router


@lru_cache(maxsize=64)
def _packed(file: Path) -> bytes:
    """A file whose content never changes under its name, packed once."""
    return gzip.compress(file.read_bytes(), mtime=0)


def _way_up(request: Request) -> str:
    """The page's own folder, seen from the address asked for: right under any path that a proxy puts before it."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    return "../" * (raw.count(b"/") - 1) or "./"

"""Takes pictures of every view of a running demo, to be looked at; or those of the README.

Every view is taken at 1440, 1920 and 390 px, dark and light, in Chinese and English. The wall screen is also taken as
wide as two screens side by side.

Example, with the demo running for some minutes in another terminal:
    .venv/bin/python scripts/screenshots.py --out runs/views
    .venv/bin/python scripts/screenshots.py --out runs/views --only wall,map --widths 1440 --themes light
    .venv/bin/python scripts/screenshots.py --readme
"""

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

ROOT = Path(__file__).resolve().parents[1]
HEIGHTS = {1440: 900, 1600: 900, 1920: 1080, 390: 844, 3840: 1080}
WIDTHS = (1440, 1920, 390)
NARROW = 600
"""Pixels below which a window is a phone's."""
README_WIDTH, README_QUALITY = 1600, 72
WAIT_MS = 20_000
SETTLE_MS = 1500
"""Milliseconds in which a view draws what it has: charts, tiles and pictures come a moment after their frame. A machine
that has other work needs more (``--settle``)."""

Act = Callable[[Page], None]


@dataclass(frozen=True, slots=True)
class View:
    """One view and how to come to it.

    Attributes:
        who: key of :func:`accounts`; none for the sign-in page.
        path: address; ``{case}``, ``{task}`` and ``{camera}`` are filled in from what the demo has.
        ready: what is visible once the view is there.
        act: what is done before the picture is taken.
        widths: of the window, in pixels.
        whole: with what lies below the window; not where rows are drawn only as they come into view.
    """

    who: str | None
    path: str
    ready: str
    act: Act | None = None
    widths: tuple[int, ...] = WIDTHS
    whole: bool = True


def press(*keys: str) -> Act:
    """Press keys, one after the other."""

    def act(page: Page) -> None:
        for key in keys:
            page.keyboard.press(key)

    return act


def look_back(page: Page) -> None:
    """Open the kept video of a case and wait for its timeline."""
    page.locator(".back__closed button").click()
    page.locator("[data-past=ready], [data-past=none]").wait_for()
    page.locator(".past").scroll_into_view_if_needed()


def click(*selectors: str) -> Act:
    """Click what each selector finds first, one after the other."""

    def act(page: Page) -> None:
        for selector in selectors:
            page.locator(selector).first.click()

    return act


LISTS = ("people", "areas", "gateways", "models", "rules", "tokens", "webhooks")
ADMIN_PARTS = (*LISTS, "duty", "notices", "city", "advice")
REGISTERS = ("premises", "devices", "households", "sponsors", "places")
ROW, ADD = ".row__head", "[data-act=add]"
WITH_ROWS = [("admin", part, "admin") for part in LISTS]
WITH_ROWS += [("register", part, "lead") for part in REGISTERS]
WITH_FORM = [one for one in WITH_ROWS if one[1] not in ("models", "rules")]
VIEWS = {
    "sign-in": View(None, "/sign-in", "form"),
    "list": View("lead", "/", "a[href*='/cases/']", whole=False),
    "list-late": View("lead", "/?view=overdue", "h1, main", whole=False),
    "list-chosen": View("lead", "/", "a[href*='/cases/']", press("j", "j", "x"), (1440, 1920)),
    "palette": View("lead", "/", "a[href*='/cases/']", press("Control+k"), (1440, 390)),
    "keys": View("lead", "/", "a[href*='/cases/']", press("?"), (1440, 390)),
    "notices": View("lead", "/", "a[href*='/cases/']", click(".bell > summary"), (1440, 390)),
    "case": View("admin", "/cases/{case}", ".panel"),
    "case-gas": View("lead", "/cases/{gas}", ".panel"),
    "case-closed": View("lead", "/cases/{closed}", ".panel"),
    "case-form": View("admin", "/cases/{case}", ".panel", click(".actions [data-move]"), (1440, 390)),
    "look-back": View("admin", "/cases/{case}", ".back__closed button", look_back),
    "map": View("lead", "/map", "canvas"),
    "cameras": View("lead", "/cameras", "[data-camera], .card, li"),
    "zones": View("admin", "/cameras/{camera}/zones", ".zones svg.stage, .zones .notice"),
    "live": View("lead", "/live?n=4", "[data-camera]"),
    "live-9": View("lead", "/live?n=9", "[data-camera]", widths=(1440, 1920)),
    "figures": View("lead", "/figures", ".chart canvas"),
    "month": View("lead", "/figures/month", ".month__figures"),
    "behind": View("lead", "/figures/cases", "li, .soft", whole=False),
    "wall": View("lead", "/wall", ".wall-map canvas", widths=(1440, 1920, 3840)),
    "handover": View("lead", "/handover", "form"),
    "whistle": View("lead", "/whistle", "h1"),
    "callbacks": View("lead", "/callbacks", "h1"),
    "report-desk": View("lead", "/report", "form"),
    "holds": View("lead", "/records/holds", "h1"),
    "storage": View("admin", "/records/storage", "h1"),
    "audit": View("admin", "/records/audit", "h1"),
    "account": View("lead", "/account", "h1"),
    "report-here": View(None, "/report-here", "form"),
    "not-found": View("lead", "/nowhere", "h1"),
    "tasks": View("handler", "/tasks", ".phone, main > div"),
    "task": View("handler", "/tasks/{task}", ".phone, main > div"),
    "report": View("grid", "/report", "form"),
    "inspections": View("grid", "/inspections", "h1"),
    "unsent": View("handler", "/unsent", ".phone, main > div"),
    **{f"admin-{part}": View("admin", f"/admin/{part}", "h1, h2") for part in ADMIN_PARTS},
    **{f"register-{part}": View("lead", f"/register/{part}", "h1, h2") for part in REGISTERS},
    **{f"{page}-{part}-row": View(who, f"/{page}/{part}", ROW, click(ROW)) for page, part, who in WITH_ROWS},
    **{
        f"{page}-{part}-add": View(who, f"/{page}/{part}", ADD, click(ADD), whole=False)
        for page, part, who in WITH_FORM
    },
}
README = ("list", "map", "wall")


def main() -> None:
    """Sign everybody in once, then take every picture asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--demo", type=Path, default=ROOT / "var/demo", help="folder of the running demo")
    parser.add_argument("--url", default="http://127.0.0.1:8420", help="address of the demo")
    parser.add_argument("--out", type=Path, default=ROOT / "runs/views", help="folder to write into")
    parser.add_argument("--readme", action="store_true", help="take the README's pictures, into docs/pictures")
    parser.add_argument("--only", help="names of views, with commas between them; all of them where empty")
    parser.add_argument("--widths", default="", help="widths in pixels, with commas between them")
    parser.add_argument("--themes", default="dark,light")
    parser.add_argument("--languages", default="zh,en")
    parser.add_argument("--chromium", default="/usr/bin/chromium", help="browser to use")
    parser.add_argument("--settle", type=int, default=SETTLE_MS, help="milliseconds that a view has to draw itself")
    wanted = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=wanted.chromium, args=["--no-sandbox", "--disable-gpu"])
        studio = Studio(browser, wanted.url, accounts(wanted.demo), wanted.settle)
        if wanted.readme:
            studio.take_readme(ROOT / "docs/pictures", wanted.only.split(",") if wanted.only else list(README))
        else:
            widths = {int(width) for width in wanted.widths.split(",") if width} or set(HEIGHTS)
            names = wanted.only.split(",") if wanted.only else list(VIEWS)
            looks = [(theme, tongue) for theme in wanted.themes.split(",") for tongue in wanted.languages.split(",")]
            studio.take_all(wanted.out, names, widths, looks)
        browser.close()


def accounts(demo: Path) -> dict[str, list[tuple[str, str]]]:
    """Names and passwords of the demo's people, by what they look at; of handlers, one with a task is taken."""
    file = demo / "credentials.json"
    if not file.is_file():
        raise SystemExit(f"{file} is missing: start the demo, or name its folder with --demo")
    known = json.loads(file.read_text(encoding="utf-8"))
    return {
        "admin": [("demo", known["viewer"])],
        "lead": [("demo-shift-lead", known["staff"]["shift_lead"])],
        "grid": [("demo-grid-east", known["others"]["demo-grid-east"])],
        "handler": [(f"crew-{unit}", password) for unit, password in known["crews"].items()],
    }


class Studio:
    """Browser windows of everybody who looks, and what the demo has to show them."""

    def __init__(self, browser: Browser, url: str, people: dict[str, list[tuple[str, str]]], settle: int) -> None:
        self._browser = browser
        self._settle = settle
        self._url = url
        self._people = people
        self._states: dict[str, Any] = {}
        self._windows: dict[tuple[str | None, bool, str], BrowserContext] = {}
        self._found: dict[str, str] = {}

    def take_all(self, out: Path, names: list[str], widths: set[int], looks: list[tuple[str, str]]) -> None:
        """Write ``VIEW-WIDTH-THEME-LANGUAGE.png`` for each view, and say which ones could not be reached."""
        out.mkdir(parents=True, exist_ok=True)
        missed: list[str] = []
        for name in names:
            view = VIEWS[name]
            for width in (width for width in view.widths if width in widths):
                for theme, language in looks:
                    file = out / f"{name}-{width}-{theme}-{language}.png"
                    try:
                        with self._open(view, width, theme, language) as page:
                            page.screenshot(path=file, full_page=view.whole)
                    except PlaywrightError as error:
                        missed.append(f"{file.name}: {error.message.splitlines()[0]}")
        if missed:
            raise SystemExit("not reached:\n" + "\n".join(missed))

    def take_readme(self, out: Path, names: list[str]) -> None:
        """Write pictures for the README as WebP, each view in both languages."""
        out.mkdir(parents=True, exist_ok=True)
        for name in names:
            for language in ("en", "zh"):
                with self._open(VIEWS[name], README_WIDTH, "dark", language) as page:
                    file = out / f"{name}{'' if language == 'en' else '.zh'}.webp"
                    file.write_bytes(webp(page.screenshot()))
                    print(f"{file} {file.stat().st_size // 1000} kB", flush=True)

    @contextmanager
    def _open(self, view: View, width: int, theme: str, language: str) -> Iterator[Page]:
        state = None if view.who is None else self._signed_in(view.who)
        page = self._window(view.who, width, language, state).new_page()
        try:
            page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            page.add_init_script(f"localStorage.setItem('sharp-eyes.theme', '{theme}')")
            page.goto(self._url + self._filled(view.path))
            page.locator(view.ready).locator("visible=true").first.wait_for()
            if view.act is not None:
                view.act(page)
            page.wait_for_timeout(self._settle)
            yield page
        finally:
            page.close()

    def _window(self, who: str | None, width: int, language: str, state: Any) -> BrowserContext:
        """The window of somebody in a language, wide or narrow; the same one again, so that it loads the page once."""
        key = (who, width < NARROW, language)
        if key not in self._windows:
            self._windows[key] = self._new_window(width, language, state)
        return self._windows[key]

    def _new_window(self, width: int, language: str, state: Any) -> BrowserContext:
        context = self._browser.new_context(
            locale="zh-CN" if language == "zh" else "en-GB",
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": HEIGHTS[width]},
            has_touch=width < NARROW,
            storage_state=state,
        )
        context.set_default_timeout(WAIT_MS)
        return context

    def _signed_in(self, who: str) -> Any:
        """Cookies of somebody who is signed in: once for all pictures."""
        if who not in self._states:
            for username, password in self._people[who]:
                self._states[who] = self._sign_in(username, password)
                if who != "handler" or "task" in self._found:
                    break
        return self._states[who]

    def _sign_in(self, username: str, password: str) -> Any:
        context = self._new_window(1440, "zh", None)
        page = context.new_page()
        page.goto(f"{self._url}/sign-in")
        page.fill('input[name="username"]', username)
        page.fill('input[name="password"]', password)
        page.click('button[type="submit"]')
        page.wait_for_url(lambda url: "sign-in" not in url)
        for name, path, of in ASKED:
            if name not in self._found:
                items = page.evaluate("path => fetch(path).then(answer => answer.json())", path)
                self._found.update((name, found) for found in of(items)[:1])
        state = context.storage_state()
        context.close()
        return state

    def _filled(self, path: str) -> str:
        try:
            return path.format(**self._found)
        except KeyError as missing:
            raise SystemExit(f"the demo has no {missing} yet: let it run some minutes") from missing


def webp(png: bytes) -> bytes:
    """A picture as WebP, small enough for a page."""
    picture = np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR), np.uint8)
    return cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, README_QUALITY])[1].tobytes()


ASKED: tuple[tuple[str, str, Callable[[Any], list[str]]], ...] = (
    ("case", "/api/cases?scene=illegal_parking", lambda answer: [str(one["id"]) for one in answer.get("items", [])]),
    (
        "gas",
        "/api/cases?source=grid_worker",
        lambda answer: [str(one["id"]) for one in answer.get("items", []) if one["kind"] == "gas_smell"],
    ),
    ("closed", "/api/cases?state=closed", lambda answer: [str(one["id"]) for one in answer.get("items", [])]),
    ("camera", "/api/cameras", lambda answer: [f"{one['gateway']}/{one['camera']}" for one in answer]),
    ("task", "/api/tasks", lambda answer: [str(one["case"]["id"]) for one in answer.get("tasks", [])]),
)
"""What views are about, and where the hub names it."""


if __name__ == "__main__":
    main()

"""Takes the README's pictures of a running demo: the list and a case, in both languages and at two widths.

Example, with the demo running in another terminal:
    .venv/bin/python scripts/screenshots.py --password PRINTED_BY_THE_DEMO
"""

import argparse
import time
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

SHOTS = (("en", 1440), ("zh", 1440), ("zh", 390))


def main() -> None:
    """Sign in, wait for an open case with its clip, and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8420", help="address of the demo")
    parser.add_argument("--user", default="demo")
    parser.add_argument("--password", required=True, help="as the demo printed it")
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"), help="folder to write into")
    parser.add_argument("--chromium", default="/usr/bin/chromium", help="browser to use")
    wanted = parser.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=wanted.chromium, args=["--no-sandbox", "--disable-gpu"])
        for language, width in SHOTS:
            locale = "zh-CN" if language == "zh" else "en-GB"
            context = browser.new_context(locale=locale, viewport={"width": width, "height": 900})
            page = context.new_page()
            sign_in(page, wanted.url, wanted.user, wanted.password)
            suffix = f"{'' if language == 'en' else '.zh'}{'' if width > 1000 else '.phone'}"
            take(page, wanted.out, suffix)
            context.close()
        browser.close()


def sign_in(page: Page, url: str, user: str, password: str) -> None:
    """Fill in the form as a person would."""
    page.goto(f"{url}/sign-in")
    page.fill('input[name="username"]', user)
    page.fill('input[name="password"]', password)
    page.click('button[type="submit"]')
    page.wait_for_url(f"{url}/")


def take(page: Page, out: Path, suffix: str) -> None:
    """The list, the cameras, and the newest parking case that a unit is dealing with."""
    case = page.locator('a[href^="/cases/"]').first
    expect(case).to_be_visible(timeout=90_000)
    time.sleep(2)
    page.screenshot(path=out / f"list{suffix}.jpg", type="jpeg", quality=85)
    newest = newest_parking(page)
    page.goto(f"{page.url.rstrip('/')}/cases/{newest}")
    expect(page.locator("video")).to_be_visible(timeout=90_000)
    time.sleep(2)
    page.screenshot(path=out / f"case{suffix}.jpg", type="jpeg", quality=85)
    page.goto(page.url.partition("/cases/")[0] + "/cameras")
    time.sleep(4)
    page.screenshot(path=out / f"cameras{suffix}.jpg", type="jpeg", quality=85)


def newest_parking(page: Page) -> int:
    """Number of the newest case of illegal parking that has its clip; waits for one."""
    for _ in range(90):
        found: list[dict[str, int]] = page.evaluate(
            "fetch('/api/cases?scene=illegal_parking').then(answer => answer.json()).then(page => page.items)"
        )
        if found:
            return found[0]["id"]
        time.sleep(1)
    raise SystemExit("no case of illegal parking came; does the demo run?")


if __name__ == "__main__":
    main()

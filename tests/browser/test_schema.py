"""The page's types are generated from the committed interface description."""

import json
import subprocess
import sys

from tests.e2e.killable import ROOT


def test_the_committed_interface_is_what_the_hub_prints() -> None:
    """Otherwise the page is built against something else; renew it with the command in the message."""
    committed = ROOT / "hub/page/src/api/openapi.json"
    printed = subprocess.run(
        [sys.executable, "-m", "sharp_eyes.hub", "openapi"], capture_output=True, text=True, check=True, timeout=600
    )
    assert json.loads(committed.read_text(encoding="utf-8")) == json.loads(printed.stdout), (
        f"run: sharp-eyes-hub openapi > {committed.relative_to(ROOT)}"
    )

"""The page's types are generated from the committed interface description, and its forms ask for what the hub takes."""

import json
import re
import subprocess
import sys

import pytest
from tests.e2e.killable import ROOT

from sharp_eyes.contract.base import IDENTIFIER_PATTERN


def test_the_committed_interface_is_what_the_hub_prints() -> None:
    """Otherwise the page is built against something else; renew it with the command in the message."""
    committed = ROOT / "hub/page/src/api/openapi.json"
    printed = subprocess.run(
        [sys.executable, "-m", "sharp_eyes.hub", "openapi"], capture_output=True, text=True, check=True, timeout=600
    )
    assert json.loads(committed.read_text(encoding="utf-8")) == json.loads(printed.stdout), (
        f"run: sharp-eyes-hub openapi > {committed.relative_to(ROOT)}"
    )


@pytest.mark.parametrize(
    ("form", "field"),
    [("GatewayInvite", "gateway"), ("CameraLoginFields", "camera"), ("UnitsPanel", "unit-id")],
)
def test_forms_take_identifiers_as_the_contract_does(form: str, field: str) -> None:
    """Else the form lets through what the hub refuses, or the other way."""
    page = (ROOT / f"hub/page/src/admin/{form}.vue").read_text(encoding="utf-8")
    (asked,) = re.findall(rf'<input[^>]* name="{field}"[^>]*>', page)
    pattern, most = re.search(r'pattern="(.+?)"', asked), re.search(r'maxlength="(\d+)"', asked)
    assert pattern is not None
    assert most is not None
    for words in ("gate-1", "a_b", "7", "Gate-1", "gate.1", "-a", "路口", "", "x" * 63, "x" * 64):
        taken = re.fullmatch(pattern[1], words) is not None and len(words) <= int(most[1])
        assert taken == (re.fullmatch(IDENTIFIER_PATTERN, words) is not None), words

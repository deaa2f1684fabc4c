"""What no database can keep is found in a message's text as surely as among its values."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from sharp_eyes.hub.intake.parsing import is_doubtful, storage_fault


class _Numbers(BaseModel):
    whole: list[int]
    text: str = ""


@pytest.mark.parametrize(
    "value",
    ["2147483648", "-2147483648000", "1e10", "9.99e9", "12e8", '"1e10"', '"9876543210"', '" +9_876_543_210 "', "1E+12"],
)
def test_a_large_number_is_seen_however_it_is_written(value: str) -> None:
    """As a number or a text, with an exponent, a sign, underscores or blanks."""
    assert is_doubtful(f'{{"whole":[{value}]}}'.encode())
    assert is_doubtful(f'{{"whole": [ 1,{value}\n] }}'.encode())


@given(st.lists(st.integers(-(2**40), 2**40)), st.text(), st.booleans())
def test_what_is_not_doubtful_can_be_kept(whole: list[int], text: str, escaped: bool) -> None:
    """Whatever the values are, and whether their text is escaped or not."""
    payload = json.dumps({"whole": whole, "text": text}, ensure_ascii=escaped).encode(errors="replace")
    if not is_doubtful(payload):
        assert storage_fault(_Numbers.model_validate_json(payload).model_dump()) is None


def test_ids_sums_and_times_are_not_doubtful() -> None:
    """Nearly every message holds some."""
    said = {
        "id": "12345678-4e55-4e10-8e12-123456789012",
        "sha256": "ab" + "1234567890" * 6 + "cd",
        "time": "2026-11-27T23:56:33.123456Z",
        "score": 0.12345678901234,
        "small": 1e-07,
    }
    assert not is_doubtful(json.dumps(said).encode())

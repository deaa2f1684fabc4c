"""The one-time code: it survives being read out, and a slip is noticed before anything is sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharp_eyes.contract.base import ContractError
from sharp_eyes.contract.joining import FINGERPRINT_BYTES, JoinCode, Trust, secret_hash

CODES = st.one_of(
    st.builds(JoinCode, st.binary(min_size=10, max_size=10), st.sampled_from([Trust.PLAIN, Trust.SYSTEM])),
    st.builds(
        JoinCode,
        st.binary(min_size=10, max_size=10),
        st.just(Trust.AUTHORITY),
        st.binary(min_size=FINGERPRINT_BYTES, max_size=FINGERPRINT_BYTES),
    ),
)


@given(code=CODES)
def test_a_code_comes_back_as_it_was(code: JoinCode) -> None:
    """Also in lower case, without hyphens, and with the letters that are mistaken for digits."""
    text = str(code)
    assert JoinCode.parse(text) == code
    assert JoinCode.parse(f" {text.lower().replace('-', '')}\n") == code
    assert JoinCode.parse(text.replace("0", "O").replace("1", "l")) == code


@given(code=CODES, data=st.data())
def test_a_slip_is_noticed(code: JoinCode, data: st.DataObject) -> None:
    """One character another, or two neighbours exchanged, or the end left out."""
    letters = str(code).replace("-", "")
    place = data.draw(st.integers(0, len(letters) - 1))
    other = data.draw(st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
    slips = [letters[:place] + other + letters[place + 1 :], letters[:-1], letters[: len(letters) // 2]]
    for slip in slips:
        if slip == letters:
            continue
        try:
            read = JoinCode.parse(slip)
        except ContractError:
            continue
        # The last character's spare bits carry nothing.
        assert read == code


@pytest.mark.parametrize("text", ["", "-", "hello!", "ABC", "U" * 24, "0" * 23, "0" * 48])
def test_what_is_no_code_is_said(text: str) -> None:
    """With what to do."""
    with pytest.raises(ContractError, match="copy it whole"):
        JoinCode.parse(text)


def test_codes_are_never_the_same_and_their_hash_does_not_tell_them() -> None:
    """80 random bits."""
    codes = {JoinCode.new(Trust.AUTHORITY, bytes(32)).secret for _ in range(100)}
    assert len(codes) == 100
    code = JoinCode.new(Trust.PLAIN)
    assert code.secret_text not in secret_hash(code.secret_text)

"""What is kept for the workers is what pytest would have made, and only what is new is made."""

from pathlib import Path

import pytest
from _pytest.assertion import rewrite
from tests.rewriting import keep_rewritten, kept_in


def test_a_module_is_kept_rewritten_and_anew_once_it_has_changed(
    tmp_path: Path, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pytest reads it; what is kept already is left alone."""
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    file = tmp_path / "test_it.py"
    for text in ("def test_it():\n    assert 1 == 1\n", "def test_it():\n    assert 2 == 2\n"):
        file.write_text(text, encoding="utf-8")
        assert rewrite._read_pyc(file, kept_in(file)) is None
        keep_rewritten([file], pytestconfig)
        code = rewrite._read_pyc(file, kept_in(file))
        assert code is not None
        assert "@pytest_ar" in code.co_names
        written = kept_in(file).stat().st_mtime_ns
        keep_rewritten([file], pytestconfig)
        assert kept_in(file).stat().st_mtime_ns == written

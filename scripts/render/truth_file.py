"""Writes ground truth as JSON with one frame, object and event a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

LINED = ("frames", "objects", "events", "shares")


def write_truth_file(document: dict[str, Any], path: Path) -> None:
    """Write the whole file or nothing of it."""
    lines = []
    for key, value in document.items():
        if key in LINED:
            rows = ",\n  ".join(json.dumps(row, separators=(",", ":"), ensure_ascii=False) for row in value)
            lines.append(f'"{key}": [\n  {rows}\n]')
        else:
            lines.append(f'"{key}": {json.dumps(value, ensure_ascii=False)}')
    partial = path.with_suffix(".part")
    partial.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    partial.replace(path)

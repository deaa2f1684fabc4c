"""Reads server-sent events."""

import json
from collections.abc import Iterable, Iterator

from sharp_eyes.client.answers import Change


def read_changes(lines: Iterable[str]) -> Iterator[Change]:
    """Give each event of a stream's lines; comments, which only say that the line lives, are left out."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
            continue
        if "data" in fields:
            yield Change(id=fields.get("id", ""), topic=fields.get("event", ""), data=json.loads(fields["data"]))
        fields = {}

"""Turns a case's log of moves into typed lines, and back; used by the migration ``alarm_and_case`` alone.

It does not use the code of today: what that says of lines may change, what was migrated must not.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

Row = Mapping[Any, Any]

_BACK = {
    "reported": "opened",
    "alarm_updated": "updated",
    "alarm_ended": "closed",
    "alarm_joined": "storm",
    "filed": "file",
    "rejected": "reject",
    "dispatched": "dispatch",
    "accepted": "accept",
    "sent_back": "send_back",
    "handled": "handle",
    "looked_again": "look_again",
    "passed": "pass",
    "failed": "fail",
    "closed": "close",
}
_ENDS = {
    "closed": "closed",
    "force_closed": "closed",
    "rejected": "rejected",
    "voided": "rejected",
    "merged": "rejected",
}
_STATES = {
    "filed": "filed",
    "dispatched": "dispatched",
    "reassigned": "dispatched",
    "failed": "dispatched",
    "accepted": "accepted",
    "handled": "handled",
    "passed": "checked",
    "withdrawn": "filed",
    "sent_back": "filed",
    "reopened": "filed",
    **_ENDS,
}


def typed_lines(
    case: Row, log: Sequence[Row], alarms: Sequence[Row], questions: Sequence[Row]
) -> Iterator[dict[str, Any]]:
    """Turn a case's log into typed lines, oldest first; what an old line never said stays empty.

    ``alarms`` are the further events that joined, ``questions`` those to the camera, each in the order of time.
    """
    unit = ""
    asked = iter(questions)
    last_dispatch = max((row["id"] for row in log if row["move"] == "dispatch"), default=None)
    reported = False
    for row in log:
        if row["move"] == "opened" or not reported:
            # A log that does not begin with its event (it was made by hand) begins with a line of its own.
            yield _line(row, _reported(case, row))
            reported = True
            if row["move"] == "opened":
                continue
        if row["move"] == "dispatch":
            unit, _, note = row["note"].partition(": ")
            due = case["due_at"] if row["id"] == last_dispatch else None
            yield _line(row, _dispatched(unit, note, row["at"], due))
        elif row["move"] == "storm":
            for count, alarm in enumerate(alarms, start=2):
                yield _line(row, {"what": "alarm_joined", "alarm": str(alarm["event_id"]), "count": count})
        elif row["move"] == "look_again":
            question = next(asked, None)
            if question is not None:
                expires = question["expires_at"].isoformat()
                yield _line(
                    row, {"what": "looked_again", "question": str(question["command_id"]), "expires_at": expires}
                )
                if question["outcome"] is not None:
                    yield _answered(row, question)
        else:
            yield _line(row, _moved(row, unit, case))


def _line(row: Row, payload: dict[str, Any], at: datetime | None = None) -> dict[str, Any]:
    whole = {key: value for key, value in payload.items() if value not in ("", None, [], {})}
    return {"at": at or row["at"], "actor": row["actor"], "actor_kind": row["actor_kind"], "payload": whole}


def _reported(case: Row, row: Row) -> dict[str, Any]:
    spot = "/".join(case[name] for name in ("gateway", "camera", "scene", "zone"))
    known = {"what": "reported", "source": "camera", "grade": case["grade"], "area": case["area"], "spot": spot}
    return known | {"alarm": str(case["event_id"]), "text": row["note"] if row["move"] == "opened" else ""}


def _dispatched(unit: str, note: str, at: datetime, due: datetime | None) -> dict[str, Any]:
    limits = {}
    if due is not None and due > at:
        minutes = {"amount": max(1, round((due - at).total_seconds() / 60)), "unit": "minutes"}
        limits = {"handle": minutes, "unit": minutes}
    return {"what": "dispatched", "units": [unit], "text": note, "limits": limits}


def _answered(row: Row, question: Row) -> dict[str, Any]:
    said = {"what": "look_answered", "question": str(question["command_id"]), "outcome": question["outcome"]}
    line = _line(row, said | {"text": question["reason"]}, question["answered_at"])
    return line | {"actor": question["gateway"], "actor_kind": "camera"}


def _moved(row: Row, unit: str, case: Row) -> dict[str, Any]:
    move, text = row["move"], row["reason"] or row["note"]
    alarm = str(case["event_id"])
    known: dict[str, dict[str, Any]] = {
        "updated": {"what": "alarm_updated", "alarm": alarm, "text": text},
        "closed": {"what": "alarm_ended", "alarm": alarm, "text": text},
        "hold": {"what": "hold_set", "held": True, "text": text},
        "release": {"what": "hold_set", "held": False, "text": text},
        "file": {"what": "filed"},
        "reject": {"what": "rejected", "text": text},
        "accept": {"what": "accepted", "unit": unit},
        "send_back": {"what": "sent_back", "unit": unit, "text": text},
        "handle": {"what": "handled", "unit": unit, "text": text, "photos": list(row["photo_ids"])},
        "pass": {"what": "passed", "text": text},
        "fail": {"what": "failed", "text": text},
        "close": {"what": "closed", "text": text},
    }
    return known.get(move, {"what": "commented", "text": f"{move}: {text}".removesuffix(": ")})


def moves(log: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Turn typed lines into the log of moves that an earlier hub reads."""
    state: str | None = None
    for row in log:
        said = row["payload"]
        before, state = state, _STATES.get(row["what"], state or "reported")
        units = said.get("units", [said["to"]] if "to" in said else [])
        note = f"{units[0]}: {said.get('text', '')}".removesuffix(": ") if units else said.get("text", "")
        what = ("hold" if said["held"] else "release") if row["what"] == "hold_set" else row["what"]
        needs_reason = row["what"] in ("rejected", "failed", "sent_back", "hold_set")
        yield {
            "at": row["at"],
            "actor": row["actor"],
            "actor_kind": row["actor_kind"] if row["actor_kind"] != "timer" else "rule",
            "move": _BACK.get(what, what),
            "from_state": before,
            "to_state": state,
            "reason": (note if needs_reason else "") or said.get("reason", ""),
            "note": "" if needs_reason else note,
            "photo_ids": said.get("photos", []),
        }

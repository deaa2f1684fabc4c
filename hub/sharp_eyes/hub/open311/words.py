"""What a resident is told of a request, in plain words: nothing of units, people or reasons."""

from collections.abc import Mapping
from typing import Literal

from sharp_eyes.hub.lifecycle.model import State

Language = Literal["zh", "en"]

_STATES: Mapping[State, tuple[str, str]] = {
    State.REPORTED: ("已收到，等待受理", "Received; the office will look at it"),
    State.FILED: ("已受理，即将安排人员", "Taken up; somebody will be sent"),
    State.DISPATCHED: ("已安排人员处理", "Somebody has been told to deal with it"),
    State.ACCEPTED: ("正在处理", "Being dealt with"),
    State.HANDLED: ("已处理，正在核查", "Dealt with; being checked"),
    State.CHECKED: ("已核查，即将办结", "Checked; about to be closed"),
    State.CLOSED: ("已办结", "Done"),
    State.REJECTED: ("未予受理", "Not taken up"),
    State.VOIDED: ("已结束，未予处理", "Ended without work"),
    State.MERGED: ("与已有的问题一并处理", "Dealt with together with another report"),
}
NO_MEDIA_URL = ("不会下载 media_url；请用 media 字段上传照片", "media_url is not fetched; send the photo as 'media'")


def status_words(state: State, language: Language) -> str:
    """Say how it stands."""
    return said(_STATES[state], language)


def said(words: tuple[str, str], language: Language) -> str:
    """Pick the words of a language."""
    return words[0 if language == "zh" else 1]


def language_of(accepted: str) -> Language:
    """The language that a header ``Accept-Language`` asks for first; Chinese where it names another or none."""
    return "en" if accepted.strip().lower().startswith("en") else "zh"

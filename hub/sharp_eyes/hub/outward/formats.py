"""The formats in which a case's lines leave: what each says of some lines, and what it says to try the way."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.errors import UnsayableError
from sharp_eyes.hub.outward import cap, gb28181, onvif
from sharp_eyes.hub.outward.moments import Moment, Speaker


class Format(StrEnum):
    """The format of another system; each but CloudEvents says itself which lines it tells."""

    CLOUDEVENTS = "cloudevents"
    CAP = "cap"
    GB28181 = "gb28181"
    ONVIF = "onvif"


@dataclass(frozen=True, slots=True)
class Message:
    """What leaves for one line. ``id``: case number and sequence; ``body``: bytes of the media type."""

    id: str
    body: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A line that this format does not tell. ``why``: what is missing; empty where it has no word for such a line."""

    why: str = ""


MEDIA_TYPES = {Format.CAP: cap.MEDIA_TYPE, Format.GB28181: gb28181.MEDIA_TYPE, Format.ONVIF: onvif.MEDIA_TYPE}


def messages(
    form: Format, log: Iterable[Moment], wanted: Collection[int], city: CityPack, speaker: Speaker
) -> list[Message | Unsaid]:
    """Say some lines of a case, by their sequences, in their order; ``log``: from the beginning."""
    kept = list(log)
    warnings = cap.warnings(kept, city, speaker) if form is Format.CAP else {}
    found: list[Message | Unsaid] = []
    for moment in kept:
        if moment.entry.sequence not in wanted:
            continue
        try:
            body = warnings.get(moment.entry.sequence) if form is Format.CAP else _body(form, moment, city, speaker)
        except UnsayableError as error:
            found.append(Unsaid(str(error)))
        else:
            found.append(Unsaid() if body is None else Message(moment.identity, body, MEDIA_TYPES[form]))
    return found


def last_message(form: Format, log: Iterable[Moment], city: CityPack, speaker: Speaker) -> Message:
    """Say how a case stands: the last message that its lines make.

    Raises:
        UnsayableError: they make none.
    """
    if form is Format.CLOUDEVENTS:
        raise UnsayableError("a CloudEvent tells of one line of the log; webhooks send them")
    kept = list(log)
    said = messages(form, kept, {one.entry.sequence for one in kept}, city, speaker)
    found = [one for one in said if isinstance(one, Message)]
    if found:
        return found[-1]
    missing = next((one.why for one in said if isinstance(one, Unsaid) and one.why), "")
    raise UnsayableError(missing or _nothing(form, kept[-1], city))


def trial_message(form: Format, city: CityPack, speaker: Speaker, identity: str, moment: datetime) -> Message:
    """A message that tells of no case, to see whether it arrives.

    Raises:
        UnsayableError: the city pack lacks what it needs.
    """
    match form:
        case Format.CAP:
            body = cap.trial(city, speaker, identity, moment)
        case Format.GB28181:
            body = gb28181.trial(city)
        case _:
            body = onvif.trial(speaker, moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    return Message(identity, body, MEDIA_TYPES[form])


def _body(form: Format, moment: Moment, city: CityPack, speaker: Speaker) -> bytes | None:
    return gb28181.alarm(moment, city) if form is Format.GB28181 else onvif.event(moment, city, speaker)


def _nothing(form: Format, moment: Moment, city: CityPack) -> str:
    if form is not Format.CAP:
        return f"{moment.case.number} comes from no camera, and {form} tells of cameras' alarms alone"
    if city.outward.cap is None:
        return "the city pack says of nothing that the public is warned of it: add outward.cap"
    return f"{moment.case.number} never was what outward.cap of the city pack says the public is warned of"

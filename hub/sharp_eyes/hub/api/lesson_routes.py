"""False alarms by place, advice on thresholds, and their roll-out to gateways."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.api.audit_routes import Moment
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency, Person
from sharp_eyes.hub.api.lesson_schemas import (
    AdviceView,
    FalseAlarmCount,
    FalseAlarmCounts,
    ReasonCount,
    RevertBody,
    ThresholdBody,
)
from sharp_eyes.hub.api.record_routes import KEEPERS
from sharp_eyes.hub.api.settings_routes import SettingsChangeView, change_view, check_may_set
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.errors import RequestError, not_found
from sharp_eyes.hub.intake.camera_settings import newest_version
from sharp_eyes.hub.intake.liveness import area_of_camera
from sharp_eyes.hub.lessons.counts import Asked, Level, PlaceCounts, count_false_alarms
from sharp_eyes.hub.lessons.past_alarms import Threshold, find_advice, keys_of
from sharp_eyes.hub.lessons.rollout import revert, roll_out
from sharp_eyes.hub.lifecycle.acts import JUDGING
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

router = APIRouter(tags=["lessons"])
_USUAL, _LONGEST, _NOW = timedelta(days=30), timedelta(days=366), timedelta(microseconds=1)


@router.get("/false-alarms")
def get_false_alarms(
    hub: HubDependency,
    person: CurrentPerson,
    since: Annotated[Moment | None, Query(description="Alarms from this moment on; thirty days before 'until'")] = None,
    until: Annotated[Moment | None, Query(description="Alarms before this moment; now")] = None,
    by: Annotated[Level, Query(description="What one row stands for")] = "zone",
    gateway: Annotated[str | None, Query(max_length=100)] = None,
    camera: Annotated[str | None, Query(max_length=100)] = None,
    scene: SceneName | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> FalseAlarmCounts:
    """Count alarms by place and verdict, most false alarms first, of the cases that the asker may see."""
    with hub.read_only() as work:
        begin, end = _period(work.now, since, until)
        asked = Asked(begin, end, gateway, camera, scene)
        found, more = count_false_alarms(work, person.scope, asked, by, limit)
        items = [_counted(work.city, one) for one in found]
    return FalseAlarmCounts(since=begin, until=end, items=items, more=more)


@router.get("/cameras/{gateway}/{camera}/thresholds")
def get_threshold_advice(
    hub: HubDependency,
    person: CurrentPerson,
    gateway: str,
    camera: str,
    scene: SceneName,
    key: Annotated[str, Query(max_length=100, description="Number of the scene's settings, such as 'score'")],
    since: Annotated[Moment | None, Query(description="Alarms from this moment on; thirty days before 'until'")] = None,
    until: Annotated[Moment | None, Query(description="Alarms before this moment; now")] = None,
    may_lose: Annotated[int, Query(ge=0, le=1000, description="True cases that a proposal may lose")] = 0,
) -> AdviceView:
    """Say what higher thresholds would have changed: false alarms gone, and true ones lost, never the one alone.

    403 for all but shift leads and administrators; 422 no_threshold.
    """
    with hub.read_only() as work:
        _check_reader(work, person, gateway, camera)
        begin, end = _period(work.now, since, until)
        found = find_advice(work, Threshold(gateway, camera, scene, key), begin, end, may_lose)
        known = asdict(found)
        advice = known.pop("advice")
        place = {"gateway": gateway, "camera": camera, "scene": scene, "key": key, "since": begin, "until": end}
        return AdviceView.model_validate(
            {**known, **advice, **place, "newest_version": newest_version(work, gateway, camera)}
        )


@router.put("/cameras/{gateway}/{camera}/thresholds", status_code=202)
def put_threshold(
    body: ThresholdBody, hub: HubDependency, person: CurrentPerson, gateway: str, camera: str
) -> SettingsChangeView:
    """Set a threshold at the gateway, as a version of the camera's settings; the gateway checks it and answers.

    403 for all but administrators; 409 file_holds, no_settings, no_scene, changed_meanwhile; 422 no_threshold,
    reason_needed.
    """
    with hub.transaction() as work:
        check_may_set(work, person, gateway, camera)
        wanted = Threshold(gateway, camera, body.scene, body.key)
        return change_view(roll_out(work, person.origin, wanted, body.value, body.why, body.base_version))


@router.post("/cameras/{gateway}/{camera}/settings/revert", status_code=202)
def post_settings_revert(
    body: RevertBody, hub: HubDependency, person: CurrentPerson, gateway: str, camera: str
) -> SettingsChangeView:
    """Let what an earlier version set hold again, as a new version; the gateway checks it and answers.

    403 for all but administrators; 404 no such version; 409 file_holds, no_settings, changed_meanwhile; 422
    reason_needed.
    """
    with hub.transaction() as work:
        check_may_set(work, person, gateway, camera)
        origin = person.origin
        return change_view(revert(work, origin, gateway, camera, body.version, body.why, body.base_version))


def _check_reader(work: UnitOfWork, person: Person, gateway: str, camera: str) -> None:
    area = area_of_camera(work, gateway, camera)
    if area is None or not covers(person.area, area):
        raise not_found(f"camera {camera}")
    if person.me.role not in KEEPERS:
        raise RequestError(403, "not_allowed", "advice on thresholds is for shift leads and administrators")


def _period(now: datetime, since: datetime | None, until: datetime | None) -> tuple[datetime, datetime]:
    end = until or now + _NOW  # what comes now counts
    try:
        begin = since or end - _USUAL
    except OverflowError:
        raise RequestError(422, "invalid", "until: there are no thirty days before it; say 'since'") from None
    if not timedelta(0) < end - begin <= _LONGEST:
        raise RequestError(422, "invalid", f"'until' lies after 'since', by {_LONGEST.days} days at most")
    return begin, end


def _counted(city: CityPack, one: PlaceCounts) -> FalseAlarmCount:
    reasons = [ReasonCount(code=code, name=_name(city, code), cases=cases) for code, cases in one.reasons.items()]
    known = {name: getattr(one, name) for name in FalseAlarmCount.model_fields if name not in {"reasons", "keys"}}
    keys = [] if one.scene is None else list(keys_of(SceneName(one.scene)))
    return FalseAlarmCount.model_validate({**known, "reasons": reasons, "keys": keys})


def _name(city: CityPack, code: str) -> object:
    return next((known.name for move in JUDGING if (known := city.reason(move, code)) is not None), None)

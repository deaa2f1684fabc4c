"""Another threshold for one scene of a camera, over the road of all settings: a version that its gateway checks."""

import copy
from typing import Any

from sharp_eyes.hub.audit import Origin
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.intake.camera_settings import WAITING, change_settings, changes_of
from sharp_eyes.hub.lessons.past_alarms import Threshold, check_key
from sharp_eyes.hub.store.tables import CameraSettings, SettingsChange
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def roll_out(
    work: UnitOfWork, by: Origin, threshold: Threshold, value: float, why: str, base_version: int | None
) -> SettingsChange:
    """Set one number of one scene; everything else that the hub or the file has set stays.

    Raises:
        RequestError: 404, 409 and 422 as any change of settings; 409 ``no_scene`` where the camera does not watch for
            it; 422 ``reason_needed``, ``no_threshold``.
    """
    check_key(threshold.scene, threshold.key)
    if not why.strip():
        raise RequestError(422, "reason_needed", "say why the threshold is changed")
    gateway, camera = threshold.gateway, threshold.camera
    known = work.session.get(CameraSettings, (gateway, camera))
    changed: dict[str, Any] = {} if known is None else dict(known.changed)
    newest = next(iter(changes_of(work, gateway, camera, 1)), None)
    if newest is not None and newest.state == WAITING:
        # What waits to be taken is part of what this is made from: it must not fall away with it.
        changed = dict(newest.settings)
    settings = {} if known is None else known.settings
    scenes = copy.deepcopy(changed.get("scenes", settings.get("scenes") or []))
    if known is not None:
        _set(scenes, threshold, value)
    return change_settings(work, by, gateway, camera, changed | {"scenes": scenes}, base_version, why.strip())


def revert(
    work: UnitOfWork, by: Origin, gateway: str, camera: str, version: int, why: str, base_version: int | None
) -> SettingsChange:
    """Let what an earlier version set hold again, as a new version; 0 gives the camera back to its gateway's file.

    Raises:
        RequestError: as any change of settings; 404 where there is no such version; 422 ``reason_needed``.
    """
    if not why.strip():
        raise RequestError(422, "reason_needed", "say why an earlier version is to hold again")
    settings: dict[str, Any] = {}
    if version:
        row = next((one for one in changes_of(work, gateway, camera, _MOST) if one.version == version), None)
        if row is None:
            raise RequestError(404, "not_found", f"camera {gateway}/{camera} has no version {version}")
        settings = dict(row.settings)
    said = f"back to version {version}: {why.strip()}"
    return change_settings(work, by, gateway, camera, settings, base_version, said)


_MOST = 1000


def _set(scenes: list[Any], threshold: Threshold, value: float) -> None:
    own = [one for one in scenes if isinstance(one, dict) and one.get("scene") == threshold.scene.value]
    if not own:
        place = f"camera {threshold.gateway}/{threshold.camera}"
        raise RequestError(409, "no_scene", f"{place} does not watch for {threshold.scene}")
    for scene in own:
        scene[threshold.key] = value

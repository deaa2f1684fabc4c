"""A street's ten scenes: a camera's alarm, warning by grade, a unit on the spot, and the camera looks again."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from sharp_eyes.contract.event import Grade, SceneName
from sharp_eyes.hub.demo.stories.acts import is_told
from sharp_eyes.hub.demo.stories.cameras import CAMERAS, looks_again, sees
from sharp_eyes.hub.demo.stories.cast import CAMERA, CHECKER, CLERK, DISPATCHER, SHIFT_LEAD, of_unit
from sharp_eyes.hub.demo.stories.story import Play, Step, Story, expect, expect_same
from sharp_eyes.hub.lifecycle.roles import Role

APART = 2.0
"""Minutes between two cameras' alarms."""

WARNED = {
    Grade.ORDINARY: (Role.CLERK,),
    Grade.SERIOUS: (Role.CLERK, Role.DISPATCHER),
    Grade.MAJOR: (Role.CLERK, Role.DISPATCHER, Role.SHIFT_LEAD, Role.LEADER),
}
"""The three levels of warning: who is told at once of a case of each grade."""


@dataclass(frozen=True, slots=True)
class _Scene:
    """What one camera sees, how grave it is, and who goes there."""

    scene: SceneName
    grade: Grade
    unit: str
    zh: str
    en: str


SCENES = (
    _Scene(SceneName.ILLEGAL_PARKING, Grade.ORDINARY, "traffic-police", "机动车违停", "A car where none may stand"),
    _Scene(SceneName.BIKE_CLUTTER, Grade.ORDINARY, "city-management", "共享单车乱停放", "A heap of shared bikes"),
    _Scene(SceneName.GREENERY_DAMAGE, Grade.ORDINARY, "parks", "绿化带破损", "Damaged greenery"),
    _Scene(SceneName.EBIKE_STAIRWELL, Grade.SERIOUS, "property-management", "电动车进楼", "An e-bike in the stairwell"),
    _Scene(SceneName.GAS_CYLINDER, Grade.SERIOUS, "gas-company", "燃气瓶违规", "A gas cylinder where none may be"),
    _Scene(SceneName.SMOKE, Grade.MAJOR, "fire-brigade", "烟雾火情", "Smoke"),
    _Scene(SceneName.FIRE_LANE_BLOCKED, Grade.SERIOUS, "property-management", "消防通道占用", "A blocked fire lane"),
    _Scene(SceneName.WATERLOGGING, Grade.SERIOUS, "drainage", "道路积水", "Water on the road"),
    _Scene(SceneName.PERIMETER_INTRUSION, Grade.MAJOR, "police-station", "周界入侵", "Somebody over the fence"),
    _Scene(SceneName.FALLING_OBJECT, Grade.MAJOR, "property-management", "高空抛物", "Something thrown from a tower"),
)


def _sees(one: _Scene, play: Play) -> None:
    """The camera raises the alarm; those of its grade are told at once, and nobody else."""
    event = play.keep(f"{one.scene} event", sees(play, one.scene, one.grade))
    found = next(play.stage.client(SHIFT_LEAD).cases(camera=CAMERAS[one.scene], limit=1))
    expect_same(found["event_id"], str(event), f"the alarm of the case of {one.scene}")
    play.keep("case", play.keep(one.scene, found.id))
    told = {role for role in WARNED[Grade.MAJOR] if is_told(play, role, found.id, "reported")}
    expect_same(told, set(WARNED[one.grade]), f"who was told of {one.scene}, {one.grade}")


def _is_sent(one: _Scene, play: Play) -> None:
    """What the rules have not done by themselves the centre does: file it, and send a unit."""
    case = play.stage.client(CLERK).case(play.kept[one.scene])
    if case.state == "reported":
        case = play.stage.client(CLERK).move(case.id, "file")
    if case.state == "filed":
        case = play.stage.client(DISPATCHER).move(case.id, "dispatch", unit=one.unit)
    expect_same((case.state, case.unit), ("dispatched", one.unit), f"the case of {one.scene} once it is sent")


def _is_there(one: _Scene, play: Play) -> None:
    unit = play.stage.client(of_unit(one.unit))
    unit.move(play.kept[one.scene], "accept")
    unit.move(play.kept[one.scene], "arrive")


def _is_handled(one: _Scene, play: Play) -> None:
    """The unit is done, with a photo; the camera is asked, by the rule or by the checker."""
    unit, case = play.stage.client(of_unit(one.unit)), play.kept[one.scene]
    photo = unit.add_photo(case, play.stage.picture(one.scene), moment="after")
    done = unit.move(case, "handle", note="done", photo_ids=[photo])
    expect_same(done.state, "handled", f"the case of {one.scene} once it is done")
    if "looked_again" not in done.lines:
        play.stage.client(CHECKER).move(case, "look_again")


def _is_closed(one: _Scene, play: Play) -> None:
    """The camera sees nothing more: the case closes by itself, or the checker and the shift lead close it."""
    looks_again(play, play.kept[f"{one.scene} event"])
    checker = play.stage.client(CHECKER)
    case = checker.case(play.kept[one.scene])
    if case.state == "handled":
        expect_same(case["look_again"]["draft"], "pass", f"the draft after the second look at {one.scene}")
        case = checker.move(case.id, "pass")
    if case.state == "checked":
        case = play.stage.client(SHIFT_LEAD).move(case.id, "close")
    expect_same(case.state, "closed", f"the case of {one.scene} at the end")
    pictures = {file["kind"] for file in case["evidence"]}
    expect({"full", "photo", "after"} <= pictures, f"of {one.scene} there are the pictures {sorted(pictures)} only")


def _steps(one: _Scene, begin: float) -> Iterator[Step]:
    """What happens with one scene, from its minute on."""
    unit = of_unit(one.unit)
    parts = (
        (0.0, CAMERA, f"{one.zh}：摄像机告警，按级别预警", f"{one.en}: the camera's alarm, told by its grade", _sees),
        (1.0, DISPATCHER, f"{one.zh}：立案、派单", f"{one.en}: filed and sent", _is_sent),
        (1.5, unit, f"{one.zh}：签收、到场", f"{one.en}: the unit is there", _is_there),
        (9.0, unit, f"{one.zh}：处置完成，照片回传", f"{one.en}: done, with a photo", _is_handled),
        (10.0, CAMERA, f"{one.zh}：摄像机复核，结案", f"{one.en}: the camera looks again; closed", _is_closed),
    )
    for after, who, zh, en, does in parts:
        yield Step(begin + after, who, zh, en, partial(does, one))


STORY = Story(
    "ten-scenes",
    "一条街的十个场景",
    "A street's ten scenes",
    tuple(
        sorted(
            (step for number, one in enumerate(SCENES) for step in _steps(one, number * APART)),
            key=lambda step: step.minute,
        )
    ),
)

"""A parked car: a grid worker sees it, the traffic police are sent, a photo comes back, and it is closed."""

from sharp_eyes.hub.demo.stories.acts import case_seen, expect_lines, handles, moves, reports, takes
from sharp_eyes.hub.demo.stories.cast import CHECKER, GRID_WORKER, of_unit
from sharp_eyes.hub.demo.stories.story import Play, Step, Story, expect_same

_POLICE = of_unit("traffic-police")


def _seen_on_the_phone(play: Play) -> None:
    task = next(task for task in play.stage.client(_POLICE).tasks() if task.case.id == play.case)
    expect_same(task["place"]["of"], "report", "whose place the task shows")
    expect_same(task.case["picture_id"], str(play.kept["report_photo"]), "the photo of the task")
    takes(_POLICE)(play)


def _closed(play: Play) -> None:
    case = play.stage.client(CHECKER).move(play.case, "pass")
    expect_same((case.state, case.late_since), ("closed", None), "the case at the end")
    done = ("reported", "filed", "dispatched", "accepted", "arrived", "handled", "passed", "closed")
    expect_lines(case_seen(play, CHECKER), done)


def _mine(play: Play) -> None:
    mine = next(one for one in play.stage.client(GRID_WORKER).my_reports() if one.key == play.kept["report"])
    expect_same(mine.state, "closed", "what the grid worker's list says")


STORY = Story(
    "parked-car",
    "一辆乱停的车",
    "A parked car",
    (
        Step(
            0,
            GRID_WORKER,
            "网格员看到面包车堵在 7 号院门口，拍照、定位、上报",
            "The grid worker sees a van across the gate of No. 7 and reports it with photo and place",
            reports(GRID_WORKER, "grid_worker", "parked_car", "A van across the gate of No. 7"),
        ),
        Step(
            4,
            _POLICE,
            "中心立案并派给交警；交警在手机上看到照片和位置，签收",
            "The centre has filed and sent it; the traffic police see photo and place on the phone and take it",
            _seen_on_the_phone,
        ),
        Step(9, _POLICE, "交警到场", "They are on the spot", moves(_POLICE, "arrive", "accepted")),
        Step(
            15,
            _POLICE,
            "车已驶离，交警拍照回传",
            "The van is gone; the photo goes back",
            handles(_POLICE, "moved", "handled"),
        ),
        Step(16, CHECKER, "核查员比对前后照片，通过并结案", "The checker compares both photos; it is closed", _closed),
        Step(17, GRID_WORKER, "网格员的清单里显示“已结案”", "The grid worker's list says: closed", _mine),
    ),
)

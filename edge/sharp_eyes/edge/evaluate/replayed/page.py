"""Writes ``report.html`` of a replay: one file that needs nothing else."""

from importlib.resources import files
from pathlib import Path

import jinja2
from markupsafe import Markup

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.events.page.making import scene_name
from sharp_eyes.edge.evaluate.page.charts import colour_of
from sharp_eyes.edge.evaluate.page.making import both
from sharp_eyes.edge.evaluate.replayed.course import Course
from sharp_eyes.edge.evaluate.replayed.drawing import main_measure, of_place, of_scores

WORDS: dict[str, tuple[str, str]] = {
    "title": ("Replay", "回放"),
    "seconds": ("seconds", "秒"),
    "frames": ("frames", "帧"),
    "looks": ("looks", "次巡检"),
    "events": ("Events", "事件"),
    "none": ("No event was raised.", "没有事件。"),
    "alarm": ("alarm at", "报警时刻"),
    "from": ("since", "始于"),
    "open": ("still open at the end", "结束时仍未解除"),
    "over": ("over at", "解除于"),
    "unmeasured": ("not measured on real pictures", "未在真实图像上评测"),
    "timeline": ("Along the time", "时间线"),
    "timeline_long": (
        "The line is what one look measures in the zone, the dashed line its limit. Below, events: pale from the begin "
        "of the condition, full from the alarm on. A scene without a line measures over many looks or frames.",
        "曲线为每次巡检在区域内的测量值，虚线为限值；下方为事件：浅色自情形开始，深色自报警起。没有曲线的场景须多次巡检或逐帧才能测量。",
    ),
    "scores": ("Best score of each class", "各类别最高得分"),
}


def write_page(course: Course, out: Path) -> Path:
    """Write the page into the folder; returns its path.

    Raises:
        ConfigError: when it cannot be written.
    """
    path = out / "report.html"
    try:
        path.write_text(page_of(course), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    return path


def page_of(course: Course) -> str:
    """The whole page as HTML."""
    surroundings = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = surroundings.from_string(
        (files("sharp_eyes.edge.evaluate.replayed") / "replay.html.j2").read_text(encoding="utf-8")
    )
    places = [
        {
            "scene": scene,
            "zone": zone,
            "measure": main_measure(course.stands[scene, zone]) if course.stands.get((scene, zone)) else "",
            "svg": of_place(course, (scene, zone)),
        }
        for scene, zone in course.places
    ]
    return template.render(
        style=Markup((files("sharp_eyes.edge.evaluate.page") / "style.css").read_text(encoding="utf-8")),
        course=course,
        spans=list(course.spans.values()),
        places=places,
        scores=of_scores(course) if course.scores else None,
        legend=[(name, colour_of(number)) for number, name in enumerate(course.scores)],
        word=lambda key: both(*WORDS[key]),
        scene_name=scene_name,
    )

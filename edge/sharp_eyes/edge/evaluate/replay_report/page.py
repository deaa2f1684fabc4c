"""Writes ``report.html`` of a replay: one file that needs nothing else."""

from pathlib import Path

from sharp_eyes.edge.evaluate.events.page import scene_name
from sharp_eyes.edge.evaluate.replay_report.drawing import main_measure, of_place, of_scores
from sharp_eyes.edge.evaluate.replay_report.timeline import ReplayTimeline
from sharp_eyes.edge.evaluate.report.charts import colour_of
from sharp_eyes.edge.evaluate.report.files import write_files
from sharp_eyes.edge.evaluate.report.page import render
from sharp_eyes.edge.evaluate.report.words import Words

WORDS: Words = {
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


def write_page(timeline: ReplayTimeline, out: Path) -> Path:
    """Write the page into the folder; returns its path.

    Raises:
        ConfigError: when it cannot be written.
    """
    write_files(out, {"report.html": page_of(timeline)})
    return out / "report.html"


def page_of(timeline: ReplayTimeline) -> str:
    """The whole page as HTML."""
    places = [
        {
            "scene": scene,
            "zone": zone,
            "measure": main_measure(timeline.stands[scene, zone]) if timeline.stands.get((scene, zone)) else "",
            "svg": of_place(timeline, (scene, zone)),
        }
        for scene, zone in timeline.places
    ]
    return render(
        "sharp_eyes.edge.evaluate.replay_report",
        "replay.html.j2",
        WORDS,
        timeline=timeline,
        spans=list(timeline.spans.values()),
        places=places,
        scores=of_scores(timeline) if timeline.scores else None,
        legend=[(name, colour_of(number)) for number, name in enumerate(timeline.scores)],
        scene_name=scene_name,
    )

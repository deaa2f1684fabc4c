"""Every word of the stress run's page, in English and Chinese."""

from sharp_eyes.edge.evaluate.report.words import SHARED, Words

WORDS: Words = SHARED | {
    "title": ("Stress run on ordinary footage", "日常画面压力测试"),
    "real": ("Real footage", "真实视频"),
    "rendered": ("Rendered footage", "渲染视频"),
    "alarms": ("Alarms", "报警"),
    "played_hours": ("Played, camera-hours", "播放（摄像机小时）"),
    "per_played_hour": ("Alarms / hour played", "报警／播放小时"),
    "distinct": ("Distinct alarms", "不重复报警"),
    "footage_hours": ("Different footage, hours", "不同画面（小时）"),
    "per_footage_hour": ("Distinct / footage-hour", "不重复报警／画面小时"),
    "how": ("How to read it", "如何解读"),
    "how_long": (
        "Each clip is played to and fro, so that nothing jumps at its end. Passes over the same footage are not "
        "independent of each other: they show what builds up in time, such as a dwell, but are no new street. So the "
        "interval rests on the alarms without their repeats (the same scene and zone within 5 s of the recording in "
        "another pass) and on the hours of different footage, as if alarms were independent (exact Poisson). On the "
        "way back time runs backwards: what rises falls there. An alarm may be right: look at its picture.",
        "每段视频来回播放，首尾不跳变。对同一画面的多次播放并非相互独立：它能显示随时间累积的情形（如停留时限），但不是新的街景。"
        "因此区间只依据不重复的报警（其他遍中，同场景、同区域、画面位置相差 5 秒以内视为重复）与不同画面的时长，"
        "并视各次报警相互独立（泊松精确法）。倒放时时间反向：上升者变为下落。报警未必都错，请看图判断。",
    ),
    "settings_default": ("default settings on the whole picture", "默认设置，整幅画面"),
    "settings_own": ("the suite's own settings", "测试集自带设置"),
    "alarm_pictures": ("Each alarm", "逐条报警"),
    "alarm_pictures_long": (
        "The frame at the alarm; in red what it is about. First those that are no repeats.",
        "报警时刻的画面，红色为报警对象；不重复者在前。",
    ),
    "at": ("at", "位置"),
    "of_the_clip": ("s of the clip", "秒（视频内）"),
    "backward": ("played backwards", "倒放中"),
    "repeat": ("repeat", "重复"),
    "pass": ("pass", "第几遍"),
    "seconds": ("Seconds", "秒"),
    "played": ("Played, s", "播放（秒）"),
    "passes": ("Passes", "遍数"),
    "looks": ("Looks", "巡检次数"),
    "not_ordinary": (
        "Left out, for something is expected in them:",
        "以下视频中有应有事件，不属于日常画面，未播放：",
    ),
    "too_short": (
        "could raise nothing in so many clips, which do not count for it; seconds that it needs:",
        "在以下数量的视频中不可能报警，这些视频不计入该场景；所需秒数：",
    ),
}

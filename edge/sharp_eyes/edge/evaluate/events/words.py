"""Every word of the page, in English and Chinese."""

from sharp_eyes.edge.evaluate.report.words import SHARED, Words

WORDS: Words = SHARED | {
    "title": ("Event evaluation", "事件评测"),
    "real": ("Real clips", "真实视频"),
    "rendered": ("Rendered clips", "渲染视频"),
    "variant": ("Variant", "方案"),
    "expected": ("Expected", "应有事件"),
    "hit": ("Hits", "命中"),
    "miss": ("Misses", "漏报"),
    "false_alarm": ("False alarms", "误报"),
    "duplicate": ("Duplicates", "重复"),
    "precision": ("Precision, 95 %", "精确率（95%）"),
    "recall": ("Recall, 95 %", "召回率（95%）"),
    "late": ("Time to alert, s (p50 / p95)", "报警延迟（秒，中位/95 分位）"),
    "waited": ("From the begin, s (p50 / p95)", "距开始（秒，中位/95 分位）"),
    "within_look": ("Within one look", "一次巡检内"),
    "grades": ("Grade agrees", "级别一致"),
    "false_rate": ("False alarms / camera-hour", "误报／摄像机小时"),
    "duplicate_rate": ("Duplicates / camera-hour", "重复／摄像机小时"),
    "hours": ("Camera-hours", "摄像机小时"),
    "difference": (
        "From the second variant on, the difference to the first stands in brackets.",
        "自第二个方案起，括号内为与第一个方案之差。",
    ),
    "cases_long": (
        "The frame at the alarm, or in the middle of what was missed: zones in blue (docks and ignored areas in grey), "
        "what the event is about in red.",
        "报警时刻（漏报则为应报时段中部）的画面：蓝色为区域（灰色为停放点与忽略区），红色为事件对象。",
    ),
    "grade": ("grade", "级别"),
    "trap": ("fell for", "误认"),
    "alarm_at": ("alarm at", "报警时刻"),
    "span": ("from–to", "起止"),
    "lateness": ("late by", "延迟"),
    "timeline": ("Timelines", "时间线"),
    "timeline_long": (
        "Above: expected events (green) and traps (grey, dashed). Below, one line a variant: events, pale until the "
        "alarm; green hit, red false alarm, orange duplicate. A red frame is a miss.",
        "上：应有事件（绿）与干扰项（灰，虚线）。下：各方案的事件，报警前为浅色；绿为命中，红为误报，橙为重复。红框为漏报。",
    ),
    "seconds": ("Seconds", "秒"),
    "frames": ("Frames", "帧数"),
    "looks": ("Looks", "巡检次数"),
    "traps": ("Traps", "干扰项"),
    "how": ("How it is measured", "如何计算"),
    "how_long": (
        "An event is matched with an expected one of its scene and zone when its alarm is given from some seconds "
        "before its begin to as long after its end; one to one, most pairs first, then the greatest overlaps. What is "
        "left over is a duplicate or a false alarm, and both count against the precision. The time to alert counts "
        "from the moment at which the rule could first hold: the begin and the dwell. Intervals: score method for "
        "shares, exact Poisson for rates.",
        "事件与同一场景、同一区域的应有事件匹配，条件是报警落在其起止时刻前后若干秒之内；一一对应，先取匹配数最多、再取重叠最大者。"
        "未匹配的事件为重复或误报，两者都计入精确率。报警延迟自规则首次可成立之时（开始时刻加停留时限）起算。"
        "区间：比例用 Wilson 法，比率用泊松精确法。",
    ),
    "tolerance": ("tolerance, s", "容差（秒）"),
    "not_judged_long": (
        "These clips stand in no figure. The reason is the reader's own message.",
        "以下视频未计入任何指标；原因为读取程序的原文提示。",
    ),
}

SCENES: Words = {
    "illegal_parking": ("illegal parking", "机动车违停"),
    "bike_clutter": ("bike clutter", "共享单车乱停放"),
    "greenery_damage": ("greenery damage", "绿化带破损"),
    "ebike_stairwell": ("e-bike in a stairwell", "电动车进楼"),
    "gas_cylinder": ("gas cylinder", "燃气瓶违规"),
    "smoke": ("smoke or flame", "烟雾火情"),
    "fire_lane_blocked": ("blocked fire lane", "消防通道占用"),
    "waterlogging": ("waterlogging", "道路积水"),
    "perimeter_intrusion": ("perimeter intrusion", "周界入侵"),
    "falling_object": ("falling object", "高空抛物"),
}

REMARKS: Words = {
    "too_short": (
        "the clip lasts {seconds:.1f} s, the scene can raise nothing before {wanted:g} s: no event and no false alarm "
        "can come of it; take a longer clip, or a shorter dwell",
        "视频长 {seconds:.1f} 秒，而该场景至少需 {wanted:g} 秒才能报警：既不会有事件也不会有误报；"
        "请用更长的视频，或缩短停留时限",
    ),
    "due_after_end": (
        "what is expected can be raised only from {wanted:.1f} s on, the clip ends at {seconds:.1f} s: it will "
        "count as missed; take a longer clip, or a shorter dwell",
        "应有事件最早于 {wanted:.1f} 秒才可报警，而视频在 {seconds:.1f} 秒结束，将计为漏报；"
        "请用更长的视频，或缩短停留时限",
    ),
    "cut_off": (
        "the recording says that it lasts {wanted:.1f} s, its pictures end at {seconds:.1f} s: the rest cannot be "
        "decoded",
        "视频自称长 {wanted:.1f} 秒，可解码的画面止于 {seconds:.1f} 秒，其余无法解码",
    ),
}
"""What limits a clip, by the remark's sort."""

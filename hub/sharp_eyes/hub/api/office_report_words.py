"""Words of the office's report for its workbook, in Chinese and English."""

from sharp_eyes.hub.areas.figure_facts import Fact

Words = tuple[str, str]

WORDS: dict[str, Words] = {
    "title": ("考核统计报表", "Office report"),
    "summary": ("总览", "Summary"),
    "by_area": ("按区域", "By area"),
    "by_unit": ("单位排名", "Units ranked"),
    "by_scene": ("按场景", "By scene"),
    "by_source": ("按来源", "By source"),
    "by_camera": ("按摄像机", "By camera"),
    "formulas": ("指标公式", "Formulas"),
    "period": ("统计期", "Period"),
    "before": ("上期", "Period before"),
    "area": ("区域", "Area"),
    "goes_on": ("统计期未结束，统计至上述末日", "The period goes on; counted until the last day above"),
    "figure": ("指标", "Figure"),
    "count": ("分子", "Count"),
    "of": ("分母", "Of"),
    "percent": ("本期", "Period"),
    "percent_before": ("上期", "Before"),
    "count_before": ("上期分子", "Count before"),
    "of_before": ("上期分母", "Of, before"),
    "reported": ("上报案件", "Reported"),
    "due": ("应结案件", "Due"),
    "response": ("平均响应用时（分钟）", "Mean response (minutes)"),
    "handling": ("平均处置用时（分钟）", "Mean handling (minutes)"),
    "score": ("综合得分", "Score"),
    "rank": ("名次", "Place"),
    "name": ("名称", "Name"),
    "itself": ("（本级）", " itself"),
    "numerator": ("分子", "Numerator"),
    "denominator": ("分母", "Denominator"),
    "by_day": ("归入统计期的日期", "Day that counts"),
    "day_due": ("处置截止日", "due"),
    "day_reported": ("上报日", "reported"),
    "better": ("方向", "Good is"),
    "high": ("越高越好", "high"),
    "low": ("越低越好", "low"),
    "weight": ("权重", "Weight"),
    "fact": ("统计口径", "Fact"),
    "meaning": ("含义", "Meaning"),
    "or": ("或", " or "),
    "without": ("，不含", ", without "),
}

FACTS: dict[Fact, tuple[Words, Words]] = {
    Fact.REPORTED: (("上报", "reported"), ("全部案件", "every case")),
    Fact.FILED: (("立案", "filed"), ("已立案，或已派遣", "filed, or sent to a unit")),
    Fact.DISPATCHED: (("派遣", "dispatched"), ("已派给单位", "a unit was sent")),
    Fact.DUE: (
        ("应结", "due"),
        ("有处置时限，且未作废、未不予立案、未并案", "has a deadline for its handling; not voided, rejected or merged"),
    ),
    Fact.HANDLED: (("处置完成", "handled"), ("单位报告处置完成", "the units say that it is done")),
    Fact.CLOSED: (("结案", "closed"), ("已结案", "closed")),
    Fact.CLOSED_IN_TIME: (
        ("按期结案", "closed in time"),
        ("已结案，且处置时限从未超过", "closed, and the deadline for its handling was never missed"),
    ),
    Fact.EXTENDED: (("延期", "extended"), ("至少一次批准延期", "more time was granted at least once")),
    Fact.SUSPENDED: (("挂账", "suspended"), ("曾经挂账", "its clocks were paused")),
    Fact.REWORKED: (("返工", "reworked"), ("核查至少一次未通过", "a check failed at least once")),
    Fact.REOPENED: (("重新打开", "reopened"), ("结束后又重新打开", "opened again after its end")),
    Fact.EXEMPTED: (("申诉成立", "exempted"), ("超期申诉成立", "an appeal against a lateness was granted")),
    Fact.FALSE_ALARM: (("误报", "false alarm"), ("判为摄像机误报", "the camera was wrong")),
    Fact.MERGED: (("并案", "merged"), ("并入另一案件", "it was the same as another case")),
    Fact.RESPONDED: (("响应", "answered"), ("有单位签收", "a unit said that it has it")),
    Fact.RESPONDED_IN_TIME: (
        ("按时响应", "answered in time"),
        ("有单位签收，且没有单位超过签收时限", "a unit said that it has it, and none missed its time for saying so"),
    ),
    Fact.RATED: (("评价", "rated"), ("有评价", "somebody rated it")),
    Fact.SATISFIED: (("满意", "satisfied"), ("评价四星或五星", "rated with four or five stars")),
    Fact.CALLBACK_DUE: (
        ("应回访", "to be called back"),
        ("已结束，须向上报人回访", "it has ended, and whoever reported it is to hear what has become of it"),
    ),
    Fact.CALLED_BACK: (("已回访", "called back"), ("上报人均已回访", "all who reported it have heard")),
    Fact.CALLED_BACK_IN_TIME: (
        ("按时回访", "called back in time"),
        ("上报人均已在回访时限内回访", "all who reported it have heard, none later than the limit"),
    ),
    Fact.CALLER_RATED: (("回访有评价", "rated by callers"), ("须回访且有评价", "to be called back, and rated")),
    Fact.CALLER_SATISFIED: (
        ("回访满意", "callers satisfied"),
        ("须回访且评价四星或五星", "to be called back, and rated with four or five stars"),
    ),
}
"""What each fact is called, and what it means."""

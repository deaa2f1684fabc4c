"""Every word of the page, in English and Chinese."""

from sharp_eyes.edge.evaluate.report.words import SHARED, Words

WORDS: Words = SHARED | {
    "title": ("Detector evaluation", "检测模型评测"),
    "not_on_real_long": (
        "No labelled real object of these classes was among the data. Figures on rendered pictures say nothing "
        "about a real street.",
        "数据中没有这些类别的真实标注目标。渲染图像上的数字不能说明真实街道上的表现。",
    ),
    "summary": ("Figures by class", "分类别指标"),
    "by_source": ("By source", "分数据来源"),
    "objects": ("Objects", "目标数"),
    "ap50": ("AP50", "AP50"),
    "ap50_95": ("AP50-95", "AP50-95"),
    "threshold": ("Threshold", "阈值"),
    "false_frames": ("False frames in 200", "每 200 帧误报帧"),
    "few": ("few", "样本少"),
    "few_long": ("fewer than 50 objects: see how wide the interval is", "目标不足 50 个：请看区间有多宽"),
    "negatives": ("Looks without an object", "无目标画面"),
    "negatives_long": (
        "Pictures and clips that hold none of these classes. Each figure is the number of looks, reckoned for 200, "
        "in which the class was found all the same; small below it the 95 % interval, as if looks were independent.",
        "不含这些类别的图像和录像。数字为折算到每 200 帧中仍检出该类别的帧数；"
        "下方小字为 95% 置信区间（视各帧相互独立）。",
    ),
    "looks": ("Looks", "帧数"),
    "any": ("Any", "任一类"),
    "kind": ("Kind", "种类"),
    "curves": ("Precision over recall", "精确率—召回率曲线"),
    "curves_long": (
        "At an overlap of 0.5. The dot is the threshold. The curve is the best that can still be had from that recall "
        "on, so the dot may lie below it. A curve that ends early never finds the rest.",
        "重叠度 0.5。圆点为阈值处；曲线为该召回率及以上可达到的最高精确率，故圆点可能略低于曲线。"
        "曲线提前结束，表示其余目标从未检出。",
    ),
    "reliability": ("Reliability of the scores", "置信度可靠性图"),
    "reliability_long": (
        "Of all detections with about this score, what share meets an object, with its 95 % interval. On the dashed "
        "line a score means what it says; above it the network is too modest, below it too sure. The error is the "
        "mean distance from that line, over the detections with a score of 0.1 or more.",
        "在该分值附近的全部检出中，命中目标的比例及其 95% 置信区间。虚线上表示分值名副其实；"
        "高于虚线为过于保守，低于虚线为过于自信。"
        "误差为到虚线距离的加权平均，只计分值不低于 0.1 的检出。",
    ),
    "score": ("Score", "分值"),
    "calibration_error": ("calibration error", "校准误差"),
    "detections": ("detections", "检出数"),
    "budget": ("Thresholds for a budget of false alarms", "按误报预算选取的阈值"),
    "budget_long": (
        "Least threshold from which on the budget is kept in the looks without an object, and the recall that is left. "
        "Likely: as counted. Sure: with all that the exact 95 % interval leaves open. In time a false alarm is a run "
        "of looks in a row; the interval takes alarms for independent, those of one clip are not. The threshold was "
        "chosen on these very looks: try it on others before you trust it.",
        "在无目标画面中满足预算的最低阈值，以及此时的召回率。“可能”按实际计数；“可靠”计入精确 95% 置信区间的上限。"
        "按时间计时，连续多帧误报算一次；区间视各次误报相互独立，同一录像内并非如此。阈值即在这些画面上选出，采用前请另取画面验证。",
    ),
    "allowed": ("Budget", "预算"),
    "looked_at": ("Looked at", "已查看"),
    "unit_hours": ("h", "小时"),
    "unit_looks": ("looks", "帧"),
    "present": ("Now", "当前"),
    "likely": ("Likely", "可能"),
    "sure": ("Sure", "可靠"),
    "no_threshold": ("no threshold", "无"),
    "needs": ("needs at least", "至少需要"),
    "heights": ("Recall by height", "按目标高度的召回率"),
    "heights_long": (
        "How high an object stands in the network's input, in pixels: found / there are, at the threshold.",
        "目标在网络输入中的高度（像素）：检出数 / 目标数，取阈值处。",
    ),
    "confusion": ("Confusion", "混淆矩阵"),
    "confusion_long": (
        "Rows are what is there, columns what it was taken for, at the threshold. Shade is the share of the row.",
        "行为实际目标，列为识别结果（在阈值处）。底色深浅为占该行的比例。",
    ),
    "background": ("background", "背景"),
    "foreign": ("not a class of the model", "模型无此类别"),
    "quiet": (
        "further labelled classes that the model does not have were never taken for one that it has.",
        "个模型没有的已标注类别，从未被误认为模型的类别。",
    ),
    "examples": ("Worst mistakes", "最严重的错误"),
    "examples_long": (
        "Largest objects not found, and surest false alarms; at most two from one picture. Green: labelled. "
        "Yellow: found. Red: the false alarm.",
        "漏检目标按面积从大到小，误报按置信度从高到低；每幅图最多两例。绿框：标注；黄框：检出；红框：误报。",
    ),
    "miss": ("Missed", "漏检"),
    "false_alarm": ("False alarm", "误报"),
    "taken_for": ("taken for", "识别为"),
    "is": ("is", "实为"),
    "best_score": ("best score", "最高分"),
    "nothing_there": ("nothing found there", "此处无检出"),
    "judged_on": ("Judged on", "参与评判的类别"),
    "mapped": ("Mapped names", "名称映射"),
    "no_label_file": ("without a label file, taken as true negatives", "幅无标注文件，按无目标处理"),
    "how": ("How it was measured", "测评方法"),
    "how_long": (
        "Average precision as in the COCO evaluation (faster-coco-eval): 101 recalls, at most 100 detections of a "
        "class in a picture. AP50 at an overlap of 0.5, AP50-95 the mean over 0.5 to 0.95. Precision, recall, F1 and "
        "confusion at the threshold and an overlap of 0.5. Each source is judged only on the classes that it labels; "
        "in ignore regions nothing is judged. Intervals: groups drawn anew with replacement.",
        "平均精度按 COCO 评测方法（faster-coco-eval）：101 个召回点，每幅图每类最多 100 个检出。AP50 取重叠度 0.5，"
        "AP50-95 为 0.5 至 0.95 的平均。精确率、召回率、F1 与混淆矩阵均取阈值处、重叠度 0.5。"
        "各来源只评判其已标注的类别；忽略区域内不评判。区间由按组有放回重抽样得出。",
    ),
    "floor": ("least score kept", "保留的最低分"),
    "overlap": ("overlap", "重叠度"),
    "resamples": ("draws", "重抽样次数"),
    "limit": ("at most pictures a source", "每来源最多图像数"),
    "difference": (
        "In brackets: difference to the first model. Means over the classes that all models have.",
        "括号内为与第一个模型之差。平均只计所有模型共有的类别。",
    ),
}

NOT_JUDGED: Words = {
    "nothing_readable": (
        "not one of its pictures could be read and used; see what was left out",
        "没有一幅图像可读取、可使用，见未采用项",
    ),
    "no_class_of_a_model": (
        "it labels no class that a model here has; map its names with `map` in data.yaml or --map",
        "其标注中没有模型具有的类别；请用 data.yaml 的 map 或 --map 映射名称",
    ),
}
"""Why nothing could be judged on a source."""

CLASSES: dict[str, str] = {
    "person": "行人",
    "bicycle": "自行车",
    "ebike": "电动自行车",
    "motorcycle": "摩托车",
    "car": "小汽车",
    "bus": "公交车",
    "truck": "货车",
    "smoke": "烟雾",
    "fire": "明火",
    "gas_cylinder": "液化气瓶",
    "garbage": "垃圾",
    "garbage_overflow": "垃圾满溢",
    "fallen_person": "倒地人员",
}
"""Chinese names of the classes of our own models; others are shown as they are."""

"""Every word of the segmenter's page, in English and Chinese."""

WORDS: dict[str, tuple[str, str]] = {
    "title": ("Segmenter evaluation", "地面分割评测"),
    "real": ("Real pictures", "真实图像"),
    "rendered": ("Rendered pictures", "渲染图像"),
    "rendered_note": ("rendered: says nothing about a real street", "渲染图像：不代表真实街道上的表现"),
    "all_sources": ("all sources together", "全部数据来源合计"),
    "not_on_real": ("Not measured on real pictures", "未经真实图像测评"),
    "source": ("Source", "数据来源"),
    "model": ("Model", "模型"),
    "class": ("Class", "类别"),
    "iou": ("IoU", "交并比 IoU"),
    "interval": ("95 % interval", "95% 置信区间"),
    "precision": ("Precision", "精确率"),
    "recall": ("Recall", "召回率"),
    "pictures": ("Pictures", "图像数"),
    "groups": ("Groups", "组数"),
    "pixels": ("Pixels, thousands", "像素（千）"),
    "mean": ("Mean of", "平均，类别数"),
    "consistency": ("coarse labels agree", "粗标注一致率"),
    "confusion": ("What each class was taken for", "各类别被识别为"),
    "given": ("expected \\ given", "实际 \\ 识别"),
    "worst": ("Worst pictures", "错误最多的图像"),
    "worst_long": (
        "Picture, what was expected, what was given; black is unknown or coarse. Below it the share of labelled pixels "
        "that is wrong.",
        "依次为原图、应有类别、识别结果；黑色为未知或粗标注。下方为错误像素占已标注像素的比例。",
    ),
    "wrong": ("wrong", "错误"),
    "data": ("Measured on", "测评数据"),
    "licence": ("Licence", "许可"),
    "none_stated": ("none stated", "未注明"),
    "not_judged": ("Not judged", "未评判"),
    "not_judged_long": ("not one of its pictures could be read and used", "没有一幅图像可读取、可使用"),
    "left_out": ("Left out", "未采用"),
    "how": ("How it is measured", "如何计算"),
    "how_long": (
        "Intersection over union: pixels given a class that are it, over all that are it or were given it, of all "
        "pictures together. Where a label allows several classes, a class that it rules out is wrong, and those that "
        "it allows are left open. Intervals: groups drawn anew with replacement.",
        "交并比：识别正确的像素数，除以实际属于该类或被识别为该类的像素总数，按全部图像合计。标注允许多个类别之处，"
        "识别为不允许的类别即为错误，允许的类别不作评判。区间由按组有放回重抽样得出。",
    ),
    "program": ("program", "程序版本"),
}

CLASSES: dict[str, str] = {
    "vegetation": "植被",
    "soil": "裸土",
    "paved": "硬化地面",
    "water": "水面",
    "other": "其他",
}
"""Chinese names of the classes of our own segmenter; others are shown as they are."""

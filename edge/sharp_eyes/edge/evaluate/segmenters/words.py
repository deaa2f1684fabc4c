"""Every word of the segmenter's page, in English and Chinese."""

from sharp_eyes.edge.evaluate.report.words import SHARED, Words

WORDS: Words = SHARED | {
    "title": ("Segmenter evaluation", "地面分割评测"),
    "iou": ("IoU", "交并比 IoU"),
    "pixels": ("Pixels, thousands", "像素（千）"),
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
    "not_judged_long": ("not one of its pictures could be read and used", "没有一幅图像可读取、可使用"),
    "how": ("How it is measured", "如何计算"),
    "how_long": (
        "Intersection over union: pixels given a class that are it, over all that are it or were given it, of all "
        "pictures together. Where a label allows several classes, a class that it rules out is wrong, and those that "
        "it allows are left open. Intervals: groups drawn anew with replacement.",
        "交并比：识别正确的像素数，除以实际属于该类或被识别为该类的像素总数，按全部图像合计。标注允许多个类别之处，"
        "识别为不允许的类别即为错误，允许的类别不作评判。区间由按组有放回重抽样得出。",
    ),
}

CLASSES: dict[str, str] = {
    "vegetation": "植被",
    "soil": "裸土",
    "paved": "硬化地面",
    "water": "水面",
    "other": "其他",
}
"""Chinese names of the classes of our own segmenter; others are shown as they are."""

"""What several pages say in the same words; what a page says otherwise stands in its own table, which goes before."""

Words = dict[str, tuple[str, str]]
"""Texts by key, in English and Chinese."""

SHARED: Words = {
    "all": ("All", "合计"),
    "all_sources": ("all sources together", "全部数据来源合计"),
    "class": ("Class", "类别"),
    "clip": ("Clip", "视频"),
    "clips": ("Clips", "视频"),
    "data": ("Measured on", "测评数据"),
    "f1": ("F1", "F1"),
    "groups": ("Groups", "组数"),
    "interval": ("95 % interval", "95% 置信区间"),
    "left_out": ("Left out", "未采用"),
    "licence": ("Licence", "许可"),
    "mean": ("Mean of", "平均，类别数"),
    "model": ("Model", "模型"),
    "none_stated": ("none stated", "未注明"),
    "not_judged": ("Not judged", "未评判"),
    "not_on_real": ("Not measured on real pictures", "未经真实图像测评"),
    "not_shown": ("more are not shown", "项未展示"),
    "nothing": ("none", "无"),
    "nothing_judged": ("Nothing was judged: not one clip could be.", "没有任何视频可评判。"),
    "pictures": ("Pictures", "图像数"),
    "precision": ("Precision", "精确率"),
    "program": ("program", "程序版本"),
    "real": ("Real pictures", "真实图像"),
    "reason": ("Reason", "原因"),
    "recall": ("Recall", "召回率"),
    "remarks": ("Remarks", "说明"),
    "rendered": ("Rendered pictures", "渲染图像"),
    "rendered_note": ("rendered: says nothing about a real street", "渲染画面：不代表真实街道上的表现"),
    "scene": ("Scene", "场景"),
    "source": ("Source", "数据来源"),
}

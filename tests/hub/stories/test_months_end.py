"""The month's end: one script beside a golden month, with the sheet's numbers and the workbook's."""

import zipfile
from datetime import UTC, datetime
from io import BytesIO

from tests.hub.bench import Bench
from tests.hub.stories.stage import play
from tests.hub.test_daily_figures import make_all
from tests.hub.test_formulas import cases, fill, sheet_rows

from sharp_eyes.hub.demo.stories.cast import EVALUATOR
from sharp_eyes.hub.demo.stories.months_end import STORY, report_of, share_of
from sharp_eyes.hub.demo.stories.story import Play, Step

HALF_PAST_EIGHT = datetime(2026, 3, 31, 12, 30, tzinfo=UTC)
"""In the evening, in the city."""


def test_the_end_of_a_month(district: Bench) -> None:
    """Due 972, closed 911, in time 737, three of each month's cases by the story; what crosses the end is April's."""
    district.clock.time = HALF_PAST_EIGHT
    # Of the story's cases three are due in March: two closed in time, one late and open.
    golden = ({**row, "source": "grid_worker"} for row in cases(969, 909, 735, 0))
    fill(district, golden, first=100_001)

    def looks(told: Play, step: Step) -> None:
        if step is STORY.steps[6]:
            report = told.kept["report"]
            assert share_of(report, "closing-rate") == (911, 972, "93.72")
            assert share_of(report, "in-time-rate") == (737, 972, "75.82")
            make_all(district)
            assert report_of(told) == report
        if step is STORY.steps[8]:
            asked = "period=2026-03&source=grid_worker&language=en"
            sheets = told.stage.client(EVALUATOR).file(f"/api/figures/report.xlsx?{asked}")
            rows = list(sheet_rows(zipfile.ZipFile(BytesIO(sheets)), 1))
            assert [row[:4] for row in rows if row[:1] == ["Closed in time"]] == [["Closed in time", 0.7582, 737, 972]]

    told = play(district, STORY, looks)
    assert share_of(report_of(told), "closing-rate") == (912, 972, "93.83")
    make_all(district)
    assert share_of(report_of(told), "closing-rate") == (912, 972, "93.83")

"""Dashboards and alert rules load as they stand; that their series exist is held in tests/e2e/test_walk.py."""

import json
import re
from pathlib import Path

import pytest
import yaml
from tests.monitoring import BOARDS, DEPLOY, RULES, expressions, panels, selectors

WIDTH = 24


@pytest.mark.parametrize("file", BOARDS, ids=lambda file: file.stem)
def test_a_dashboard_asks_for_its_data_source_and_no_panel_lies_on_another(file: Path) -> None:
    """Each panel has a place, a number and a query of its own, all of the source that is chosen at the import."""
    board = json.loads(file.read_text(encoding="utf-8"))
    assert board["schemaVersion"] >= 39
    kinds = {variable["name"]: variable["type"] for variable in board["templating"]["list"]}
    assert kinds.pop("datasource") == "datasource"
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        cells = {
            (column, row)
            for column in range(place["x"], place["x"] + place["w"])
            for row in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= WIDTH
        assert not cells & taken, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    for panel in panels(board):
        for target in panel["targets"]:
            assert target["datasource"]["uid"] == panel["datasource"]["uid"] == "${datasource}"
            assert set(re.findall(r"\$(\w+)", target["expr"])) - {"__rate_interval"} <= set(kinds)


def test_every_expression_is_promql_and_every_alert_says_what_it_means() -> None:
    """What Prometheus and Grafana would say only where they run."""
    for place, expression in expressions():
        assert list(selectors(expression)), place
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules)
    assert all(rule["labels"]["severity"] in ("warning", "critical") for rule in rules)
    assert all(rule["annotations"]["summary"] for rule in rules)
    settings = yaml.safe_load((DEPLOY / "prometheus/prometheus.yaml").read_text(encoding="utf-8"))
    jobs = {job["job_name"] for job in settings["scrape_configs"]}
    assert set(re.findall(r'job="([^"]+)"', RULES.read_text(encoding="utf-8"))) == jobs
    assert settings["rule_files"] == [RULES.name]

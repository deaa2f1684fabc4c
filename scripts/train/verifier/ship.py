"""Puts an exported verifier beside its manifest: to be measured, or with its figures to be shipped."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import yaml
from scripts.train.recipe import ROOT, arguments, load

EXAMPLES = """examples:
  .venv/bin/python -m scripts.train.verifier.ship --to runs/ship/verifier                       # to be measured
  .venv/bin/python -m scripts.train.verifier.ship --figures runs/evaluate/report.json           # models/verifier
"""


def figures_of(report: Path | None, values: dict[str, Any]) -> dict[str, Any]:
    """What was kept and refused of each class, on real and on rendered pictures; empty where it was not measured."""
    rows = [] if report is None else json.loads(report.read_text(encoding="utf-8"))["rows"]
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        name = values["names"].get(row["class_name"])
        if row["source"] is None and row["things"] and name is not None and row["class_name"] not in ("bus", "truck"):
            figure = {"kept": round(row["kept_share"], 4), "pictures": row["things"]}
            if row["refused_share"] is not None:
                figure["refused"] = round(row["refused_share"], 4)
            found.setdefault(name, {"real": None, "rendered": None})[row["kind"]] = figure
    return found


def main() -> None:
    """Read the command line and write the manifest."""
    parser = arguments(__doc__ or "", EXAMPLES)
    parser.add_argument("--name", default="verifier", help="name of the exported network (default: %(default)s)")
    parser.add_argument("--figures", type=Path, help="report.json of evaluate verifier")
    parser.add_argument("--to", type=Path, default=ROOT / "models" / "verifier", help="(default: %(default)s)")
    options = parser.parse_args()
    recipe = load(options)
    values = yaml.safe_load(Path(__file__).with_name("verifier.yaml").read_text(encoding="utf-8"))
    options.to.mkdir(parents=True, exist_ok=True)
    network = options.to / "verifier.onnx"
    shutil.copyfile(recipe.work / "verifier" / f"{options.name}.onnx", network)
    used = json.loads((recipe.work / "sources.json").read_text(encoding="utf-8"))
    side, context = values["network"]["side"], values["network"]["context"]
    judged = {name: values["names"][name] for name in values["verifies"]}
    content = {
        "schema": 2,
        "kind": "verifier",
        "name": "verifier",
        "version": str(values["version"]),
        "licence": "AGPL-3.0-or-later",
        "family": "classification",
        "networks": {"fp16": {"file": network.name, "sha256": hashlib.sha256(network.read_bytes()).hexdigest()}},
        "classes": values["classes"],
        "input": {"width": side, "height": side, "layout": "nhwc", "colour": "bgr", "dtype": "uint8"},
        "threshold": values["limit"],
        "thresholds": values["limits"],
        "verifies": {
            "classes": {name: values["names"][name] for name in values["verifies"]},
            "context": values["network"]["context"],
        },
        "sources": [{"name": "yolo11n_coco (start weights)", "licence": "AGPL-3.0", "pictures": 0}, *used],
        "figures": figures_of(options.figures, values),
        "measured_on": values["measured_on"] if options.figures else "not measured yet",
    }
    path = options.to / "manifest.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110), encoding="utf-8")
    print(f"wrote {path}")


if __name__ == "__main__":
    main()

"""A gateway's folder that has started before: how it computes its networks is known and not tried anew."""

from pathlib import Path

from sharp_eyes.edge.extract.backends import backends
from sharp_eyes.edge.extract.kept_choices import KeptChoices
from sharp_eyes.edge.extract.model import detector_manifests, load_model
from sharp_eyes.edge.settings import ModelSettings

CHEAPEST = ("openvino bf16", "onnxruntime fp32")
"""What the trial mostly chooses on a server's processor, and what there is on each."""


def keep_ways(data: Path) -> None:
    """Keep a way for each bundled detector in a gateway's data folder; trying them takes 25 seconds of processor.

    The gateway sees that each still agrees with its reference pictures, and tries anew what does not.
    """
    settings = ModelSettings().shared_out()
    kept = KeptChoices(data / "computing")
    for model in map(load_model, detector_manifests(settings)):
        ways = {str(way): way for way in backends(model.manifest)}
        kept.keep(model, settings, next(ways[name] for name in CHEAPEST if name in ways), {})

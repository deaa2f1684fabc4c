"""Which pictures an epoch shows, and what is known of whole crops; needs no PyTorch."""

import numpy as np
from scripts.train.ground.recipe import Recipe
from scripts.train.ground.sources import Mask, Sample, bits, read, split


def epoch_list(recipe: Recipe, epoch: int, fraction: float) -> list[Sample]:
    """Training samples of one epoch: of each source as many as `draw` says, rare classes and labels more often.

    A source is gone through in an order of its own before a picture comes again, from one epoch to the next.
    """
    found: list[Sample] = []
    for source, number in recipe["training"]["draw"].items():
        samples = _with_repeats(split(recipe, source).train, recipe)
        wanted = max(round(number * fraction), 1)
        for place in range(epoch * wanted, (epoch + 1) * wanted):
            turn, position = divmod(place, len(samples))
            order = np.random.default_rng([recipe["seed"], turn]).permutation(len(samples))
            found.append(samples[order[position]])
    return found


def _with_repeats(samples: list[Sample], recipe: Recipe) -> list[Sample]:
    times = int(recipe["training"]["repeat_rare"].get(samples[0].source, 1)) if samples else 1
    if times == 1:
        return samples
    return [sample for sample in samples for _ in range(times if holds_rare(sample, recipe) else 1)]


RARE: dict[Sample, bool] = {}


def holds_rare(sample: Sample, recipe: Recipe) -> bool:
    """Whether a sample has sure pixels of soil or water; each sample is read once."""
    if sample not in RARE:
        rare = [bits([name], recipe.classes) for name in ("soil", "water")]
        RARE[sample] = bool(np.isin(read(sample, recipe)[1], rare).any())
    return RARE[sample]


def flooded_share(sample: Sample, field: Mask, recipe: Recipe) -> float:
    """How surely a crop shows a flood: by its mask where it has one, else as the picture's source says; -1: unknown."""
    settings = recipe["flood"]
    water = float((field == bits(["water"], recipe.classes)).mean())
    if water >= settings["least_water"]:
        return 1.0 if sample.flooded is None or sample.mask is not None else 1.0 - settings["doubt"]
    if sample.flooded is None or (sample.flooded and sample.mask is not None) or water > 0:
        return -1.0
    doubt = settings["doubt"] if isinstance(recipe["sources"][sample.source].get("flooded"), str) else 0.0
    return 1.0 - doubt if sample.flooded else doubt

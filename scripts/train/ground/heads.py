"""Trains the heads for water and for floods on what the shipped network sees; all else of the network stays.

First all looks are taken (`looks.py`, most of the time), then both heads are fitted in a minute. A stop loses 25 looks.
"""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from scripts.train.ground.looks import Look, at, collect, stored
from scripts.train.ground.network import GroundNetwork, WaterHead, rebuilt
from scripts.train.ground.recipe import Recipe, arguments, load
from scripts.train.ground.sources import bits
from torch import Tensor
from torch.nn import functional

EXAMPLES = """examples:
  nice -n 19 .venv-train/bin/python -m scripts.train.ground.heads            # goes on where it was stopped
  .venv-train/bin/python -m scripts.train.ground.heads --name trial --limit 200
Looks lie in runs/ground/looks, the checkpoint is runs/ground/<name>.pt; `ground.export --name <name>` goes on from it.
"""
Floats = npt.NDArray[np.float32]


@dataclasses.dataclass
class Cells:
    """Places of many looks: features (n, channels), the score of water against all others, and whether it is water."""

    seen: npt.NDArray[np.float16]
    before: Floats
    water: Floats
    weight: Floats


def cells_of(look: Look, recipe: Recipe, random: np.random.Generator) -> Cells | None:
    """At most `cells` places of a look of which it is known whether they are water; nothing where there are none."""
    bit = bits(["water"], recipe.classes)
    known = (look.field == bit) | ((look.field > 0) & (look.field & bit == 0))
    places = random.permutation(np.flatnonzero(known))[: int(recipe["heads"]["cells"])]
    if not len(places):
        return None
    rows, columns = np.divmod(places, look.field.shape[1])
    features = [at(look.merged, rows, columns, 1), at(look.middle, rows, columns, 2), at(look.far, rows, columns, 4)]
    scores = functional.avg_pool2d(torch.from_numpy(look.scores.astype(np.float32))[None], 2)[0].flatten(1)[:, places]
    place = recipe.number("water")
    others = torch.logsumexp(torch.cat([scores[:place], scores[place + 1 :]]), dim=0)
    water = (look.field.ravel()[places] == bit).astype(np.float32)
    settings = recipe["heads"]
    weight = np.where(water > 0, float(settings["water_weight"]), 1.0) * settings["weight"].get(look.source, 1.0)
    return Cells(
        np.hstack(features).astype(np.float16), (scores[place] - others).numpy(), water, weight.astype(np.float32)
    )


def gathered(looks: list[Look], recipe: Recipe) -> Cells:
    """The cells of all looks."""
    random = np.random.default_rng(recipe["seed"])
    parts = [found for look in looks if (found := cells_of(look, recipe, random)) is not None]
    return Cells(
        *(np.concatenate([getattr(part, field.name) for part in parts]) for field in dataclasses.fields(Cells))
    )


def fit_water(head: WaterHead, cells: Cells, settings: dict[str, Any], seed: int) -> None:
    """Train the head on cells: logistic loss of water against all others."""
    layers = (head.near, head.middle, head.far)
    widths = [layer.weight.shape[1] for layer in layers]
    optimiser = torch.optim.AdamW(head.parameters(), lr=float(settings["rate"]), weight_decay=float(settings["decay"]))
    batch, count = 2048, len(cells.water)
    steps = int(settings["epochs"]) * (count // batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, max(steps, 1))
    random = np.random.default_rng(seed)
    weight, water, before = (torch.from_numpy(part) for part in (cells.weight, cells.water, cells.before))
    for epoch in range(int(settings["epochs"])):
        order, losses = random.permutation(count), []
        for first in range(0, count - batch + 1, batch):
            chosen = order[first : first + batch]
            seen = torch.from_numpy(cells.seen[chosen].astype(np.float32)).split(widths, dim=1)
            seen = [functional.dropout(part, 0.1) for part in seen]
            mixed = sum(
                functional.linear(part, layer.weight.flatten(1), layer.bias)
                for part, layer in zip(seen, layers, strict=True)
            )
            added = functional.linear(functional.silu(mixed), head.decide.weight.flatten(1), head.decide.bias)[:, 0]
            loss = functional.binary_cross_entropy_with_logits(
                before[chosen] + added, water[chosen], weight[chosen], reduction="sum"
            )
            loss = loss / weight[chosen].sum()
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call, unused-ignore]
            optimiser.step()
            schedule.step()
            losses.append(float(loss.detach()))
        print(f"water: epoch {epoch + 1}, loss {np.mean(losses):.4f}", flush=True)


def seen_whole(network: GroundNetwork, looks: list[Look]) -> Floats:
    """What the head for floods decides by, for each look (n, values)."""
    found = []
    with torch.no_grad():
        for look in looks:
            planes = [torch.from_numpy(np.asarray(getattr(look, name), np.float32))[None] for name in INNER]
            found.append(network.whole(*planes)[0].numpy())
    return np.stack(found)


INNER = ("scores", "merged", "middle", "far")


def logistic(seen: Floats, flooded: Floats, weights: Floats, decay: float) -> npt.NDArray[np.float64]:
    """Weights and, last, the bias of a logistic regression on values of spread 1; targets may be doubtful.

    Newton's method (iteratively reweighted least squares); the decay keeps its system well-conditioned.
    """
    x = np.column_stack([seen, np.ones(len(seen))]).astype(np.float64)
    values, ridge = np.zeros(x.shape[1]), np.full(x.shape[1], 2 * decay)
    ridge[-1] = 1e-6
    for _ in range(12):
        told = 1 / (1 + np.exp(-np.clip(x @ values, -30, 30)))
        slope = x.T @ (weights * (told - flooded)) + ridge * values
        bend = (x * (weights * told * (1 - told))[:, None]).T @ x + np.diag(ridge)
        values -= np.linalg.solve(bend, slope)
    return np.asarray(values, np.float64)


def auc(scores: npt.NDArray[Any], flooded: npt.NDArray[np.bool_]) -> float:
    """Area under the ROC curve: how often a flooded picture scores above one that is not."""
    above = scores[flooded][:, None] - scores[~flooded][None]
    return float(((above > 0) + 0.5 * (above == 0)).mean())


def fit_flood(network: GroundNetwork, looks: list[Look], recipe: Recipe) -> None:
    """Fit the head for floods; how strongly it decays is chosen by training cameras that are left out in turn."""
    known = [look for look in looks if look.flooded >= 0]
    seen, flooded = seen_whole(network, known), np.array([look.flooded for look in known], np.float32)
    middle, spread = seen.mean(axis=0), seen.std(axis=0) + 1e-3
    spread[-len(recipe.classes) - 1 :] /= float(recipe["heads"]["shares"])  # so that they hardly decay
    scaled = (seen - middle) / spread
    weights = balanced(known, flooded > 0.5)
    best = max(recipe["heads"]["alike"], key=lambda decay: _left_out(scaled, flooded, weights, known, float(decay)))
    values = logistic(scaled, flooded, weights, float(best))
    own = values[:-1] / spread
    with torch.no_grad():
        network.flood.decide.weight.copy_(torch.from_numpy(own.astype(np.float32))[None])
        network.flood.decide.bias.fill_(float(values[-1] - own @ middle))


def balanced(looks: list[Look], flooded: npt.NDArray[np.bool_]) -> Floats:
    """Weights that sum to 1: fixed cameras count as much as all else, floods as much as none."""
    street = np.array([look.source in {"flood_cctv", "streets"} for look in looks])
    weights = np.zeros(len(looks), np.float32)
    for there, share in ((street, 0.7), (~street, 0.3)):
        for side in (flooded, ~flooded):
            part = there & side
            weights[part] = share / 2 / max(int(part.sum()), 1)
    return np.asarray(weights / weights.sum(), np.float32)


def _left_out(scaled: Floats, flooded: Floats, weights: Floats, looks: list[Look], decay: float) -> float:
    """AUC on cameras of `flood_cctv` that were not fitted on, five parts in turn."""
    groups = np.array([look.group if look.source == "flood_cctv" else "" for look in looks])
    names = sorted(set(groups) - {""})
    scores = np.full(len(looks), np.nan)
    for part in range(5):
        out = np.isin(groups, names[part::5])
        values = logistic(scaled[~out], flooded[~out], weights[~out], decay)
        scores[out] = scaled[out] @ values[:-1] + values[-1]
    told = ~np.isnan(scores)
    found = auc(scores[told], flooded[told] > 0.5)
    print(f"flood: decay {decay}: AUC {found:.3f} on training cameras left out", flush=True)
    return found


def main() -> None:
    """Take the looks, fit the heads, keep a checkpoint."""
    options = arguments("Train the heads for water and floods on what the shipped network sees.", EXAMPLES)
    options.add_argument("--name", default="heads", help="name of the run")
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--limit", type=int, help="use so many looks that are there already, and take none")
    given = options.parse_args()
    recipe = load(given)
    torch.manual_seed(recipe["seed"])
    torch.set_num_threads(given.threads)
    folder = recipe.work / "looks"
    if given.limit is None:
        collect(recipe, folder, given.threads)
    looks = list(stored(folder))[: given.limit]
    network = rebuilt(recipe, recipe.before).eval()
    fit_water(network.water, gathered(looks, recipe), recipe["heads"], recipe["seed"])
    fit_flood(network, looks, recipe)
    save(network, recipe.work / f"{given.name}.pt")


def save(network: GroundNetwork, path: Path) -> None:
    """A checkpoint as `ground.export` reads it."""
    weights: dict[str, Tensor] = network.state_dict()
    part = path.with_suffix(".part")
    torch.save({"average": weights}, part)
    part.replace(path)
    print(f"wrote {path}")


if __name__ == "__main__":
    main()

"""Trains the verifier on the crops that `crops` cut, and says what it would do at the held-out ones."""

import argparse
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import torch
import yaml
from scripts.train.boxes import Picture
from scripts.train.gateway import jpeg
from scripts.train.recipe import Recipe, arguments, load
from scripts.train.verifier.network import Verifier, loss_of
from scripts.train.verifier.shelf import Crops, Drawing

EXAMPLES = """examples:
  nice -n 15 .venv-train/bin/python -m scripts.train.verifier.train            # goes on where it was stopped
  .venv-train/bin/python -m scripts.train.verifier.train --epochs 1 --name trial
"""
KEPT = 0.99
"""Of the mean of weights, each step."""


def changed(crop: Picture, values: dict[str, Any], random: np.random.Generator) -> Picture:
    """One crop as another camera may show it: shifted, scaled, mirrored, in other light, through a poor gateway."""
    side, network = values["crops"]["side"], values["network"]
    size = network["side"]
    zoom = size / side * values["crops"]["context"] / network["context"] * float(random.uniform(0.8, 1.2))
    place = cv2.getRotationMatrix2D((side / 2, side / 2), float(random.normal(0, 6)), zoom)
    place[:, 2] += size / 2 - side / 2 + random.normal(0, 0.05 * size, 2)
    if random.random() < 0.5:
        crop = np.ascontiguousarray(crop[:, ::-1])
    grey = (114, 114, 114)
    shown = cv2.warpAffine(crop, place, (size, size), borderMode=cv2.BORDER_CONSTANT, borderValue=grey)
    picture = np.asarray(shown, np.float32) * random.uniform(0.7, 1.3) + random.uniform(-20, 20)
    picture *= random.uniform(0.9, 1.1, 3)
    if random.random() < 0.12:
        picture = np.repeat(picture.mean(2, keepdims=True), 3, 2)
    if random.random() < 0.3:
        picture += random.normal(0, random.uniform(2, 12), picture.shape)
    sent = np.asarray(np.clip(picture, 0, 255), np.uint8)
    if random.random() < 0.35:
        small = max(16, int(size * random.uniform(0.25, 0.8)))
        sent = np.asarray(cv2.resize(cv2.resize(sent, (small, small)), (size, size)), np.uint8)
    if random.random() < 0.4:
        sent = jpeg(sent, int(random.integers(15, 80)))
    return sent


def plain(crop: Picture, values: dict[str, Any]) -> Picture:
    """The middle of a crop, as the gateway cuts it."""
    side, network = values["crops"]["side"], values["network"]
    half = side * network["context"] / values["crops"]["context"] / 2
    low, high = round(side / 2 - half), round(side / 2 + half)
    size = network["side"]
    return np.asarray(cv2.resize(crop[low:high, low:high], (size, size), interpolation=cv2.INTER_AREA), np.uint8)


def batch_of(pictures: list[Picture]) -> torch.Tensor:
    """Pictures as the network takes them: (b, 3, s, s), RGB, 0 to 1."""
    rgb = np.stack(pictures)[..., ::-1].transpose(0, 3, 1, 2)
    return torch.from_numpy(np.ascontiguousarray(rgb)).float().div_(255).to(memory_format=torch.channels_last)


def train(recipe: Recipe, values: dict[str, Any], given: argparse.Namespace) -> Verifier:
    """Train; each epoch is kept in ``runs/train/verifier/<name>.pt``, from which a stopped training goes on."""
    folder = recipe.work / "verifier"
    crops = Crops.read(folder / "train", values["crops"]["side"])
    classes, rule = values["classes"], values["training"]
    bits, drawing = crops.bits(len(classes)), Drawing(crops, values)
    network: Verifier = Verifier(recipe, len(classes)).to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), rule["lr"], weight_decay=rule["weight_decay"])
    steps = rule["epoch"] // rule["batch"]
    total = given.epochs * steps
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rule["lr"], total, pct_start=rule["warm"])
    mean = {key: value.clone() for key, value in network.state_dict().items()}
    kept, begun = folder / f"{given.name}.pt", 0
    if kept.exists() and not given.anew:
        state = torch.load(kept, map_location="cpu", weights_only=True)
        begun, mean = state["epoch"], state["mean"]
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        print(f"goes on after epoch {begun}")
    for epoch in range(begun, given.epochs):
        random, start, losses = np.random.default_rng(values["seed"] + epoch), time.monotonic(), []
        network.train()
        for numbers in drawing.epoch(steps * rule["batch"], random).reshape(steps, -1):
            pictures = [changed(crops.pixels[number], values, random) for number in numbers]
            with torch.autocast("cpu", torch.bfloat16):
                scores = network(batch_of(pictures))
            loss = loss_of(scores.float(), torch.from_numpy(bits[numbers]))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(float(loss))
            for key, value in network.state_dict().items():
                mean[key] = mean[key].mul(KEPT).add(value, alpha=1 - KEPT) if value.is_floating_point() else value
        state = {"network": network.state_dict(), "mean": mean, "epoch": epoch + 1}
        state |= {"optimizer": optimizer.state_dict(), "schedule": schedule.state_dict()}
        torch.save(state, kept.with_suffix(".part"))
        kept.with_suffix(".part").rename(kept)
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}, {time.monotonic() - start:.0f} s", flush=True)
    network.load_state_dict(mean)
    network.eval()
    return network


def probabilities(network: Verifier, crops: Crops, values: dict[str, Any]) -> npt.NDArray[np.float32]:
    """Probabilities (n, classes) of all crops."""
    parts = []
    with torch.no_grad():
        for start in range(0, len(crops.pixels), 256):
            pictures = [plain(crop, values) for crop in crops.pixels[start : start + 256]]
            parts.append(network(batch_of(pictures)).softmax(1).numpy())
    return np.concatenate(parts)


def say(network: Verifier, recipe: Recipe, values: dict[str, Any]) -> None:
    """Print, for each class, the share of true and of mistaken held-out crops that pass each limit."""
    crops = Crops.read(recipe.work / "verifier" / "held", values["crops"]["side"])
    found, limits = probabilities(network, crops, values), (0.05, 0.1, 0.2, 0.3, 0.5, 0.7)
    print("held out: share that passes at", *limits)
    for number, name in enumerate(values["classes"][1:], 1):
        own = {key for key, mapped in values["names"].items() if mapped == name}
        true = crops.allowed == 1 << number
        wrong = np.array(
            [
                kind == "mistaken" and claimed in own and not allowed >> number & 1
                for kind, claimed, allowed in zip(crops.kinds, crops.claimed, crops.allowed, strict=True)
            ]
        )
        for what, which in (("true", true), ("mistaken", wrong)):
            passing = " ".join(f"{(found[which, number] >= limit).mean():.2f}" for limit in limits)
            print(f"  {name:13}{what:9}{int(which.sum()):6}  {passing if which.any() else '-'}")


def main() -> None:
    """Read the command line, train, measure."""
    values = yaml.safe_load(Path(__file__).with_name("verifier.yaml").read_text(encoding="utf-8"))
    parser = arguments(__doc__ or "", EXAMPLES)
    parser.add_argument("--epochs", type=int, default=values["training"]["epochs"], help="(default: %(default)s)")
    parser.add_argument("--name", default="verifier", help="name of the checkpoint (default: %(default)s)")
    parser.add_argument("--anew", action="store_true", help="do not go on from a checkpoint")
    parser.add_argument("--threads", type=int, default=2, help="threads of PyTorch (default: %(default)s)")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(values["seed"])
    recipe = load(options)
    say(train(recipe, values, options), recipe, values)


if __name__ == "__main__":
    main()

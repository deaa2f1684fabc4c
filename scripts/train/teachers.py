"""Pseudo-labels: several COCO detectors look at a picture, mirrored and at several sizes, and are fused."""

from scripts.train.boxes import Found, Picture, fuse
from scripts.train.network import Network
from scripts.train.recipe import Recipe


class Teachers:
    """The recipe's teachers, loaded once; class numbers are places in `recipe.coco`.

    `which` names their list in the recipe: `models`, also mirrored, or `quick`.
    """

    def __init__(self, recipe: Recipe, which: str) -> None:
        settings = recipe["teachers"]
        rows = [recipe["coco_rows"][name] for name in recipe.coco]
        self.overlap = float(settings["overlap"])
        self.mirrors = (False,) if which == "quick" else (False, True)
        self.looks: list[tuple[Network, float]] = []
        for teacher in settings[which]:
            path = recipe.locate(teacher["file"])
            for size in teacher["sizes"]:
                network = Network(path, teacher["family"], rows, size, size)
                self.looks.append((network, float(teacher["weight"])))

    def label(self, picture: Picture) -> Found:
        """Fused boxes of a BGR picture; scores are low where few of the looks agree."""
        parts: list[Found] = []
        weights: list[float] = []
        for network, weight in self.looks:
            for flipped in self.mirrors:
                parts.append(network.find(picture, flipped=flipped))
                weights.append(weight)
        return fuse(parts, weights, self.overlap)

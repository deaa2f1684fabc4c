"""Pseudo-labels: several COCO detectors look at a picture, mirrored and at several sizes, and are fused."""

from scripts.train.boxes import Found, Picture, fuse
from scripts.train.network import Network
from scripts.train.recipe import Recipe


class Teachers:
    """The recipe's teachers, loaded once."""

    def __init__(self, recipe: Recipe) -> None:
        settings = recipe["teachers"]
        rows = [recipe["coco_rows"][name] for name in recipe.classes]
        self.overlap = float(settings["overlap"])
        self.looks: list[tuple[Network, float]] = []
        for teacher in settings["models"]:
            path = recipe.locate(teacher["file"])
            for size in teacher["sizes"]:
                network = Network(path, teacher["family"], rows, size, size)
                self.looks.append((network, float(teacher["weight"])))

    def label(self, picture: Picture) -> Found:
        """Fused boxes of a BGR picture; scores are low where few of the looks agree."""
        parts: list[Found] = []
        weights: list[float] = []
        for network, weight in self.looks:
            for flipped in (False, True):
                parts.append(network.find(picture, flipped=flipped))
                weights.append(weight)
        return fuse(parts, weights, self.overlap)

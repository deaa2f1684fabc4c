"""Class names and class maps as the command line gives them."""

from pathlib import Path

import yaml

from sharp_eyes.configuration.yaml_reading import load_yaml
from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.manifest import ClassMap
from sharp_eyes.edge.models.family_detection import DetectedFamily

COCO: dict[int, str] = {
    1: "person", 2: "bicycle", 3: "car", 4: "motorcycle", 5: "airplane", 6: "bus", 7: "train", 8: "truck", 9: "boat",
    10: "traffic_light", 11: "fire_hydrant", 13: "stop_sign", 14: "parking_meter", 15: "bench", 16: "bird", 17: "cat",
    18: "dog", 19: "horse", 20: "sheep", 21: "cow", 22: "elephant", 23: "bear", 24: "zebra", 25: "giraffe",
    27: "backpack", 28: "umbrella", 31: "handbag", 32: "tie", 33: "suitcase", 34: "frisbee", 35: "skis",
    36: "snowboard", 37: "sports_ball", 38: "kite", 39: "baseball_bat", 40: "baseball_glove", 41: "skateboard",
    42: "surfboard", 43: "tennis_racket", 44: "bottle", 46: "wine_glass", 47: "cup", 48: "fork", 49: "knife",
    50: "spoon", 51: "bowl", 52: "banana", 53: "apple", 54: "sandwich", 55: "orange", 56: "broccoli", 57: "carrot",
    58: "hot_dog", 59: "pizza", 60: "donut", 61: "cake", 62: "chair", 63: "couch", 64: "potted_plant", 65: "bed",
    67: "dining_table", 70: "toilet", 72: "tv", 73: "laptop", 74: "mouse", 75: "remote", 76: "keyboard",
    77: "cell_phone", 78: "microwave", 79: "oven", 80: "toaster", 81: "sink", 82: "refrigerator", 84: "book",
    85: "clock", 86: "vase", 87: "scissors", 88: "teddy_bear", 89: "hair_drier", 90: "toothbrush",
}  # fmt: skip
"""The 80 classes of COCO by the number of their category; networks mostly count them without the gaps."""

COCO_SLOTS = 91


def read_names(text: str) -> tuple[str, ...]:
    """Class names from ``coco``, ``a,b,c``, a text file with one a line, or a YAML list or mapping ``names``.

    Raises:
        ModelError: when the file is missing or holds no names.
    """
    if text == "coco":
        return tuple(COCO.values())
    path = Path(text)
    if path.suffix.lower() not in (".yaml", ".yml", ".txt"):
        return tuple(name.strip() for name in text.split(",") if name.strip())
    try:
        content = path.read_text(encoding="utf-8")
        found = load_yaml(content) if path.suffix.lower() != ".txt" else content.split("\n")
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ModelError(f"--classes {path}: cannot be read: {error}") from error
    if isinstance(found, dict):
        found = found.get("names", found)
    if isinstance(found, dict):
        found = [found[number] for number in sorted(found)]
    if not isinstance(found, list) or not (names := [str(name).strip() for name in found if str(name).strip()]):
        raise ModelError(f"--classes {path}: holds no class names; write a list, or 'names:' with one")
    return tuple(names)


def plain(name: str) -> str:
    """A class name as ours are written: ``traffic light`` becomes ``traffic_light``."""
    return "_".join(name.lower().replace("-", " ").split())


def numbered(names: tuple[str, ...], family: DetectedFamily, given: str | None) -> dict[int, str]:
    """The network's number of each class.

    Raises:
        ModelError: when the network has another number of classes than there are names.
    """
    if family.family == "rfdetr" and given == "coco" and family.classes == COCO_SLOTS:
        return dict(COCO)
    counted = dict(enumerate(plain(name) for name in names))
    spare = 1 if family.family == "rfdetr" else 0  # RF-DETR's last slot is background
    if family.classes is not None and family.classes not in (len(names), len(names) + spare):
        raise ModelError(
            f"the network gives scores for {family.classes} classes, but there are {len(names)} names"
            f"{'' if given is None else f' in --classes {given}'}: {', '.join(names[:8])}"
            f"{' …' if len(names) > 8 else ''}; give as many names, in the network's order"
        )
    return counted


def mapped(text: str | None, theirs: dict[int, str]) -> dict[int, str]:
    """Our name of each class that is used, by the network's number; all of them without a map.

    Raises:
        ModelError: when the map is not ``NUMBER_OR_NAME=our_name,…`` or names a class that is not there.
    """
    if text is None:
        return theirs
    numbers = {name: number for number, name in theirs.items()}
    used: dict[int, str] = {}
    for item in text.split(","):
        left, _, ours = (part.strip() for part in item.partition("="))
        number = int(left) if left.isdecimal() else numbers.get(plain(left))
        if not ours or number not in theirs:
            known = ", ".join(f"{number}={name}" for number, name in list(theirs.items())[:10])
            raise ModelError(
                f"--map {item.strip()}: write NUMBER=our_name or their_name=our_name; the network has {known}"
                f"{' …' if len(theirs) > 10 else ''}"
            )
        used[number] = plain(ours)
    return used


def class_map(used: dict[int, str], size: int) -> tuple[tuple[str, ...], ClassMap | None]:
    """Our class names in order, and the map where the network's numbers are not simply theirs."""
    ours = tuple(dict.fromkeys(used[number] for number in sorted(used)))
    if size == len(ours) and all(used.get(number) == name for number, name in enumerate(ours)):
        return ours, None
    return ours, ClassMap(size=size, names=used)

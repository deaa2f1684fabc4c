"""Command line: `python -m scripts.render --help`."""

from __future__ import annotations

import argparse
import importlib
from dataclasses import replace
from pathlib import Path

EXAMPLES = """examples (from the repository's root, with Blender's Python module installed):
  python -m scripts.render clip                      the demo clip, media/street.mp4 and street.json
  python -m scripts.render clip --story bikes_day    a clip of the suite, media/suite/bikes_day.mp4 and .json
  python -m scripts.render clip --story bikes_day --preview --at 5 20.5 --out runs/look    two quick pictures of it
  python -m scripts.render tower --clip falling_day  a clip of things that fall, media/suite/falling_day.mp4 and .json
  python -m scripts.render grounds --clip greenery_day    a clip of a lawn or a road, media/suite/greenery_day.mp4
  python -m scripts.render truth --story street      only media/street.json
  python -m scripts.render film --play gas_kitchen --play smoke_corridor    clips of rooms, into media/suite
  python -m scripts.render stills --count 120 --seed 5000 --out runs/render/stills
  python -m scripts.render indoor --count 400 --seed 1000 --out runs/render/indoor
  python -m scripts.render cutouts --count 300 --seed 100 --out runs/render/cutouts
  python -m scripts.render fleet --count 240 --seed 700 --out runs/render/fleet
  python -m scripts.render ground --count 60 --seed 9000 --out runs/render/ground
An interrupted command continues where it stopped when it is started again."""
PICTURES = {  # of each command: what it is for, and its usual count, seed and samples
    "stills": ("varied single pictures of streets with YOLO labels", 120, 5000, 3),
    "indoor": ("stairwells, lifts, kitchens, bike piles with YOLO labels; a room for each 8 pictures", 400, 1000, 6),
    "cutouts": ("single things with a transparent background", 300, 100, 8),
    "fleet": ("vehicles with a transparent background, views of many that share light and camera", 240, 700, 4),
    "ground": ("green belts and ponded streets with masks of the ground's classes", 60, 9000, 3),
}
GROUND_CLIPS = ("greenery_day", "greenery_hard", "waterlogging_rain", "waterlogging_night")


def parser() -> argparse.ArgumentParser:
    """The command line's options."""
    main_parser = argparse.ArgumentParser(
        prog="python -m scripts.render", description=__doc__, epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    commands = main_parser.add_subparsers(dest="command", required=True)
    clip = commands.add_parser("clip", help="render a story's clip with its ground truth")
    clip.add_argument("--cache", type=Path, default=None, help="folder of frames (default: runs/render/<story>)")
    clip.add_argument("--preview", action="store_true", help="render at half the size with few samples")
    clip.add_argument("--at", type=float, nargs="+", metavar="SECONDS", help="only single pictures, as PNG")
    clip.add_argument("--samples", type=int, default=None, help="of moving regions (default: the story's)")
    clip.add_argument("--still-samples", type=int, default=None)
    clip.add_argument("--quality", type=int, default=30, help="x264 CRF")
    truth = commands.add_parser("truth", help="write only a clip's ground truth")
    for command in (clip, truth):
        command.add_argument("--story", default="street", help="a module of scripts/render/stories (default: street)")
        command.add_argument("--out", type=Path, default=None, help="folder (default: the story's, in media)")
    tower = commands.add_parser("tower", help="clips of things that fall from a tower")
    tower.add_argument("--clip", choices=("falling_day", "falling_rain"), required=True)
    tower.add_argument("--samples", type=int, default=16, help="of the still tower")
    grounds = commands.add_parser("grounds", help="clips of a lawn that is dug up and a road that is flooded")
    grounds.add_argument("--clip", choices=GROUND_CLIPS, required=True)
    grounds.add_argument("--samples", type=int, default=8, help="of the still pictures")
    for command in (tower, grounds):
        command.add_argument("--cache", type=Path, default=Path("runs/render/suite"), help="folder of still pictures")
        command.add_argument("--out", type=Path, default=Path("media/suite"))
    film = commands.add_parser("film", help="render a play of scripts/render/film with its ground truth")
    film.add_argument("--play", action="append", required=True, help="a module of scripts/render/film/plays")
    film.add_argument("--out", type=Path, default=Path("media/suite"))
    film.add_argument("--cache", type=Path, default=Path("runs/render"), help="folder of folders of frames")
    film.add_argument("--at", type=float, nargs="+", default=None, help="only quick pictures at these seconds")
    film.add_argument("--truth", action="store_true", help="only the ground truth, of a clip rendered before")
    film.add_argument("--samples", type=int, default=4, help="of moving regions")
    film.add_argument("--still-samples", type=int, default=32)
    film.add_argument("--quality", type=int, default=27, help="x264 CRF")
    for name, (tells, count, seed, samples) in PICTURES.items():
        pictures = commands.add_parser(name, help=tells)
        pictures.add_argument("--count", type=int, default=count)
        pictures.add_argument("--seed", type=int, default=seed, help="of the first group (default: %(default)s)")
        pictures.add_argument("--out", type=Path, required=True)
        pictures.add_argument("--samples", type=int, default=samples)
    return main_parser


def run_story(options: argparse.Namespace) -> None:
    """Render a story's clip, single pictures of it, or write its ground truth."""
    from .clip import render_at, render_clip, write_truth  # noqa: PLC0415  (Blender is slow; --help must not wait)
    from .story import load  # noqa: PLC0415

    try:
        story = load(options.story)
    except KeyError as problem:
        raise SystemExit(problem.args[0]) from None
    out = options.out or story.folder
    if options.command == "truth":
        out.mkdir(parents=True, exist_ok=True)
        write_truth(story, story.set_up(), out / f"{story.name}.json")
        return
    quick = {"samples": 2, "still_samples": 8} if options.preview else {}
    asked = {"samples": options.samples, "still_samples": options.still_samples}
    story = replace(story, **(quick | {name: value for name, value in asked.items() if value is not None}))
    scale = 0.5 if options.preview else 1.0
    folder = options.cache or Path("runs/render") / (f"{story.name}_preview" if options.preview else story.name)
    if options.at:
        render_at(story, options.at, folder, out, scale)
    else:
        render_clip(story, folder, out, scale, options.quality)


def run_plays(options: argparse.Namespace) -> None:
    """Render plays one after the other, or quick pictures of them."""
    from .film.film import only_truth, preview, render_play  # noqa: PLC0415  (Blender is slow; --help must not wait)

    for name in options.play:
        try:
            if options.truth:
                only_truth(name, options.cache / name, options.out)
            elif options.at:
                preview(name, options.cache / f"{name}_look", options.at)
            else:
                render_play(
                    name, options.cache / name, options.out, options.samples, options.still_samples, options.quality
                )
        except ValueError as problem:
            raise SystemExit(str(problem)) from None


def run_towers(options: argparse.Namespace) -> None:
    """Render a clip of things that fall."""
    from .falling.clip import render_tower  # noqa: PLC0415

    render_tower(options.clip, options.cache, options.out, options.samples)


def run_grounds(options: argparse.Namespace) -> None:
    """Render a clip of a lawn or a road."""
    from .ground_clips.render import render_ground_clip  # noqa: PLC0415

    render_ground_clip(options.clip, options.cache, options.out, options.samples)


def run_pictures(options: argparse.Namespace) -> None:
    """Render single pictures: the command's `render_<command>` in its module."""
    module = {"stills": ".stills", "fleet": ".fleet", "cutouts": ".indoor.cutouts"}.get(
        options.command, f".{options.command}.pictures"
    )
    render = getattr(importlib.import_module(module, __package__), f"render_{options.command}")
    render(options.count, options.seed, options.out, options.samples)


def main() -> None:
    """Run a command."""
    options = parser().parse_args()
    runs = {"clip": run_story, "truth": run_story, "film": run_plays, "tower": run_towers, "grounds": run_grounds}
    runs.get(options.command, run_pictures)(options)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit("stopped; start the same command again to go on") from None

"""Command line: `python -m scripts.render --help`."""

from __future__ import annotations

import argparse
from pathlib import Path

EXAMPLES = """examples (from the repository's root, with Blender's Python module installed):
  python -m scripts.render clip                      the demo clip, media/street.mp4 and street.json
  python -m scripts.render clip --preview --out DIR  the same clip, quick and coarse
  python -m scripts.render truth                     only media/street.json
  python -m scripts.render stills --count 120 --seed 5000 --out runs/render/stills
  python -m scripts.render indoor --count 400 --seed 1000 --out runs/render/indoor
  python -m scripts.render cutouts --count 300 --seed 100 --out runs/render/cutouts
  python -m scripts.render ground --count 60 --seed 9000 --out runs/render/ground
An interrupted command continues where it stopped when it is started again."""


def parser() -> argparse.ArgumentParser:
    """The command line's options."""
    main_parser = argparse.ArgumentParser(
        prog="python -m scripts.render", description=__doc__, epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    commands = main_parser.add_subparsers(dest="command", required=True)
    clip = commands.add_parser("clip", help="render the demo clip with its ground truth")
    clip.add_argument("--out", type=Path, default=Path("media"))
    clip.add_argument("--cache", type=Path, default=None, help="folder of frames (default: runs/render/clip)")
    clip.add_argument("--preview", action="store_true", help="a quarter of the size, few samples")
    clip.add_argument("--samples", type=int, default=8)
    clip.add_argument("--still-samples", type=int, default=28)
    clip.add_argument("--quality", type=int, default=30, help="x264 CRF")
    truth = commands.add_parser("truth", help="write only the clip's ground truth")
    truth.add_argument("--out", type=Path, default=Path("media"))
    stills = commands.add_parser("stills", help="varied single pictures with YOLO labels")
    stills.add_argument("--count", type=int, default=120)
    stills.add_argument("--seed", type=int, default=5000)
    stills.add_argument("--out", type=Path, required=True)
    stills.add_argument("--samples", type=int, default=3)
    ground = commands.add_parser("ground", help="green belts and ponded streets with masks of the ground's classes")
    ground.add_argument("--count", type=int, default=60)
    ground.add_argument("--seed", type=int, default=9000)
    ground.add_argument("--out", type=Path, required=True)
    ground.add_argument("--samples", type=int, default=3)
    indoor = commands.add_parser("indoor", help="stairwells, lifts, kitchens, bike piles with YOLO labels")
    indoor.add_argument("--count", type=int, default=400)
    indoor.add_argument("--seed", type=int, default=1000, help="seed of the first room; each room gives 8 pictures")
    indoor.add_argument("--out", type=Path, required=True)
    indoor.add_argument("--samples", type=int, default=6)
    cutouts = commands.add_parser("cutouts", help="single things with a transparent background")
    cutouts.add_argument("--count", type=int, default=300)
    cutouts.add_argument("--seed", type=int, default=100)
    cutouts.add_argument("--out", type=Path, required=True)
    cutouts.add_argument("--samples", type=int, default=8)
    return main_parser


def main() -> None:
    """Run a command."""
    options = parser().parse_args()
    if options.command == "clip":
        from .clip import render_clip  # noqa: PLC0415  (Blender is slow to load; --help must not wait)

        if options.preview:
            folder = options.cache or Path("runs/render/preview")
            render_clip(folder, options.out, 3, 16, 0.3, options.quality)
        else:
            folder = options.cache or Path("runs/render/clip")
            render_clip(folder, options.out, options.samples, options.still_samples, 1.0, options.quality)
    elif options.command == "truth":
        from .clip import set_up, write_truth  # noqa: PLC0415

        write_truth(set_up(), options.out / "street.json")
    elif options.command == "ground":
        from .ground.pictures import render_ground  # noqa: PLC0415

        render_ground(options.count, options.seed, options.out, options.samples)
    elif options.command == "indoor":
        from .indoor.pictures import render_indoor  # noqa: PLC0415

        render_indoor(options.count, options.seed, options.out, options.samples)
    elif options.command == "cutouts":
        from .indoor.cutouts import render_cutouts  # noqa: PLC0415

        render_cutouts(options.count, options.seed, options.out, options.samples)
    else:
        from .stills import render_stills  # noqa: PLC0415

        render_stills(options.count, options.seed, options.out, options.samples)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit("stopped; start the same command again to go on") from None

"""Prints what each source gives: pictures, groups and pixels per class, training and held out."""

from scripts.train.ground.recipe import arguments, load
from scripts.train.ground.sources import table

EXAMPLES = """examples:
  .venv-train/bin/python -m scripts.train.ground.count
  .venv-train/bin/python -m scripts.train.ground.count --shared /data/shared
"""


def main() -> None:
    """Print the table."""
    recipe = load(
        arguments("Count the ground data: pictures, and millions of pixels per class.", EXAMPLES).parse_args()
    )
    print(table(recipe))


if __name__ == "__main__":
    main()

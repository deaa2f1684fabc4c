"""``python -m sharp_eyes.edge``."""

from sharp_eyes.edge.cli import main

main()

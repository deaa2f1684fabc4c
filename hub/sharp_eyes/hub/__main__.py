"""``python -m sharp_eyes.hub``."""

from sharp_eyes.hub.cli import main

main()

"""Finds the stories: each module of this package that has a ``STORY``."""

import pkgutil
from importlib import import_module

from sharp_eyes.hub.demo import stories
from sharp_eyes.hub.demo.stories.story import Story


def all_stories() -> dict[str, Story]:
    """All stories by name, in the order of their names."""
    modules = (import_module(f"{stories.__name__}.{found.name}") for found in pkgutil.iter_modules(stories.__path__))
    found: list[Story] = [module.STORY for module in modules if hasattr(module, "STORY")]
    return {one.name: one for one in sorted(found, key=lambda one: one.name)}

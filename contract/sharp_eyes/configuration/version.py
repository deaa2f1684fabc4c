"""The installed version of the program, which both sides tell each other."""

from importlib.metadata import version

__version__ = version("sharp-eyes")

"""Sharp Eyes: from a camera's picture to a closed case."""

__version__ = "0.1.0"

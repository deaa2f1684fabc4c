"""What measuring needs beyond what a gateway carries."""

from importlib.util import find_spec

from sharp_eyes.edge.errors import ConfigError

MODULES = ("faster_coco_eval", "jinja2")


def missing() -> list[str]:
    """Modules of the extra ``evaluate`` that are not installed."""
    return [name for name in MODULES if find_spec(name) is None]


def need_extra() -> None:
    """Make sure that the extra ``evaluate`` is installed.

    Raises:
        ConfigError: it is not; says how to install it.
    """
    if lacking := missing():
        raise ConfigError(
            f"the extra 'evaluate' is not installed ({', '.join(lacking)} missing): "
            "run `pip install 'sharp-eyes[evaluate]'`"
        )

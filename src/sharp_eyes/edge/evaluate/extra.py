"""What measuring needs beyond what a gateway carries."""

from importlib.util import find_spec

from sharp_eyes.edge.errors import ConfigError

MODULES = ("faster_coco_eval", "jinja2")


def need_extra(otherwise: str = "") -> None:
    """Make sure that the extra ``evaluate`` is installed; ``otherwise``: what else can be done.

    Raises:
        ConfigError: it is not; says how to install it.
    """
    missing = [name for name in MODULES if find_spec(name) is None]
    if missing:
        raise ConfigError(
            f"the extra 'evaluate' is not installed ({', '.join(missing)} missing): "
            f"run `pip install 'sharp-eyes[edge,evaluate]'`{', ' if otherwise else ''}{otherwise}"
        )

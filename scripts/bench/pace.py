"""Processor time of a camera-second in a gateway, by the camera's keyframe interval and by what happens before it.

The clip is encoded anew as street cameras send it (1920 x 1080, 25 frames a second, H.264 at 4 Mbit/s without B-frames,
with a sensor's noise), once for each keyframe interval; some cameras play it as live ones would and go the whole way of
a gateway: reading, decoding, detector, tracker, scenes, evidence, outbox, live picture. Only the hub is left out.
"""

import argparse
import logging
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from scripts.bench.cameras import ZONE, Bench

from sharp_eyes.edge.errors import EdgeError
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.settings import GatewaySettings

EXAMPLES = """examples:
  .venv/bin/python -m scripts.bench.pace --clip media/street.mp4
  .venv/bin/python -m scripts.bench.pace --clip media/street.mp4 --still --keyframes 2
  .venv/bin/python -m scripts.bench.pace --clip CLIP --scene perimeter_intrusion --keyframes 1 2 10
"""
SCENES = ("illegal_parking", "bike_clutter", "fire_lane_blocked", "perimeter_intrusion", "smoke", "greenery_damage")


def encode(clip: Path, target: Path, keyframes: float, still: bool, length: float) -> None:
    """Encode the clip as a camera would; ``still``: its first picture for ever, with the sensor's noise alone.

    Raises:
        SystemExit: ffmpeg is missing or fails.
    """
    every = round(25 * keyframes)
    freeze = "select=eq(n\\,0),loop=-1:1," if still else ""
    command = ["ffmpeg", "-v", "error", "-y"]
    command += [] if still else ["-stream_loop", "-1"]
    command += ["-i", str(clip), "-an", "-t", str(length)]
    command += ["-vf", f"{freeze}fps=25,scale=1920:1080,noise=alls=6:allf=t,format=yuv420p"]
    command += ["-c:v", "libx264", "-preset", "veryfast", "-bf", "0", "-g", str(every), "-keyint_min", str(every)]
    command += ["-sc_threshold", "0", "-b:v", "4M", "-maxrate", "4M", "-bufsize", "4M", str(target)]
    try:
        subprocess.run(command, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(f"{clip}: cannot be encoded: {error}; is ffmpeg installed?") from error


def settings_of(given: argparse.Namespace, clip: Path, folder: Path) -> GatewaySettings:
    """A gateway with equal cameras whose scene has its default settings."""
    camera = {
        "source": {"kind": "file", "path": str(clip), "pace": "live", "loop": True},
        "decode": given.decode,
        "scenes": [{"scene": given.scene, "zones": [ZONE]}],
    }
    raw: dict[str, Any] = {
        "gateway": "bench",
        "data": folder,
        "model": {"runtime": given.runtime, "precision": given.precision, "threads": given.threads},
        "cameras": [{"id": f"camera-{number:04}", **camera} for number in range(given.cameras)],
    }
    return GatewaySettings.model_validate(raw)


def measure(bench: Bench, seconds: float, cameras: int) -> str:
    """Play for so long; returns a row of figures for each second of a camera."""
    before = {camera: bench.counts(camera) for camera in bench.cameras}
    start, worked = time.monotonic(), time.process_time()
    while time.monotonic() < start + seconds:
        time.sleep(0.25)
        bench.keep_house()
    camera_seconds = (time.monotonic() - start) * cameras
    processor = time.process_time() - worked
    after = {camera: bench.counts(camera) for camera in bench.cameras}
    looks, late = (
        sum(getattr(after[camera], name) - getattr(before[camera], name) for camera in bench.cameras)
        for name in ("looks", "late")
    )
    return f"{1e3 * processor / camera_seconds:8.1f} {looks / camera_seconds:8.2f} {late:6}"


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clip", type=Path, required=True, help="what every camera shows, again and again")
    parser.add_argument("--still", action="store_true", help="only its first picture, with noise: nothing happens")
    parser.add_argument("--scene", default="illegal_parking", choices=SCENES)
    parser.add_argument("--keyframes", type=float, nargs="+", default=[1.0, 2.0], help="seconds between keyframes")
    parser.add_argument("--decode", default="auto", choices=["auto", "all", "nonreference", "keyframes"])
    parser.add_argument("--cameras", type=int, default=4, help="cameras at once (%(default)s)")
    parser.add_argument("--seconds", type=float, default=40.0, help="measured for each interval (%(default)s)")
    parser.add_argument("--warm-up", type=float, default=15.0, help="seconds before it (%(default)s)")
    parser.add_argument("--runtime", default="auto", choices=["auto", "onnxruntime", "openvino"])
    parser.add_argument("--precision", default="auto", choices=["auto", "fp32", "bf16", "int8"])
    parser.add_argument("--threads", type=int, default=1, help="threads of the runtime (%(default)s)")
    return parser.parse_args()


def main() -> None:
    """Measure each keyframe interval and print a row."""
    given = arguments()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    what = "its first picture" if given.still else "all of it"
    print(
        f"{given.clip.name} ({what}), {given.scene}, decode {given.decode}, {given.cameras} cameras, {os.cpu_count()} "
        f"cores, load {os.getloadavg()[0]:.1f} before the start\n"
        f"{'keyframes':>10} {'cpu ms/s':>8} {'looks/s':>8} {'late':>6}",
        flush=True,
    )
    for keyframes in given.keyframes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            clip = folder / "camera.mp4"
            encode(given.clip, clip, keyframes, given.still, 40)
            try:
                settings = settings_of(given, clip, folder)
                bench = Bench(settings, Detectors.open(settings.model.shared_out()))
            except EdgeError as error:
                raise SystemExit(str(error)) from error
            with bench.running(keyframes):
                end = time.monotonic() + given.warm_up
                while time.monotonic() < end:
                    time.sleep(0.25)
                    bench.keep_house()
                row = measure(bench, given.seconds, given.cameras)
        print(f"{keyframes:8g} s {row}", flush=True)


if __name__ == "__main__":
    main()

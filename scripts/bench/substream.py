"""What a substream saves: one camera over real RTSP, looked at in its main stream and in its substream.

Processor milliseconds (user and system) of the gateway's process a camera-second; the camera is a process of its own
(scripts/rtsp_server.py). The whole way is gone: packets, decoding, detector, tracker, scene, ring; and at the end the
main stream's picture of one look is fetched as for an event.
"""

import argparse
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.scheduler import Scheduler
from sharp_eyes.edge.frame import Detections, Frame
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.settings import GatewaySettings
from sharp_eyes.edge.worker import CameraWorker

EXAMPLES = """examples:
  .venv/bin/python scripts/bench/substream.py --clip media/street.mp4
  .venv/bin/python scripts/bench/substream.py --clip media/street.mp4 --keyframes 10 --seconds 60
"""
ROOT = Path(__file__).resolve().parents[2]
ZONE = {"id": "zone", "polygon": [[0.1, 0.3], [0.9, 0.3], [0.9, 0.95], [0.1, 0.95]]}


def encoded(clip: Path, out: Path, size: str, bits: str, group: int) -> Path:
    """The clip as a camera would send it: no B-frames, a keyframe every ``group`` frames, 25 frames a second."""
    command = ["ffmpeg", "-v", "error", "-y", "-i", str(clip), "-an", "-vf", f"scale={size},fps=25", "-c:v", "libx264"]
    command += ["-preset", "veryfast", "-b:v", bits, "-bf", "0", "-g", str(group), "-keyint_min", str(group)]
    subprocess.run([*command, "-sc_threshold", "0", "-threads", "2", str(out)], check=True)
    return out


def settings_of(source: dict[str, Any], folder: Path, runtime: str) -> GatewaySettings:
    """A gateway with this one camera."""
    scene = {"scene": "illegal_parking", "look_interval": 1.0, "zones": [ZONE]}
    camera = {"id": "camera", "source": {"kind": "rtsp", **source}, "scenes": [scene]}
    model = {"runtime": runtime, "precision": "fp32", "threads": 1}
    return GatewaySettings.model_validate({"gateway": "bench", "data": folder, "model": model, "cameras": [camera]})


def measured(settings: GatewaySettings, warm_up: float, seconds: float) -> tuple[float, int, float]:
    """Processor ms a camera-second, looks, and processor ms of one picture for evidence."""
    detectors = Detectors.open(settings.model.shared_out())
    latest: list[Frame] = []

    def on_detections(frame: Frame, found: Detections) -> None:
        worker.on_detections(frame, found)
        latest[:] = [frame]

    scheduler = Scheduler(detectors, on_detections)
    outbox = Outbox(settings.data / "outbox", settings.outbox.max_bytes)
    worker = CameraWorker(settings, settings.cameras[0], detectors, scheduler, outbox)
    scheduler.start()
    worker.start()
    try:
        time.sleep(warm_up)
        looks, began, worked = scheduler.counts("camera").looks, time.monotonic(), time.process_time()
        time.sleep(seconds)
        spent = 1000 * (time.process_time() - worked) / (time.monotonic() - began)
        looks = scheduler.counts("camera").looks - looks
        frame = latest[0]
        worker.stop()
        worked = time.process_time()
        picture = worker._streams.frame(frame)
        picture.picture()
        print(
            f"  evidence {picture.width} x {picture.height}; {worker.health().detail or 'nothing to say'}", flush=True
        )
        return spent, looks, 1000 * (time.process_time() - worked)
    finally:
        worker.stop()
        scheduler.stop()
        outbox.close()


def main() -> None:
    """Measure both and print them."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clip", type=Path, required=True, help="what the camera shows")
    parser.add_argument("--keyframes", type=float, default=2.0, help="seconds between the main stream's (%(default)s)")
    parser.add_argument("--sub-keyframes", type=float, default=1.0, help="and the substream's (%(default)s)")
    parser.add_argument("--seconds", type=float, default=30.0, help="measured for each (%(default)s)")
    parser.add_argument("--warm-up", type=float, default=15.0, help="seconds before it (%(default)s)")
    parser.add_argument("--runtime", default="onnxruntime", choices=["onnxruntime", "openvino"])
    parser.add_argument("--port", type=int, default=8655, help="of the camera (%(default)s)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large = encoded(given.clip, folder / "large.mp4", "1920:1080", "4M", round(25 * given.keyframes))
        small = encoded(given.clip, folder / "small.mp4", "640:360", "512k", round(25 * given.sub_keyframes))
        server = [
            "/usr/bin/python3", str(ROOT / "scripts/rtsp_server.py"), str(large), "--sub", str(small),
            "--port", str(given.port),
        ]  # fmt: skip
        with subprocess.Popen(server, stdout=subprocess.PIPE, text=True) as camera:
            assert camera.stdout is not None
            camera.stdout.readline()
            url = f"rtsp://127.0.0.1:{given.port}/cam"
            try:
                for label, source in (
                    ("main stream looked at", {"url": url}),
                    ("substream looked at", {"url": url, "substream": f"{url}-sub"}),
                ):
                    settings = settings_of(source, folder / label.split()[0], given.runtime)
                    spent, looks, once = measured(settings, given.warm_up, given.seconds)
                    print(
                        f"{label}: {spent:.1f} ms a camera-second, {looks} looks; a picture {once:.0f} ms", flush=True
                    )
            finally:
                camera.terminate()


if __name__ == "__main__":
    main()

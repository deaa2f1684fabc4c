"""What a camera's streams and clock are worth for watching, and what to set in the camera. Pure."""

from sharp_eyes.edge.camera_check.stream_check import LONGEST, StreamReport

WANTED_INTERVAL = 1.0
"""Seconds between keyframes: then the gateway decodes nothing that it does not look at."""

TOLERANCE = 1.25
UNEVEN = 1.5
"""Two intervals that differ by more than this come from a "smart" codec."""

CLOCK_OFF = 5.0
"""Seconds by which the time that the camera writes into its picture may be wrong."""

SMALL_WIDTH = 640
"""Pixels; the detectors look at pictures of this width."""

LARGE = 1920 * 1080
LEAST_RATE = 5.0
SAME_SHAPE = 0.02
NAMES = {"h264": "H.264", "hevc": "H.265", "mjpeg": "Motion JPEG", "mpeg4": "MPEG-4"}
_WASTEFUL = 10_000
"""Kilobits a second beyond which the network and the clips are large for what is seen."""


def advice_on(report: StreamReport) -> list[str]:
    """What to set in the camera for this stream; empty where all is well."""
    return [*_codec(report), *_keyframes(report), *_rate(report), *_size(report)]


def advice_on_pair(main: StreamReport, sub: StreamReport) -> list[str]:
    """What does not fit between main stream and substream."""
    shapes = main.width / main.height, sub.width / sub.height
    if abs(shapes[0] / shapes[1] - 1) <= SAME_SHAPE:
        return []
    return [
        f"the substream's shape ({sub.width} x {sub.height}) differs from the main stream's "
        f"({main.width} x {main.height}): set both to the same aspect ratio, so that boxes lie where they belong"
    ]


def advice_on_clock(offset: float | None) -> list[str]:
    """What to do about a camera's clock that is ``offset`` seconds ahead of this machine's."""
    if offset is None or abs(offset) <= CLOCK_OFF:
        return []
    return [
        f"the camera's clock is {_span(abs(offset))} {'ahead' if offset > 0 else 'behind'}: set a time server (NTP) "
        "in the camera; events go by the gateway's clock, but what the camera writes into its picture is wrong"
    ]


def described(report: StreamReport) -> str:
    """One line: codec, size, rate, keyframes, bits."""
    interval = report.keyframe_interval
    keyframes = (
        f"no second keyframe in {report.watched:.0f} s" if interval is None else f"a keyframe every {interval:.1f} s"
    )
    codec = NAMES.get(report.codec, report.codec)
    return (
        f"{codec}, {report.width} x {report.height}, {report.frame_rate:.0f} frames/s, {keyframes}, "
        f"{report.kilobits:.0f} kbit/s"
    )


def _codec(report: StreamReport) -> list[str]:
    if report.codec == "h264":
        return []
    if report.codec == "hevc":
        return [
            "H.265 costs more to decode and its clips play in fewer browsers: set H.264 where the network allows it"
        ]
    return [f"{NAMES.get(report.codec, report.codec)} is not made for this: set the codec to H.264"]


def _keyframes(report: StreamReport) -> list[str]:
    interval = report.keyframe_interval
    if report.codec == "mjpeg":
        return []
    group = f" ({max(1, round(report.frame_rate))} frames)" if report.frame_rate else ""
    wanted = f"set the I-frame interval to 1 s{group}"
    if interval is None:
        return [f"no second keyframe came in {report.watched or LONGEST:.0f} s: {wanted}, and switch a smart codec off"]
    shortest = min(report.keyframe_intervals)
    if interval > UNEVEN * shortest and interval > WANTED_INTERVAL * TOLERANCE:
        return [
            f"keyframes come unevenly ({shortest:.1f} to {interval:.1f} s): switch the smart codec off and {wanted}"
        ]
    if interval > WANTED_INTERVAL * TOLERANCE:
        return [f"a keyframe comes every {interval:.1f} s only: {wanted}, so that less has to be decoded"]
    return []


def _rate(report: StreamReport) -> list[str]:
    if report.frame_rate >= LEAST_RATE:
        return []
    return [f"{report.frame_rate:.1f} frames/s are few for what moves: set 10 to 25"]


def _size(report: StreamReport) -> list[str]:
    wrong = []
    if report.width < SMALL_WIDTH:
        wrong.append(
            f"{report.width} pixels across are few: set at least {SMALL_WIDTH} x 360, or small things are not seen"
        )
    if report.width * report.height > LARGE:
        wrong.append(
            "more than 1920 x 1080 costs much to decode: let a substream of 640 x 360 to 1280 x 720 be looked at"
        )
    if report.kilobits > _WASTEFUL:
        wrong.append(
            f"{report.kilobits / 1000:.0f} Mbit/s: 4 Mbit/s are enough for 1080p; clips and network shrink with it"
        )
    return wrong


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.0f} hours"

"""What stands between a scene and a network at a real site: few pixels, hard compression, a stamp, infrared light.

Every function takes and gives a BGR picture (h, w, 3) of the same size and leaves the given one as it is.
"""

from fractions import Fraction

import cv2
import numpy as np
from scripts.train.boxes import Picture

HEIGHTS = (144, 180, 240, 288, 360, 480)
"""Heights in pixels of streams that gateways and old recorders send beside full ones."""


def coarse(picture: Picture, random: np.random.Generator) -> Picture:
    """The picture as a stream of few lines shows it, blown up again."""
    rows, columns = picture.shape[:2]
    height = int(HEIGHTS[int(random.integers(len(HEIGHTS)))])
    if height >= rows:
        return picture
    down = (cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_NEAREST)[int(random.integers(3))]
    small = cv2.resize(picture, (max(8, round(columns * height / rows)), height), interpolation=down)
    up = (cv2.INTER_LINEAR, cv2.INTER_CUBIC)[int(random.integers(2))]
    return np.asarray(cv2.resize(small, (columns, rows), interpolation=up), np.uint8)


def jpeg(picture: Picture, quality: int) -> Picture:
    """The picture after JPEG of that quality (1 to 100)."""
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def h264(picture: Picture, factor: int, preset: str = "veryfast") -> Picture:
    """The picture as a key frame of H.264 at a constant rate factor (0 to 51; above 35 it falls into blocks).

    The preset `ultrafast` leaves blocks as hard as cheap encoders do. Sizes that are not even lose a line. Where PyAV
    is not installed, JPEG of about that quality stands in.
    """
    try:
        import av  # noqa: PLC0415 - the lent machine with the accelerator has none
    except ImportError:
        return jpeg(picture, max(5, 100 - 2 * factor))
    rows, columns = picture.shape[0] // 2 * 2, picture.shape[1] // 2 * 2
    writer = av.CodecContext.create("libx264", "w")
    writer.width, writer.height, writer.pix_fmt = columns, rows, "yuv420p"
    writer.framerate = Fraction(25)
    writer.options = {"preset": preset, "crf": str(factor), "tune": "zerolatency", "threads": "1"}
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture[:rows, :columns]), format="bgr24")
    packets = [*writer.encode(frame), *writer.encode(None)]
    reader = av.CodecContext.create("h264", "r")
    reader.thread_count = 1
    shown = [seen for packet in packets for seen in reader.decode(packet)] + list(reader.decode(None))
    result = picture.copy()
    result[:rows, :columns] = shown[0].to_ndarray(format="bgr24")
    return result


def stamp(picture: Picture, random: np.random.Generator) -> Picture:
    """Date and name of the camera, as recorders write them over the picture."""
    rows, columns = picture.shape[:2]
    result = picture.copy()
    text = f"20{random.integers(15, 27)}-{random.integers(1, 13):02d}-{random.integers(1, 29):02d} " + (
        f"{random.integers(24):02d}:{random.integers(60):02d}:{random.integers(60):02d}"
    )
    size = rows / float(random.uniform(450, 900))
    for line, at in ((text, (0.03, 0.08)), (f"CAM {random.integers(1, 64):02d}", (0.7, 0.95))):
        place = (round(at[0] * columns), round(at[1] * rows))
        cv2.putText(result, line, place, cv2.FONT_HERSHEY_SIMPLEX, size, (0, 0, 0), 2, cv2.LINE_AA)
        cv2.putText(result, line, place, cv2.FONT_HERSHEY_SIMPLEX, size, (255, 255, 255), 1, cv2.LINE_AA)
    return result


def infrared(picture: Picture, random: np.random.Generator) -> Picture:
    """Grey, brightest in the middle where the lamp shines, with the sensor's noise."""
    rows, columns = picture.shape[:2]
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    away = np.hypot(x / columns - float(random.uniform(0.35, 0.65)), y / rows - float(random.uniform(0.35, 0.65)))
    lamp = float(random.uniform(0.9, 1.5)) * np.exp(-((away / float(random.uniform(0.35, 0.8))) ** 2)) + 0.15
    seen = grey * lamp + random.normal(0, float(random.uniform(1, 7)), grey.shape)
    return np.repeat(np.clip(seen, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


def smeared(picture: Picture, random: np.random.Generator, box: tuple[float, float, float, float] | None) -> Picture:
    """A strip of the picture smeared from top to bottom, above `box` (x1, y1, x2, y2) or anywhere.

    `ebike_lift` and `lpg_photos` have such a strip above every object, where a label's text was taken away. On other
    pictures it teaches that the strip means nothing.
    """
    rows, columns = picture.shape[:2]
    if box is None:
        wide, x, y = float(random.uniform(0.12, 0.5)) * columns, float(random.uniform(-0.1, 0.8)) * columns, rows
        y = int(random.uniform(0.12, 0.8) * rows)
    else:
        wide, x, y = max(box[2] - box[0], 0.15 * columns), box[0], int(box[1])
    high = max(3, round(float(random.uniform(0.05, 0.2)) * rows))
    x0, x1 = max(0, round(x)), min(columns, round(x + wide))
    y0, y1 = max(0, y - high), min(rows, y)
    result = picture.copy()
    if x1 - x0 < 4 or y1 - y0 < 3:
        return result
    above = picture[max(0, y0 - 2) : y0 + 1, x0:x1].mean(axis=0)
    below = picture[y1 - 1 : y1 + 2, x0:x1].mean(axis=0)
    share = np.linspace(0, 1, y1 - y0)[:, None, None]
    strip = above[None] * (1 - share) + below[None] * share
    result[y0:y1, x0:x1] = cv2.GaussianBlur(strip.astype(np.float32), (0, 0), max(0.8, columns / 120)).astype(np.uint8)
    return result


def as_sent(picture: Picture, random: np.random.Generator) -> Picture:
    """One of the ways in which pictures reach a gateway, from as they are to hardly to be recognised."""
    result = picture
    if random.random() < 0.12:
        result = infrared(result, random)
    if random.random() < 0.15:
        result = stamp(result, random)
    if random.random() < 0.5:
        result = coarse(result, random)
    how = random.random()
    if how < 0.4:
        result = h264(result, int(random.integers(26, 44)), "ultrafast" if random.random() < 0.5 else "veryfast")
    elif how < 0.7:
        result = jpeg(result, int(random.integers(8, 60)))
    return result

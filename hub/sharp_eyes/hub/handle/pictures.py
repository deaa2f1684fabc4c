"""A handler's photo: checked by its content, shown without what it tells of place and device.

A phone writes where and when a photo was taken, and often more, behind or between the picture's own bytes: a place in
EXIF, a vendor's block, a second picture, a short film. What others see is decoded and written anew, upright, so that
nothing of that remains; the file as it was uploaded is kept beside it.
"""

import io
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from sharp_eyes.hub.errors import RequestError

LONGEST_SIDE = 4096
"""Pixels; a larger photo is made smaller for those who look at it."""

MAX_PIXELS = 220_000_000
"""A phone's photo of 200 million pixels is taken; more is refused before it is decoded."""

_MAX_PIXELS_WHOLE = 60_000_000
"""PNG and a JPEG in several scans cannot be decoded to a smaller size: all of it lies in memory first."""

_MAX_PIXELS_WEBP = 30_000_000
"""A WebP's decoder holds all of it four times."""

_MAX_SCANS, _MAX_PIXELS_OF_SCANS = 200, 2_000_000_000
"""Each scan of a JPEG goes over all of its pixels, whatever it holds: a small file takes hours. Ten are usual."""

_SCAN = re.compile(rb"\xff\xda\x00[\x08\x0a\x0c\x0e]")
"""A scan's beginning: nothing else in a picture's data reads so. A thumbnail's counts too."""

_OF_SOME_COLOURS = (b"\x08", b"\x0a")

SMALL_SIDE = 320
"""Pixels at most of a picture in a list, on a screen of double density too."""

_KINDS = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_TAGS = ("Make", "Model", "Software", "DateTime")
_CAPTURE_TAGS = ("DateTimeOriginal", "OffsetTimeOriginal")
# A large photo takes a hundred megabytes for a moment; a crowd of them must take neither all memory nor all threads.
_DECODING, _UPLOADS = threading.BoundedSemaphore(2), threading.BoundedSemaphore(8)
_RETRY_SECONDS = 5

# Pillow's own bound is lower than ours, and holds for files whose pixels cost little.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo to be shown, and what the uploaded file said besides.

    Attributes:
        original: the file as it was uploaded.
        content: the picture, written anew.
        media_type: of both.
        metadata: place, time and device as far as the file named them.
    """

    original: bytes
    content: bytes
    media_type: str
    metadata: dict[str, Any]


def read_picture(content: bytes) -> Picture:
    """Read an uploaded photo; takes a second or more, so nobody holds a transaction meanwhile.

    Raises:
        RequestError: 415, ``heic_photo`` for an iPhone's own format, ``no_picture`` for all that is no whole JPEG, PNG
            or WebP picture, 413 for one of too many pixels or scans, 503 where many others are being read.
    """
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        raise RequestError(
            415, "heic_photo", "HEIC photos are not taken; set the phone's camera to 'Most Compatible' (JPEG)"
        )
    if not content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")):
        raise _no_picture("it begins as none of them does")
    if not _UPLOADS.acquire(blocking=False):
        raise RequestError(503, "unavailable", "many photos are being read; try again", retry_after=_RETRY_SECONDS)
    try:
        with _opened(content) as image:
            return _written_anew(image, content)
    finally:
        _UPLOADS.release()


def make_small(content: bytes) -> bytes:
    """Make a stored picture small enough for a list; returns a JPEG.

    Raises:
        RequestError: 415 where the file is no whole picture, 413 where it has too many pixels or scans.
    """
    with _opened(content) as image:
        image.draft("RGB", (SMALL_SIDE, SMALL_SIDE))  # decodes a JPEG no larger than it must be
        target = io.BytesIO()
        _clean(_upright(image, SMALL_SIDE).convert("RGB")).save(target, "JPEG", quality=80)
        return target.getvalue()


@contextmanager
def _opened(content: bytes) -> Iterator[Image.Image]:
    """Open a picture that costs a bearable time and memory to decode; a few at once."""
    try:
        with _DECODING, Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as image:
            _check_cost(image, content)
            yield image
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise _no_picture(str(error)) from error


def _check_cost(image: Image.Image, content: bytes) -> None:
    pixels, scans = image.width * image.height, 1
    bound = _MAX_PIXELS_WEBP if image.format == "WEBP" else _MAX_PIXELS_WHOLE
    if image.format in {"JPEG", "MPO"}:
        found = _SCAN.findall(content)
        scans = len(found)
        in_one = "progressive" not in image.info and (image.mode == "L" or not any(map(_is_of_some_colours, found)))
        bound = MAX_PIXELS if in_one else _MAX_PIXELS_WHOLE
    if pixels > bound:
        raise RequestError(413, "too_large", f"a photo of {image.width} x {image.height} pixels is too large")
    if scans > _MAX_SCANS or scans * pixels > _MAX_PIXELS_OF_SCANS:
        raise RequestError(
            413, "too_large", f"a photo of {image.width} x {image.height} pixels in {scans} scans is too large"
        )


def _is_of_some_colours(scan: bytes) -> bool:
    return scan.endswith(_OF_SOME_COLOURS)


def _written_anew(image: Image.Image, content: bytes) -> Picture:
    kind = str(image.format)
    metadata = _metadata(image)
    if image.width * image.height > LONGEST_SIDE**2:
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    profile = _colours(image)
    upright = _upright(image, LONGEST_SIDE)
    target = io.BytesIO()
    if kind in {"JPEG", "MPO"}:
        if upright.mode not in {"RGB", "L", "CMYK"}:
            upright = upright.convert("RGB")
        _clean(upright).save(target, "JPEG", quality=92, icc_profile=profile)
    elif kind == "PNG":
        _clean(upright).save(target, "PNG", icc_profile=profile)
    else:
        _clean(upright).save(target, "WEBP", quality=90, icc_profile=profile)
    return Picture(content, target.getvalue(), _KINDS[kind], metadata)


def _upright(image: Image.Image, side: int) -> Image.Image:
    """A picture as it is to be seen: made smaller first, so that what is turned is never the whole of a large one."""
    image.thumbnail((side, side))
    return ImageOps.exif_transpose(image)


def _colours(image: Image.Image) -> bytes | None:
    """The picture's ICC profile as long as it says that it is; None where it is none."""
    profile: bytes = image.info.get("icc_profile") or b""
    length = int.from_bytes(profile[:4])
    return profile[:length] if profile[36:40] == b"acsp" and 128 < length <= len(profile) else None


def _clean(image: Image.Image) -> Image.Image:
    """The pixels alone, without anything that a file format would carry along."""
    image.load()
    image.info = {key: image.info[key] for key in ("transparency",) if key in image.info}
    image.getexif().clear()
    return image


def _metadata(image: Image.Image) -> dict[str, Any]:
    """What the file says of place, time and device; garbage in it is no reason to refuse the photo."""
    said: dict[str, Any] = {}
    with suppress(Exception):  # whatever a phone wrote into its EXIF: the photo counts
        exif = image.getexif()
        names = {ExifTags.TAGS.get(tag, ""): value for tag, value in exif.items()}
        names |= {ExifTags.TAGS.get(tag, ""): value for tag, value in exif.get_ifd(ExifTags.IFD.Exif).items()}
        said |= {name: str(names[name]).strip("\0 ")[:200] for name in (*_TAGS, *_CAPTURE_TAGS) if name in names}
        said |= _place(exif.get_ifd(ExifTags.IFD.GPSInfo))
    return said


def _place(gps: dict[int, Any]) -> dict[str, float]:
    try:
        latitude = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef])
        longitude = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return {}
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return {}
    return {"latitude": latitude, "longitude": longitude}


def _degrees(value: tuple[Any, Any, Any], reference: str) -> float:
    degrees, minutes, seconds = (float(part) for part in value)
    total = degrees + minutes / 60 + seconds / 3600
    return round(-total if reference in {"S", "W"} else total, 7)


def _no_picture(why: str) -> RequestError:
    return RequestError(415, "no_picture", f"the file is no whole JPEG, PNG or WebP picture: {why[:200]}")

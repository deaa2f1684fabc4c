"""Handlers' photos: what a phone makes is taken, what it tells of place and device is kept and shown to nobody else."""

import io
import math
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from PIL import ExifTags, Image, ImageCms
from sqlalchemy import select
from tests.hub.bench import JPEG, Bench, announced

from sharp_eyes.hub.api import case_routes
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.handle import pictures
from sharp_eyes.hub.handle.pictures import LONGEST_SIDE, Picture, make_small, read_picture
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.tables import EvidenceFile

GPS = {1: "N", 2: (31.0, 13.0, 49.44), 3: "E", 4: (121.0, 28.0, 25.68)}


def phone_photo(kind: str = "JPEG", orientation: int = 6, **more: Any) -> bytes:
    """A photo as a phone writes it: lying on its side, with place, time and device."""
    image = Image.new("RGB", (80, 40), "red")
    image.paste("blue", (0, 0, 20, 40))
    exif = image.getexif()
    exif[0x0112] = orientation
    exif[0x010F], exif[0x0110], exif[0x0132] = "Maker", "Phone 7", "2026:03:01 08:00:00"
    exif.get_ifd(0x8769)[0x9003] = "2026:03:01 07:59:58"
    exif.get_ifd(0x8825).update(GPS)
    target = io.BytesIO()
    image.save(target, kind, exif=exif, **more)
    return target.getvalue()


def motion_film() -> bytes:
    return struct.pack(">I", 24) + b"ftypmp42" + bytes(12) + struct.pack(">I", 5000) + b"mdat" + bytes(4992)


def handler(bench: Bench) -> tuple[TestClient, int]:
    bench.report()
    page = bench.client(Role.HANDLER, unit="traffic-police")
    case: int = page.get("/api/cases").json()["items"][0]["id"]
    return page, case


def upload(page: TestClient, case: int, content: bytes) -> Any:
    return page.post(f"/api/cases/{case}/photos", files={"file": ("p.jpg", content, "image/jpeg")})


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_place_and_device_are_kept_in_the_record_and_stripped_from_what_others_see(bench: Bench, kind: str) -> None:
    """The picture stands upright, holds no EXIF; the original, to the byte, is for administrators."""
    page, case = handler(bench)
    original = phone_photo(kind)
    identity = upload(page, case, original).json()["id"]
    shown = page.get(f"/api/evidence/{identity}").content
    image = Image.open(io.BytesIO(shown))
    assert (image.format, image.size) == (kind, (40, 80))
    assert dict(image.getexif()) == {}
    for word in (b"Phone 7", b"Maker", b"Exif", b"2026:03:01"):
        assert word not in shown
    with bench.hub.read_only() as work:
        row = work.session.scalars(select(EvidenceFile)).one()
    assert row.metadata_ is not None
    assert row.metadata_["Model"] == "Phone 7"
    assert row.metadata_["DateTimeOriginal"] == "2026:03:01 07:59:58"
    assert (row.metadata_["latitude"], row.metadata_["longitude"]) == (31.2304, 121.4738)
    assert bench.client(Role.ADMINISTRATOR).get(f"/api/evidence/{identity}/original").content == original
    assert page.get(f"/api/evidence/{identity}/original").status_code == 403
    outside = bench.client(Role.ADMINISTRATOR, area="demo/second-street")
    assert outside.get(f"/api/evidence/{identity}/original").status_code == 404


@pytest.mark.parametrize(
    "behind",
    [b"vendor block" * 200, motion_film(), bytes(100_000), JPEG, b"\xff\xd9" + b"\0" * 70],
    ids=["vendor", "film", "zeros", "second picture", "padding"],
)
def test_what_a_phone_appends_behind_the_picture_is_no_fault(quick: Bench, behind: bytes) -> None:
    """It is taken, and is not part of what others see."""
    page, case = handler(quick)
    answer = upload(page, case, phone_photo() + behind)
    assert answer.status_code == 201, answer.text
    shown = page.get(answer.json()["url"]).content
    assert behind not in shown
    assert Image.open(io.BytesIO(shown)).size == (40, 80)


def test_a_photo_of_several_pictures_is_taken(quick: Bench) -> None:
    """Multi-picture format, as some phones write for depth or for both lenses: the first is shown."""
    page, case = handler(quick)
    several = phone_photo("MPO", save_all=True, append_images=[Image.new("RGB", (80, 40), "green")])
    answer = upload(page, case, several)
    assert answer.status_code == 201, answer.text
    assert Image.open(io.BytesIO(page.get(answer.json()["url"]).content)).format == "JPEG"


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"hevc"])
def test_heic_is_refused_with_what_to_do(quick: Bench, brand: bytes) -> None:
    """By a word of its own, which the page says in the reader's language."""
    page, case = handler(quick)
    answer = upload(page, case, struct.pack(">I", 24) + b"ftyp" + brand + bytes(200))
    assert answer.status_code == 415
    assert answer.json()["error"]["code"] == "heic_photo"
    assert "Most Compatible" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "content",
    [
        phone_photo()[:-400],
        phone_photo("PNG")[:100],
        phone_photo("WEBP")[:60],
        b"\xff\xd8\xff" + b"<script>alert(1)</script>" + b"\xff\xd9",
        b"RIFF\x24\0\0\0WAVEfmt " + bytes(40),
        motion_film(),
    ],
)
def test_what_is_no_whole_picture_is_refused(content: bytes) -> None:
    """It is decoded, not believed."""
    with pytest.raises(RequestError) as caught:
        read_picture(content)
    assert (caught.value.status, caught.value.code) == (415, "no_picture")


def test_a_bomb_of_pixels_is_refused_before_it_is_decoded() -> None:
    """A small file that would take gigabytes; and a large photo is made smaller for those who look at it."""
    target = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(target, "PNG")
    with pytest.raises(RequestError) as caught:
        read_picture(target.getvalue())
    assert caught.value.status in {413, 415}
    large = io.BytesIO()
    Image.new("L", (9000, 6000)).save(large, "JPEG")
    assert max(Image.open(io.BytesIO(read_picture(large.getvalue()).content)).size) <= 4096


def many_scans(side: int, scans: int) -> bytes:
    """A small JPEG whose last scan stands in it over and over: each goes over all of the picture again."""
    target = io.BytesIO()
    Image.new("L", (side, side), 128).save(target, "JPEG", progressive=True)
    whole = target.getvalue()
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * scans + whole[-2:]


@pytest.mark.parametrize("read", [read_picture, make_small])
@pytest.mark.parametrize(("side", "scans"), [(64, 2000), (6000, 150)])
def test_a_bomb_of_scans_is_refused_before_it_is_decoded(
    read: Callable[[bytes], object], side: int, scans: int
) -> None:
    """A JPEG of some kilobytes that would keep a processor busy for minutes, in a photo and in a gateway's evidence."""
    assert read(many_scans(64, 20)) is not None
    with pytest.raises(RequestError) as caught:
        read(many_scans(side, scans))
    assert caught.value.status == 413
    assert "scans" in str(caught.value)


def test_a_large_photo_lies_in_memory_once(tmp_path: Path) -> None:
    """Its pixels, and the smaller picture made of them; not a copy of all of them that is only turned."""
    large = tmp_path / "large.png"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (6000, 5000)).save(large, exif=exif)
    script = (
        "import resource, sys, pathlib; from sharp_eyes.hub.handle.pictures import make_small, read_picture;"
        "content = pathlib.Path(sys.argv[1]).read_bytes();"
        "used = int(pathlib.Path('/proc/self/statm').read_text().split()[0]) * resource.getpagesize();"
        "resource.setrlimit(resource.RLIMIT_AS, (used + 310_000_000,) * 2);"
        "print(len(make_small(content)) > 0, read_picture(content).media_type)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(large)], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["True", "image/png"], done.stderr[-500:]


def test_a_photos_colours_hold_no_words_of_anybody() -> None:
    """Of a profile of colours what it says itself to be is kept, not what lies behind it; else none is."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for kind in ("JPEG", "PNG", "WEBP"):
        for said, kept in ((profile + b"31.2304 N", profile), (b"31.2304 N" * 20, None), (b"", None)):
            target = io.BytesIO()
            Image.new("RGB", (8, 8)).save(target, kind, icc_profile=said)
            shown = Image.open(io.BytesIO(read_picture(target.getvalue()).content))
            assert shown.info.get("icc_profile") == kept, kind


def test_a_photo_of_as_many_pixels_as_we_say_is_taken() -> None:
    """Also where the library's own bound is lower."""
    target = io.BytesIO()
    Image.new("L", (13_500, 13_500)).save(target, "JPEG")
    assert Image.open(io.BytesIO(read_picture(target.getvalue()).content)).width <= LONGEST_SIDE


def test_nobody_waits_for_a_photo_that_is_being_read(quick: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read before the transaction: others write meanwhile. Where many are being read, one more comes later."""
    page, case = handler(quick)

    def slowly(content: bytes) -> Picture:
        with quick.transaction():
            return read_picture(content)

    monkeypatch.setattr(case_routes, "read_picture", slowly)
    assert upload(page, case, JPEG).status_code == 201
    monkeypatch.undo()
    with ExitStack() as others:
        while pictures._UPLOADS.acquire(blocking=False):
            others.callback(pictures._UPLOADS.release)
        busy = upload(page, case, JPEG)
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "5")
    assert upload(page, case, JPEG).status_code == 201


def test_only_a_photo_that_may_be_added_is_read(quick: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """To read one costs seconds: who may add none is told so before, of a case, a report and an inspection."""
    page, case = handler(quick)
    monkeypatch.setattr(case_routes, "read_picture", lambda _: pytest.fail("it was read"))
    files, once = {"file": ("p.jpg", JPEG, "image/jpeg")}, {"Idempotency-Key": str(uuid4())}
    assert upload(quick.client(Role.CLERK), case, JPEG).status_code == 409
    assert upload(quick.client(Role.HANDLER, unit="fire-brigade"), case, JPEG).status_code == 404
    assert page.post(f"/api/reports/{uuid4()}/photos", files=files, headers=once).status_code == 404
    assert page.put(f"/api/inspections/{uuid4()}/photos/{uuid4()}", files=files).status_code == 404


def resized(kind: str, width: int, height: int, **options: Any) -> bytes:
    """A small picture whose head says that it is as large as this."""
    target = io.BytesIO()
    Image.new("RGB", (64, 64)).save(target, kind, **options)
    whole = bytearray(target.getvalue())
    if kind == "PNG":
        whole[16:24] = struct.pack(">II", width, height)
        whole[29:33] = struct.pack(">I", zlib.crc32(whole[12:29]))
    elif kind == "WEBP":
        at = whole.index(b"\x9d\x01\x2a") + 3
        whole[at : at + 4] = struct.pack("<HH", width, height)
    else:
        at = whole.index(b"\xff\xc2" if options else b"\xff\xc0") + 5
        whole[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(whole)


@pytest.mark.parametrize("read", [read_picture, make_small])
@pytest.mark.parametrize(
    ("kind", "most", "options"),
    [
        ("PNG", 60_000_000, {}),
        ("WEBP", 30_000_000, {}),
        ("JPEG", 60_000_000, {"progressive": True}),
        ("JPEG", 220_000_000, {}),
    ],
)
def test_what_takes_too_much_memory_is_refused_before_it_is_decoded(
    read: Callable[[bytes], object], kind: str, most: int, options: dict[str, Any]
) -> None:
    """By what its head says, each kind by what its decoder holds of it at once."""
    side = math.isqrt(most)
    with pytest.raises(RequestError) as caught:
        read(resized(kind, side, side + 3, **options))
    assert caught.value.status == 413  # 415, or a picture, where it was decoded


def test_garbage_in_exif_is_no_fault_of_the_photo() -> None:
    """A phone's broken EXIF costs the metadata, not the photo."""
    whole = phone_photo()
    at = whole.index(b"Exif\0\0") + 14
    broken = whole[:at] + b"\xff" * 60 + whole[at + 60 :]
    assert read_picture(broken).media_type == "image/jpeg"


def test_evidence_is_what_it_was_announced_as(bench: Bench, tmp_path: Path) -> None:
    """A page of HTML that calls itself a JPEG is refused for good, and stored nowhere."""
    event = bench.report()
    for media_type, content in (
        ("image/jpeg", b"<html><script>alert(1)</script>"),
        ("image/png", JPEG),
        ("video/mp4", b"\x1aE\xdf\xa3 another container"),
    ):
        evidence = announced(content, event, bench.clock(), media_type=media_type)
        bench.send_file(evidence, content)
        assert media_type in bench.out.refused[str(evidence.evidence_id)]
    film = motion_film()
    evidence = announced(film, event, bench.clock(), media_type="video/mp4")
    bench.send_file(evidence, film)
    assert str(evidence.evidence_id) in bench.out.taken
    assert len([path for path in (bench.hub.settings.data / "evidence").rglob("*") if path.is_file()]) == 1


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def _told_everywhere(kind: str) -> bytes:
    """A picture with a place in EXIF, and words in each other corner that its format has for them."""
    image, exif, target = Image.new("RGB", (64, 48), (10, 200, 30)), Image.Exif(), io.BytesIO()
    exif[ExifTags.Base.Model] = "SECRET phone"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (29.0, 36.0, 0.0), 3: "E", 4: (120.0, 31.0, 0.0)})
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>exif:GPSLatitude SECRET</x:xmpmeta>"
    if kind == "PNG":
        image.save(target, "PNG")
        whole = target.getvalue()
        end = whole.rindex(b"IEND") - 4
        words = _chunk(b"tEXt", b"Comment\0SECRET") + _chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp)
        words += _chunk(b"zTXt", b"K\0\0" + zlib.compress(b"SECRET")) + _chunk(b"prVt", b"SECRET")
        return whole[:end] + words + _chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0")) + whole[end:] + b"SECRET"
    if kind == "WEBP":
        image.save(target, "WEBP", exif=exif.tobytes(), xmp=xmp)
        return target.getvalue()
    if kind == "MPO":
        image.save(target, "MPO", save_all=True, append_images=[image], exif=exif.tobytes())
        return target.getvalue()
    image.save(target, "JPEG", exif=exif.tobytes(), comment=b"SECRET")
    long = b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 32 + struct.pack(">II", len(xmp), 0) + xmp
    words = _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp) + _segment(0xE1, long)
    words += _segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04SECRET") + _segment(0xEB, b"SECRET")
    return target.getvalue()[:2] + words + target.getvalue()[2:]


@pytest.mark.parametrize("kind", ["JPEG", "MPO", "PNG", "WEBP"])
def test_no_corner_of_a_file_carries_words_to_others(kind: str) -> None:
    """EXIF behind the pixels, XMP (extended too), text chunks, IPTC, a second picture: kept in the original alone."""
    told = _told_everywhere(kind)
    picture = read_picture(told)
    assert (picture.original, picture.metadata["latitude"]) == (told, 29.6)
    for word in (b"SECRET", b"GPS", b"xmp", b"Exif", b"eXIf", b"MPF"):
        assert word not in picture.content

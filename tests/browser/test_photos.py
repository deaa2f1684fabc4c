"""Photos that the page makes smaller before it sends them: what the phone wrote into them reaches the record."""

import io
import random
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, expect
from tests.browser.conftest import OpenPage
from tests.browser.pretend_gateway import PretendGateway
from tests.e2e.stand import Stand
from tests.e2e.stored import Stored

pytestmark = pytest.mark.slow

GPS = {1: "N", 2: (31.0, 13.0, 49.44), 3: "E", 4: (121.0, 28.0, 25.68)}
WIDTH, HEIGHT = 1400, 1000
ORIENTATION, PIXEL_WIDTH, PIXEL_HEIGHT = 0x0112, 0xA002, 0xA003


def phone_photo(kind: str, **more: Any) -> bytes:
    """A large photo of a phone held upright: the sensor's left, blue here, is the picture's top."""
    image = Image.frombytes("RGB", (WIDTH, HEIGHT), random.Random(1).randbytes(WIDTH * HEIGHT * 3))
    image.paste("blue", (0, 0, WIDTH // 4, HEIGHT))
    exif = image.getexif()
    exif[ORIENTATION], exif[0x010F], exif[0x0110] = 6, "Maker", "Phone 7"
    exif.get_ifd(0x8769).update({0x9003: "2026:03:01 07:59:58", PIXEL_WIDTH: WIDTH, PIXEL_HEIGHT: HEIGHT})
    exif.get_ifd(0x8825).update(GPS)
    target = io.BytesIO()
    image.save(target, kind, exif=exif, **more)
    return target.getvalue()


def is_upright(image: Image.Image) -> bool:
    """Whether a picture stands as the phone was held: higher than wide, and blue above."""
    red, green, blue = image.convert("RGB").resize((1, 4), Image.Resampling.BOX).getpixel((0, 0))  # type: ignore[misc]
    return image.width < image.height and blue > 200 and red < 60 and green < 60


def test_place_and_time_survive_the_shrinking_and_are_shown_to_nobody(
    stand: Stand, gateway: PretendGateway, open_page: OpenPage
) -> None:
    """Of JPEG, PNG, WebP and a file of HEIC's kind: the record has it; what others see is upright and has none."""
    pictures = {
        "JPEG": phone_photo("JPEG", quality=98),
        "PNG": phone_photo("PNG"),
        "WEBP": phone_photo("WEBP", quality=90),
        "AVIF": phone_photo("AVIF", quality=90, speed=10),
    }
    # Smaller ones of the first two are sent as they are, of the others none.
    assert min(len(pictures["JPEG"]), len(pictures["PNG"])) > 1.5 * 2**20
    gateway.send(gateway.event("east-gate"))
    (case,) = stand.client("squad").get("/api/cases").json()["items"]
    page = open_page("squad", width=390, path=f"/cases/{case['id']}")
    page.click("[data-move=accept]")
    page.click("[data-move=handle]")
    files: list[FilePayload] = [
        {"name": f"IMG.{kind}", "mimeType": f"image/{kind.lower()}", "buffer": content}
        for kind, content in pictures.items()
    ]
    page.set_input_files("input[type=file]", files)
    shown = page.locator(".photos__one img")
    expect(shown).to_have_count(len(files))
    stored = Stored(stand.hub.data)
    rows = stored.rows("SELECT id, metadata FROM evidence_file WHERE kind = 'photo' ORDER BY received_at")
    stored.close()
    administrator = stand.client("admin")
    for kind, (identity, metadata) in zip(pictures, rows, strict=True):
        for word in ('"latitude": 31.2304', '"longitude": 121.4738', "Phone 7", "2026:03:01 07:59:58"):
            assert word in str(metadata), (kind, metadata)
        seen = administrator.get(f"/api/evidence/{identity}").content
        assert is_upright(Image.open(io.BytesIO(seen))), kind
        assert dict(Image.open(io.BytesIO(seen)).getexif()) == {}
        for secret in (b"Exif", b"Phone 7", b"2026:03:01"):
            assert secret not in seen, kind
        kept = Image.open(io.BytesIO(administrator.get(f"/api/evidence/{identity}/original").content))
        assert kept.format == "JPEG", kind
        told = kept.getexif().get_ifd(0x8769)
        assert (told[PIXEL_WIDTH], told[PIXEL_HEIGHT]) == kept.size, kind
        # Chromium turns all of these but WebP, which the hub then turns.
        assert kept.getexif().get(ORIENTATION, 1) == (6 if kind == "WEBP" else 1)
    for picture in shown.all():
        assert picture.evaluate("i => i.decode().then(() => i.naturalWidth < i.naturalHeight)")

"""Evidence in a bucket, on an S3 server that runs here: put in, given out, backed up and deleted as from a folder.

The server is moto's, in memory: it proves the requests and their answers. It proves nothing of how durable a real
server is, of its signatures (moto takes any), of its speed, nor of servers that keep to S3 less closely.
"""

import io
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from PIL import Image
from tests.hub.bench import Bench, announced, scene_event
from tests.ports import free_port

from sharp_eyes.hub.backup import restore, save
from sharp_eyes.hub.errors import StoreError
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.retention.unnamed_files import find_unnamed, remove_unnamed
from sharp_eyes.hub.settings import BucketSettings, EvidenceSettings, HubSettings
from sharp_eyes.hub.store.evidence_store import LocalEvidenceStore, NewFile, small_key

obstore = pytest.importorskip("obstore", reason="obstore is missing; install the extra s3")
server = pytest.importorskip("moto.server", reason="moto's server is missing; install the extra dev")
store_module = pytest.importorskip("obstore.store")


def picture(number: int) -> bytes:
    target = io.BytesIO()
    Image.effect_noise((640, 360), 40 + number).convert("RGB").save(target, "JPEG", quality=80)
    return target.getvalue()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    running = server.ThreadedMotoServer("127.0.0.1", free_port(), verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def evidence(endpoint: str, tmp_path: Path) -> EvidenceSettings:
    """A bucket of its own."""
    name = f"bucket-{uuid4().hex[:8]}"
    secret = tmp_path / "secret"
    secret.write_text("of no worth\n")
    httpx.put(f"{endpoint}/{name}").raise_for_status()
    bucket = BucketSettings(name=name, prefix="hub-1", endpoint=endpoint, access_key_id="hub", secret_key_file=secret)
    return EvidenceSettings(bucket=bucket)


def keys_in(bench: Bench) -> set[str]:
    return {one.key for one in bench.hub.evidence_store.listed()}


def test_a_bucket_serves_as_a_folder_does(evidence: EvidenceSettings, tmp_path: Path) -> None:
    """Stored before it is acknowledged; given to those who may see it, in pieces too; small ones are made once."""
    data = tmp_path / "data"
    bench = Bench(data, evidence=evidence)
    bench.birth()
    event, content, other = bench.report(), picture(0), picture(1)
    first = announced(content, event, bench.clock(), part_size=10_000)
    bench.send_file(first, content)
    assert str(first.evidence_id) in bench.out.taken
    assert list((data / "evidence").rglob("*.*")) == []
    key = f"{first.sha256[:2]}/{first.sha256}.jpg"
    assert keys_in(bench) == {key}
    page, address = bench.client(Role.CLERK), f"/api/evidence/{first.evidence_id}"
    assert page.get(address).content == content
    piece = page.get(address, headers={"Range": "bytes=100-199"})
    assert (piece.status_code, piece.content) == (206, content[100:200])
    assert piece.headers["content-range"] == f"bytes 100-199/{len(content)}"
    assert page.get(address, headers={"Range": f"bytes={len(content)}-"}).status_code == 416
    assert bench.client(Role.CLERK, area="demo/second-street").get(address).status_code == 404
    small = page.get(f"{address}/small").content
    assert Image.open(io.BytesIO(small)).size == (320, 180)
    assert keys_in(bench) == {key, small_key(key)}
    assert page.get(f"{address}/small").content == small

    early = scene_event(bench.clock())  # its picture lay in the folder before there was a bucket
    bench.send(early)
    before = announced(other, early.event_id, bench.clock())
    bench.send_file(before, other)
    old = next(one for one in keys_in(bench) if before.sha256 in one)
    bench.hub.evidence_store.remove([old])
    (tmp_path / "file").write_bytes(other)
    LocalEvidenceStore(data / "evidence").put([NewFile(tmp_path / "file", old)])
    assert page.get(f"/api/evidence/{before.evidence_id}").content == other

    saved = save(bench.hub.settings, tmp_path / "backup.tar", bench.clock())
    assert (saved.files, saved.missing) == (2, 0)
    with tarfile.open(tmp_path / "backup.tar") as archive:
        held = archive.extractfile(f"evidence/{key}")
        assert held is not None
        assert held.read() == content
    back = restore(HubSettings(data=tmp_path / "again"), tmp_path / "backup.tar")
    assert (back.files, back.missing) == (2, 0)
    bench.hub.evidence_store.put_bytes("image/jpeg", b"of a row that never came")
    now = datetime.now(UTC)
    assert list(find_unnamed(bench.hub.read_only, bench.hub.evidence_store, now - timedelta(hours=1))) == []
    found = list(find_unnamed(bench.hub.read_only, bench.hub.evidence_store, now + timedelta(hours=1)))
    assert [one.size for one in found] == [24]
    remove_unnamed(bench.hub.transaction, bench.hub.evidence_store, found)
    assert keys_in(bench) == {key, old, small_key(key)}
    bench.hub.evidence_store.remove([key, old])
    assert keys_in(bench) == set()
    assert page.get(address).status_code == 404
    bench.close()


def test_a_bucket_that_is_away_is_said_and_waited_for(evidence: EvidenceSettings, tmp_path: Path) -> None:
    """Nothing is acknowledged; the event that came along is."""
    assert evidence.bucket is not None
    away = evidence.bucket.model_copy(update={"endpoint": f"http://127.0.0.1:{free_port()}"})
    bench = Bench(tmp_path / "data", evidence=EvidenceSettings(bucket=away))
    content = picture(0)
    sent = announced(content, bench.report(), bench.clock(), part_size=100_000)
    bench.send_file(sent, content)
    assert str(sent.evidence_id) not in bench.out.taken
    assert bench.hub.intake.replies.dropped.counts() == {"store": 1}
    with pytest.raises(StoreError, match="see 'evidence' in"):
        bench.hub.evidence_store.size("ab/none.jpg")
    bench.close()

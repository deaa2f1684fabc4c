"""Evidence in a bucket of an S3 server: MinIO, Ceph, a cloud's. The hub alone has its keys, and gives the bytes on.

What lay in the local folder before stays there and is read from there, until its term ends.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from sharp_eyes.hub.errors import SettingsError, StoreError
from sharp_eyes.hub.settings import BucketSettings
from sharp_eyes.hub.store.evidence_store import Listed, LocalEvidenceStore, NewFile, key_of, small_key

try:
    import obstore
    from obstore.exceptions import BaseError
    from obstore.store import S3Store
except ImportError as error:
    raise SettingsError("evidence.bucket needs the extra 's3': pip install 'sharp-eyes[hub,s3]'") from error

_AT_ONCE = 8
_PIECE = 1024 * 1024
Answer = TypeVar("Answer")


class S3EvidenceStore:
    """Files in a bucket, under the same keys as in a folder. Safe to use from many threads."""

    def __init__(self, settings: BucketSettings, before: LocalEvidenceStore) -> None:
        """``before``: where files lay before there was a bucket.

        Raises:
            SettingsError: the secret cannot be read.
        """
        self._before = before
        self._name = f"evidence bucket {settings.name}"
        self._workers = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="evidence")
        self._store = S3Store(
            settings.name,
            prefix=settings.prefix or None,
            endpoint=settings.endpoint,
            region=settings.region,
            access_key_id=settings.access_key_id,
            secret_access_key=_secret(settings),
            virtual_hosted_style_request=settings.endpoint is None,
            client_options={
                "timeout": "10s",
                "connect_timeout": "3s",
                "allow_http": (settings.endpoint or "").startswith("http://"),
            },
            retry_config={"max_retries": 2},
        )

    def put(self, files: Sequence[NewFile]) -> None:
        """Take finished files in, some at once; the server's answer says that it has them.

        Raises:
            StoreError: the server does not take one.
        """
        self._ask(lambda: list(self._workers.map(lambda file: obstore.put(self._store, file.key, file.source), files)))

    def put_bytes(self, media_type: str, content: bytes) -> str:
        """Take bytes in; return their key.

        Raises:
            StoreError: the server does not take them.
        """
        key = key_of(hashlib.sha256(content).hexdigest(), media_type)
        self._ask(lambda: obstore.put(self._store, key, content))
        return key

    def put_small(self, key: str, content: bytes) -> None:
        """Keep a small picture.

        Raises:
            StoreError: the server does not take it.
        """
        self._ask(lambda: obstore.put(self._store, small_key(key), content))

    def path(self, key: str) -> Path | None:
        """Where a file of before lies on this machine."""
        return self._before.path(key)

    def size(self, key: str) -> int | None:
        """Bytes of a file; ``None`` where it is missing.

        Raises:
            StoreError: the server does not answer.
        """
        before = self._before.size(key)
        if before is not None:
            return before
        try:
            return int(self._ask(lambda: obstore.head(self._store, key))["size"])
        except FileNotFoundError:
            return None

    def read(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Read a file, or a piece of it.

        Raises:
            FileNotFoundError: it is missing.
            StoreError: the server does not answer.
        """
        if self._before.path(key) is not None:
            yield from self._before.read(key, start, length)
            return
        size = self.size(key)
        if size is None:
            raise FileNotFoundError(key)
        end = size if length is None else min(size, start + length)
        for at in range(start, end, _PIECE):
            stop = min(end, at + _PIECE)
            yield bytes(self._ask(partial(obstore.get_range, self._store, key, start=at, end=stop)))

    def remove(self, keys: Sequence[str]) -> None:
        """Forget files, here and where they lay before.

        Raises:
            StoreError: the server does not answer, or one could not be removed.
        """
        self._before.remove(keys)
        every = [one for key in keys for one in (key, small_key(key))]
        try:
            self._ask(lambda: obstore.delete(self._store, every))
        except FileNotFoundError:
            return  # some servers say that of one that is gone already

    def listed(self) -> Iterator[Listed]:
        """List all that lies in the bucket, and what lies where it was before.

        Raises:
            StoreError: the server does not answer.
        """
        yield from self._before.listed()
        pages = iter(obstore.list(self._store, chunk_size=1000))
        while (page := self._ask(lambda: next(pages, None))) is not None:
            yield from (Listed(one["path"], one["size"], one["last_modified"]) for one in page)

    def _ask(self, question: Callable[[], Answer]) -> Answer:
        try:
            return question()
        except FileNotFoundError:
            raise
        except (BaseError, OSError) as error:
            reason = str(error).strip().splitlines()[0][:300]
            raise StoreError(f"{self._name}: {reason}; see 'evidence' in hub.yaml") from error


def _secret(settings: BucketSettings) -> str:
    try:
        return settings.secret_key_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"evidence.bucket.secret_key_file {settings.secret_key_file}: {error.strerror}") from error

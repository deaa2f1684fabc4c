"""Opens the store of evidence that the settings name."""

from sharp_eyes.hub.settings import HubSettings
from sharp_eyes.hub.store.disk_room import DiskRoom
from sharp_eyes.hub.store.evidence_store import EvidenceStore, LocalEvidenceStore


def open_evidence_store(settings: HubSettings, room: DiskRoom | None = None) -> EvidenceStore:
    """Give the local folder, or the bucket with that folder for what lay there before.

    Raises:
        SettingsError: a bucket is named and its secret or the extra ``s3`` is missing.
    """
    local = LocalEvidenceStore(settings.data / "evidence", room)
    if settings.evidence.bucket is None:
        return local
    from sharp_eyes.hub.store.s3_evidence_store import S3EvidenceStore  # noqa: PLC0415 - for those who have one

    return S3EvidenceStore(settings.evidence.bucket, local)

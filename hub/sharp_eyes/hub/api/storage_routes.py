"""What lies on the disk, and what was deleted at the end of its term."""

from dataclasses import asdict

from fastapi import APIRouter
from sqlalchemy import select

from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency
from sharp_eyes.hub.api.record_schemas import DeletionView, StorageView
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.retention.disk_use import measure
from sharp_eyes.hub.store.tables import Deletion

router = APIRouter(tags=["city"])
_DELETED = 100


@router.get("/storage")
def get_storage(hub: HubDependency, person: CurrentPerson) -> StorageView:
    """Tell an administrator of the whole city what lies on the disk and what was deleted last."""
    if person.me.role != Role.ADMINISTRATOR or person.area != hub.city.root:
        raise RequestError(403, "not_allowed", "disk use is shown to administrators of the whole city")
    with hub.read_only() as work:
        rows = work.session.scalars(select(Deletion).order_by(Deletion.id.desc()).limit(_DELETED)).all()
        fields = ("at", "kind", "reference", "count", "bytes", "reason")
        deleted = [DeletionView.model_validate({name: getattr(row, name) for name in fields}) for row in rows]
        return StorageView(**asdict(measure(work, hub.settings)), deleted=deleted)

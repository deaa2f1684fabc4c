"""Alembic's entry: runs on the connection that the hub hands over."""

from alembic import context

from sharp_eyes.hub.store import (
    case_tables,
    city_tables,
    figure_tables,
    inspection_tables,
    live_tables,
    notice_tables,
    people_tables,
    place_tables,
    tables,
    webhook_tables,
)
from sharp_eyes.hub.store.base import Base

_ALL = (
    case_tables,
    city_tables,
    figure_tables,
    inspection_tables,
    live_tables,
    notice_tables,
    people_tables,
    place_tables,
    tables,
    webhook_tables,
)  # what is imported is known to the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
context.run_migrations()

"""Alembic's entry: runs on the connection that the hub hands over."""

from alembic import context

from sharp_eyes.hub.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
context.run_migrations()

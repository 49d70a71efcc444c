"""Run by Alembic, in the transaction of whoever called it."""

from alembic import context

from alerts.store import schema

context.configure(connection=context.config.attributes["connection"], target_metadata=schema.metadata)
context.run_migrations()

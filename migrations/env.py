"""Alembic's entry: runs the revisions on the connection that ``imagecrawler.db.migrate`` opened."""

from alembic import context

from imagecrawler.db.models import Base

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    version_table=attributes["version_table"],
    target_metadata=Base.metadata,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()

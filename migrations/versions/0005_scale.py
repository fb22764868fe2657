"""Indexes for millions of images: a campaign's list in its order, its figures from the index alone.

Built beside all that goes on. A build that was cut off leaves an invalid index behind, which the
next attempt removes first.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Name, table and what is indexed. The owner's jobs by their time serve his quota too.
INDEXES = (
    (
        "idx_scraped_images_campaign_quality",
        "scraped_images (campaign_id, quality_score DESC, id) "
        "INCLUDE (user_id, file_size, is_hero, is_product, is_lifestyle)",
    ),
    ("idx_scrape_jobs_user_created", "scrape_jobs (user_id, created_at)"),
    ("idx_scrape_jobs_user_unfinished", "scrape_jobs (user_id) WHERE state <> 'finished'"),
)
REPLACED = ("idx_scrape_jobs_user", "scrape_jobs (user_id)")


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for index in INDEXES:
            _build(*index)
        _drop(REPLACED[0])


def downgrade() -> None:
    with op.get_context().autocommit_block():
        _build(*REPLACED)
        for name, _ in INDEXES:
            _drop(name)


def _build(name: str, definition: str) -> None:
    _drop(name)
    op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {definition}")


def _drop(name: str) -> None:
    op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")

"""Indexes that hold what is asked for at every look at the queue, so that no row is read for it.

As long as the pages are known to be all visible, which on a table of millions, a night's jobs among
them, PostgreSQL's own thresholds would see to once in days.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UPGRADE = """
    CREATE INDEX idx_scrape_jobs_queued ON scrape_jobs (priority, created_at)
        INCLUDE (not_before) WHERE state = 'queued';
    DROP INDEX idx_scrape_jobs_finished;
    CREATE INDEX idx_scrape_jobs_finished ON scrape_jobs (finished_at) INCLUDE (outcome);
    ALTER TABLE scrape_jobs SET (
        autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02
    )
"""

DOWNGRADE = """
    DROP INDEX idx_scrape_jobs_queued;
    DROP INDEX idx_scrape_jobs_finished;
    CREATE INDEX idx_scrape_jobs_finished ON scrape_jobs (finished_at);
    ALTER TABLE scrape_jobs RESET (
        autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor
    )
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(UPGRADE)


def downgrade() -> None:
    op.get_bind().exec_driver_sql(DOWNGRADE)

"""The queue: Procrastinate's tables, jobs that wait, their progress and result, prompt purging.

A host application that runs Procrastinate in the same database already has its tables. They
are then shared (our jobs are in a queue of their own, see ``imagecrawler.jobs.queue``) and
neither changed nor, on a downgrade, dropped.
"""

from alembic import op
from alembic.util import CommandError
from procrastinate.schema import SchemaManager
from sqlalchemy import inspect, text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# The mark by which a downgrade knows our tables from the host application's.
OURS = "created by imagecrawler"

# What the installed Procrastinate calls; an older schema of the host's lacks some of it.
CALLED = (
    "procrastinate_defer_jobs_v1",
    "procrastinate_defer_periodic_job_v2",
    "procrastinate_fetch_job_v2",
    "procrastinate_finish_job_v1",
    "procrastinate_retry_job_v2",
    "procrastinate_prune_stalled_workers_v1",
)

SCRAPE_JOBS = """
    ALTER TABLE scrape_jobs
        DROP CONSTRAINT scrape_jobs_state_check,
        ADD CONSTRAINT scrape_jobs_state_check CHECK (state IN ('queued', 'running', 'finished')),
        ADD COLUMN idempotency_key text,
        ADD COLUMN progress jsonb NOT NULL DEFAULT '{}',
        ADD COLUMN result jsonb;
    CREATE UNIQUE INDEX idx_scrape_jobs_idempotency ON scrape_jobs (user_id, idempotency_key)
        WHERE idempotency_key IS NOT NULL
"""

# Notified at commit and once per transaction, whether a person, a cascade or the host deleted.
TRIGGER = """
    CREATE FUNCTION imagecrawler_announce_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_notify('imagecrawler_deleted', '');
        RETURN NULL;
    END $$;
    CREATE TRIGGER announce_deleted AFTER INSERT ON deleted_objects
        FOR EACH STATEMENT EXECUTE FUNCTION imagecrawler_announce_deleted()
"""

ENDED_WITH_THE_QUEUE = """
    UPDATE scrape_jobs
        SET state = 'finished', outcome = 'failed', finished_at = now(),
            detail = 'the queue was removed before the job began'
        WHERE state = 'queued'
"""

SCRAPE_JOBS_BEFORE = """
    DROP INDEX idx_scrape_jobs_idempotency;
    ALTER TABLE scrape_jobs
        DROP COLUMN idempotency_key, DROP COLUMN progress, DROP COLUMN result,
        DROP CONSTRAINT scrape_jobs_state_check,
        ADD CONSTRAINT scrape_jobs_state_check CHECK (state IN ('running', 'finished'))
"""

DROP_PROCRASTINATE = r"""
    DO $$
    DECLARE name text;
    BEGIN
        DROP TABLE procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs,
            procrastinate_workers CASCADE;
        FOR name IN SELECT oid::regprocedure FROM pg_proc
            WHERE proname LIKE 'procrastinate\_%' AND pronamespace = current_schema()::regnamespace
        LOOP EXECUTE 'DROP FUNCTION ' || name; END LOOP;
        FOR name IN SELECT oid::regtype FROM pg_type
            WHERE typname LIKE 'procrastinate\_%' AND typtype IN ('c', 'e')
            AND typnamespace = current_schema()::regnamespace
        LOOP EXECUTE 'DROP TYPE ' || name; END LOOP;
    END $$
"""


def upgrade() -> None:
    connection = op.get_bind()
    if inspect(connection).has_table("procrastinate_jobs"):
        _require_called_functions()
    else:
        # %% as the driver has it; not text(), for which a colon begins a parameter
        connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
        op.execute(f"COMMENT ON TABLE procrastinate_jobs IS '{OURS}'")
    op.execute(SCRAPE_JOBS)
    op.execute(TRIGGER)


def downgrade() -> None:
    op.execute("DROP TRIGGER announce_deleted ON deleted_objects")
    op.execute("DROP FUNCTION imagecrawler_announce_deleted()")
    op.execute(ENDED_WITH_THE_QUEUE)
    op.execute(SCRAPE_JOBS_BEFORE)
    comment = inspect(op.get_bind()).get_table_comment("procrastinate_jobs")
    if comment["text"] == OURS:
        op.get_bind().exec_driver_sql(DROP_PROCRASTINATE.replace("%", "%%"))


def _require_called_functions() -> None:
    known = text("SELECT to_regproc(:name)")
    missing = [name for name in CALLED if op.get_bind().scalar(known, {"name": name}) is None]
    if missing:
        raise CommandError(
            "the host application's Procrastinate is of another version than ours "
            f"(it lacks {missing[0]}); apply Procrastinate's migrations"
        )

"""Lanes: jobs wait in ``scrape_jobs``, and Procrastinate's tables hold the next of each lane.

A lane is one of the N places that a registrable domain has, on all machines together; its name
is the queue's lock, so that PostgreSQL itself keeps two of its jobs from running at once. With a
hundred thousand jobs in Procrastinate's own tables, whoever fetches one would have to step over
all that are locked.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# No default that is computed per row, so that a large table is not rewritten: jobs of before have
# no place in the order of waiting, and do not wait.
SCRAPE_JOBS = """
    CREATE TABLE job_batches (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        kind varchar(10) NOT NULL CHECK (kind IN ('file', 'recrawl', 'nightly')),
        name text NOT NULL DEFAULT '',
        digest char(64),
        total integer NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL DEFAULT now(),
        enqueued_at timestamptz
    );
    CREATE INDEX idx_job_batches_digest ON job_batches (digest, created_at DESC);
    CREATE SEQUENCE scrape_jobs_turn_seq;
    ALTER TABLE scrape_jobs
        ADD COLUMN domain text NOT NULL DEFAULT '',
        ADD COLUMN priority smallint NOT NULL DEFAULT 100,
        ADD COLUMN attempts smallint NOT NULL DEFAULT 0,
        ADD COLUMN turn bigint,
        ADD COLUMN released_at timestamptz,
        ADD COLUMN not_before timestamptz,
        ADD COLUMN incremental boolean NOT NULL DEFAULT false,
        ADD COLUMN batch_id uuid REFERENCES job_batches (id) ON DELETE SET NULL,
        ADD COLUMN changes jsonb;
    ALTER SEQUENCE scrape_jobs_turn_seq OWNED BY scrape_jobs.turn;
    ALTER TABLE scrape_jobs ALTER COLUMN turn SET DEFAULT nextval('scrape_jobs_turn_seq');
    UPDATE scrape_jobs SET released_at = now() WHERE state = 'queued';
    CREATE INDEX idx_scrape_jobs_waiting ON scrape_jobs (domain, priority DESC, turn)
        WHERE state = 'queued' AND released_at IS NULL;
    CREATE UNIQUE INDEX idx_scrape_jobs_recrawl ON scrape_jobs (campaign_id, md5(url))
        WHERE incremental AND state <> 'finished';
    CREATE INDEX idx_scrape_jobs_batch ON scrape_jobs (batch_id, state, outcome)
        WHERE batch_id IS NOT NULL;
    CREATE INDEX idx_scrape_jobs_finished ON scrape_jobs (finished_at)
"""

# ``failures``: crawls in a row that gave nothing. ``verified_at``: when its pictures were last
# looked at one by one; ``job_id``: by which job.
SALES_PAGES = """
    ALTER TABLE sales_pages
        ADD COLUMN domain text NOT NULL DEFAULT '',
        ADD COLUMN failures smallint NOT NULL DEFAULT 0,
        ADD COLUMN verified_at timestamptz,
        ADD COLUMN job_id uuid REFERENCES scrape_jobs (id) ON DELETE SET NULL;
    CREATE INDEX idx_sales_pages_job ON sales_pages (job_id)
"""

# What sites asked of crawlers: seconds between two pages (robots.txt), and not before when the
# next one (that, and Retry-After).
SITES = """
    CREATE TABLE sites (
        domain text PRIMARY KEY,
        crawl_delay double precision NOT NULL DEFAULT 0 CHECK (crawl_delay >= 0),
        next_start timestamptz NOT NULL DEFAULT '-infinity'
    )
"""

# Procrastinate asks for each candidate whether another job has its lock, which its own indexes
# answer by reading all that wait.
LOCK_INDEX = """
    CREATE INDEX imagecrawler_jobs_lock ON procrastinate_jobs (lock)
        WHERE lock IS NOT NULL AND status IN ('todo', 'doing')
"""

# One at a time for each domain, or a job that found all lanes taken and the end of the last one
# that had them could pass each other by.
ENTER = r"""
    CREATE FUNCTION imagecrawler_lock_domain(domain text) RETURNS void LANGUAGE sql AS $$
        SELECT pg_advisory_xact_lock(hashtextextended('site:' || domain, 0))
    $$;
    CREATE FUNCTION imagecrawler_defer(lane text, job_id uuid, priority integer)
    RETURNS bigint LANGUAGE sql AS $$
        SELECT (procrastinate_defer_jobs_v1(ARRAY[ROW(
            'imagecrawler', 'imagecrawler.scrape', priority, lane, NULL,
            jsonb_build_object('job_id', job_id), NULL
        )::procrastinate_job_to_defer_v1]))[1]
    $$;
    CREATE FUNCTION imagecrawler_enter(entering uuid, slots integer) RETURNS boolean
    LANGUAGE plpgsql AS $$
    DECLARE
        job record;
        free text;
    BEGIN
        SELECT domain, priority INTO STRICT job FROM scrape_jobs WHERE id = entering;
        PERFORM imagecrawler_lock_domain(job.domain);
        SELECT lane INTO free
        FROM (
            SELECT 'site:' || job.domain || '#' || slot AS lane
            FROM generate_series(0, slots - 1) AS slot
        ) AS lanes
        WHERE NOT EXISTS (
            SELECT FROM procrastinate_jobs WHERE lock = lane
                AND (status = 'doing' OR status = 'todo' AND priority >= job.priority)
        )
        ORDER BY (
            SELECT count(*) FROM procrastinate_jobs WHERE lock = lane AND status = 'todo'
        ) LIMIT 1;
        IF free IS NULL THEN
            RETURN false;
        END IF;
        PERFORM imagecrawler_defer(free, entering, job.priority);
        UPDATE scrape_jobs SET released_at = now() WHERE id = entering;
        RETURN true;
    END $$
"""

# In the transaction that takes a job out of the queue the next of its lane goes in, so that no
# worker that dies in between leaves a lane empty.
HAND_OVER = r"""
    CREATE FUNCTION imagecrawler_hand_over() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        of_domain text := substring(OLD.lock FROM '^site:(.*)#\d+$');
        next record;
    BEGIN
        PERFORM imagecrawler_lock_domain(of_domain);
        IF EXISTS (
            SELECT FROM procrastinate_jobs WHERE lock = OLD.lock AND status IN ('todo', 'doing')
        ) THEN
            RETURN NULL;
        END IF;
        UPDATE scrape_jobs SET released_at = now() WHERE id = (
            SELECT id FROM scrape_jobs
            WHERE domain = of_domain AND state = 'queued' AND released_at IS NULL
                AND (not_before IS NULL OR not_before <= now())
            ORDER BY priority DESC, turn LIMIT 1 FOR UPDATE SKIP LOCKED
        ) RETURNING id, priority INTO next;
        IF FOUND THEN
            PERFORM imagecrawler_defer(OLD.lock, next.id, next.priority);
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER imagecrawler_hand_over AFTER DELETE ON procrastinate_jobs FOR EACH ROW
        WHEN (OLD.task_name = 'imagecrawler.scrape' AND OLD.lock IS NOT NULL)
        EXECUTE FUNCTION imagecrawler_hand_over()
"""

# Fills ``most`` of the empty lanes of all domains that have jobs waiting, ``slots`` a domain. The
# recursion steps from domain to domain in the index, past all their jobs.
RELEASE = """
    CREATE FUNCTION imagecrawler_release(slots integer, most integer) RETURNS bigint
    LANGUAGE plpgsql AS $$
    DECLARE
        released bigint;
    BEGIN
        WITH RECURSIVE domains AS (
            (SELECT domain FROM scrape_jobs WHERE state = 'queued' AND released_at IS NULL
                ORDER BY domain LIMIT 1)
            UNION ALL
            SELECT (SELECT domain FROM scrape_jobs
                WHERE state = 'queued' AND released_at IS NULL AND domain > domains.domain
                ORDER BY domain LIMIT 1)
            FROM domains WHERE domains.domain IS NOT NULL
        ), lanes AS (
            SELECT domain, array_agg('site:' || domain || '#' || slot ORDER BY slot) AS free
            FROM domains, generate_series(0, slots - 1) AS slot
            WHERE domain IS NOT NULL AND NOT EXISTS (
                SELECT FROM procrastinate_jobs
                WHERE lock = 'site:' || domain || '#' || slot AND status IN ('todo', 'doing')
            ) GROUP BY domain
        ), chosen AS (
            SELECT job.id, lanes.free[job.place] AS lane FROM lanes, LATERAL (
                SELECT id, row_number() OVER () AS place FROM (
                    SELECT id FROM scrape_jobs
                    WHERE scrape_jobs.domain = lanes.domain AND state = 'queued'
                        AND released_at IS NULL AND (not_before IS NULL OR not_before <= now())
                    ORDER BY priority DESC, turn LIMIT cardinality(lanes.free)
                    FOR UPDATE SKIP LOCKED
                ) AS waiting
            ) AS job LIMIT most
        ), taken AS (
            UPDATE scrape_jobs SET released_at = now() FROM chosen
            WHERE scrape_jobs.id = chosen.id
            RETURNING scrape_jobs.id, chosen.lane, priority, turn
        )
        SELECT cardinality(procrastinate_defer_jobs_v1(array_agg(ROW(
            'imagecrawler', 'imagecrawler.scrape', priority, lane, NULL,
            jsonb_build_object('job_id', id), NULL
        )::procrastinate_job_to_defer_v1 ORDER BY turn))) INTO released FROM taken;
        RETURN coalesce(released, 0);
    END $$
"""

DOWN = """
    DROP TRIGGER imagecrawler_hand_over ON procrastinate_jobs;
    DROP FUNCTION imagecrawler_hand_over();
    DROP FUNCTION imagecrawler_release(integer, integer);
    DROP FUNCTION imagecrawler_enter(uuid, integer);
    DROP FUNCTION imagecrawler_defer(text, uuid, integer);
    DROP FUNCTION imagecrawler_lock_domain(text);
    DROP INDEX imagecrawler_jobs_lock;
    DROP TABLE sites;
    ALTER TABLE sales_pages
        DROP COLUMN domain, DROP COLUMN failures, DROP COLUMN verified_at, DROP COLUMN job_id
"""

# Everybody who still waits enters the queue of before, which knows no lanes.
LEAVE_LANES = """
    SELECT procrastinate_defer_jobs_v1(array_agg(ROW(
        'imagecrawler', 'imagecrawler.scrape', priority, NULL, NULL,
        jsonb_build_object('job_id', id), NULL
    )::procrastinate_job_to_defer_v1 ORDER BY turn))
    FROM scrape_jobs WHERE state = 'queued' AND released_at IS NULL
"""

SCRAPE_JOBS_BEFORE = """
    DROP INDEX idx_scrape_jobs_finished;
    ALTER TABLE scrape_jobs
        DROP COLUMN domain, DROP COLUMN priority, DROP COLUMN attempts, DROP COLUMN turn,
        DROP COLUMN released_at, DROP COLUMN not_before, DROP COLUMN incremental,
        DROP COLUMN batch_id, DROP COLUMN changes;
    DROP TABLE job_batches
"""


def upgrade() -> None:
    for ddl in (SCRAPE_JOBS, SALES_PAGES, SITES, LOCK_INDEX, ENTER, HAND_OVER, RELEASE):
        op.get_bind().exec_driver_sql(ddl)


def downgrade() -> None:
    for ddl in (LEAVE_LANES, DOWN, SCRAPE_JOBS_BEFORE):
        op.get_bind().exec_driver_sql(ddl)

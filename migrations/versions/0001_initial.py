"""The first schema: campaigns and users where there are none, images, jobs, pages, keys."""

from alembic import op
from sqlalchemy import inspect

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The mark by which a downgrade knows our tables from the host application's.
OURS = "created by imagecrawler"

HOST_TABLES = {
    "users": """
        CREATE TABLE users (
            id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
            created_at timestamptz NOT NULL DEFAULT now()
        )""",
    "campaigns": """
        CREATE TABLE campaigns (
            id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
            user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            name text NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX idx_campaigns_user ON campaigns (user_id)""",
}

SCRAPE_JOBS = """
    CREATE TABLE scrape_jobs (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        campaign_id uuid NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        url text NOT NULL,
        max_images integer NOT NULL CHECK (max_images > 0),
        state varchar(10) NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'finished')),
        outcome varchar(10) CHECK (outcome IN ('succeeded', 'partial', 'blocked', 'failed')),
        detail text NOT NULL DEFAULT '',
        images_found integer NOT NULL DEFAULT 0,
        images_saved integer NOT NULL DEFAULT 0 CHECK (images_saved >= 0),
        images_skipped integer NOT NULL DEFAULT 0 CHECK (images_skipped >= 0),
        rejections jsonb NOT NULL DEFAULT '[]',
        timings jsonb NOT NULL DEFAULT '{}',
        external_id text,
        created_at timestamptz NOT NULL DEFAULT now(),
        started_at timestamptz,
        finished_at timestamptz,
        CHECK (images_found = images_saved + images_skipped),
        CHECK ((state = 'finished') = (outcome IS NOT NULL)),
        CHECK ((state = 'finished') = (finished_at IS NOT NULL))
    );
    CREATE INDEX idx_scrape_jobs_campaign ON scrape_jobs (campaign_id, created_at DESC);
    CREATE INDEX idx_scrape_jobs_user ON scrape_jobs (user_id);
    CREATE INDEX idx_scrape_jobs_external ON scrape_jobs (external_id)
"""

SCRAPED_IMAGES = """
    CREATE TABLE scraped_images (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        campaign_id uuid NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        job_id uuid REFERENCES scrape_jobs (id) ON DELETE SET NULL,
        r2_path varchar NOT NULL UNIQUE,
        cdn_url varchar NOT NULL,
        original_url varchar,
        sha256 char(64) CHECK (sha256 ~ '^[0-9a-f]{64}$'),
        phash char(16) CHECK (phash ~ '^[0-9a-f]{16}$'),
        width integer NOT NULL CHECK (width > 0),
        height integer NOT NULL CHECK (height > 0),
        file_size integer NOT NULL CHECK (file_size > 0),
        format varchar(10) NOT NULL,
        quality_score double precision NOT NULL DEFAULT 0
            CHECK (quality_score BETWEEN 0 AND 100),
        is_hero boolean NOT NULL DEFAULT false,
        is_product boolean NOT NULL DEFAULT false,
        is_lifestyle boolean NOT NULL DEFAULT false,
        alt_text text,
        context text,
        times_used integer NOT NULL DEFAULT 0 CHECK (times_used >= 0),
        last_used_at timestamptz,
        metadata jsonb NOT NULL DEFAULT '{}',
        missing_since timestamptz,
        scraped_at timestamptz NOT NULL DEFAULT now(),
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (campaign_id, sha256)
    );
    CREATE INDEX idx_scraped_images_campaign ON scraped_images (campaign_id);
    CREATE INDEX idx_scraped_images_user ON scraped_images (user_id);
    CREATE INDEX idx_scraped_images_job ON scraped_images (job_id);
    CREATE INDEX idx_scraped_images_quality ON scraped_images (quality_score DESC);
    CREATE INDEX idx_scraped_images_campaign_type
        ON scraped_images (campaign_id, is_hero, is_product)
"""

# By digest, since an address may be longer than an index entry can be.
SALES_PAGES = """
    CREATE TABLE sales_pages (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        campaign_id uuid NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        url text NOT NULL,
        max_images integer NOT NULL DEFAULT 10 CHECK (max_images > 0),
        next_due_at timestamptz NOT NULL DEFAULT now(),
        last_crawled_at timestamptz,
        fingerprint text
    );
    CREATE UNIQUE INDEX idx_sales_pages_url ON sales_pages (campaign_id, md5(url));
    CREATE INDEX idx_sales_pages_user ON sales_pages (user_id);
    CREATE INDEX idx_sales_pages_due ON sales_pages (next_due_at)
"""

# No foreign keys: numbers stay given, and objects stay to be deleted, when a campaign is gone,
# for it may be created again with the same id.
OBJECTS = """
    CREATE TABLE object_keys (
        campaign_id uuid NOT NULL,
        number integer NOT NULL CHECK (number > 0),
        sha256 char(64),
        key text NOT NULL UNIQUE,
        PRIMARY KEY (campaign_id, number),
        UNIQUE (campaign_id, sha256)
    );
    CREATE TABLE deleted_objects (
        id bigserial PRIMARY KEY,
        key text NOT NULL,
        deleted_at timestamptz NOT NULL DEFAULT now()
    )
"""

# Every row's number counts as given, whoever inserted it. A deleted picture that is crawled
# again gets a new key, so that the purge of the old object never hits it.
TRIGGERS = r"""
    CREATE FUNCTION imagecrawler_register_objects() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO object_keys (campaign_id, number, sha256, key)
            SELECT campaign_id, substring(r2_path FROM '_(\d{1,9})\.\w+$')::integer, sha256, r2_path
            FROM added WHERE r2_path ~ '_(?=\d*[1-9])\d{1,9}\.\w+$'
            ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$;
    CREATE TRIGGER register_objects AFTER INSERT ON scraped_images
        REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION imagecrawler_register_objects();

    CREATE FUNCTION imagecrawler_retire_objects() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO deleted_objects (key) SELECT r2_path FROM gone;
        UPDATE object_keys SET sha256 = NULL FROM gone WHERE object_keys.key = gone.r2_path;
        RETURN NULL;
    END $$;
    CREATE TRIGGER retire_objects AFTER DELETE ON scraped_images
        REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION imagecrawler_retire_objects();

    CREATE FUNCTION imagecrawler_touch() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.updated_at = now();
        RETURN NEW;
    END $$;
    CREATE TRIGGER touch BEFORE UPDATE ON scraped_images
        FOR EACH ROW EXECUTE FUNCTION imagecrawler_touch()
"""


def upgrade() -> None:
    inspector = inspect(op.get_bind())
    for table, ddl in HOST_TABLES.items():
        if not inspector.has_table(table):
            op.execute(ddl)
            op.execute(f"COMMENT ON TABLE {table} IS '{OURS}'")
    for ddl in (SCRAPE_JOBS, SCRAPED_IMAGES, SALES_PAGES, OBJECTS, TRIGGERS):
        op.execute(ddl)


def downgrade() -> None:
    for table in ("scraped_images", "scrape_jobs", "sales_pages", "object_keys", "deleted_objects"):
        op.drop_table(table)
    for function in ("register_objects", "retire_objects", "touch"):
        op.execute(f"DROP FUNCTION imagecrawler_{function}()")
    inspector = inspect(op.get_bind())
    for table in reversed(HOST_TABLES):
        if inspector.get_table_comment(table)["text"] == OURS:
            op.drop_table(table)

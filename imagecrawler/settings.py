"""Scrapy's settings; the only list of pipelines, middlewares and handlers."""

import sys

from scrapy.settings import default_settings

from imagecrawler.config import load_config
from imagecrawler.download.requests import MAX_IMAGE_BYTES
from imagecrawler.errors import BadConfiguration
from imagecrawler.rendering.browser import launch_options

try:
    IMAGECRAWLER_CONFIG = load_config()
    PLAYWRIGHT_LAUNCH_OPTIONS = launch_options(IMAGECRAWLER_CONFIG)
except BadConfiguration as error:
    # Scrapy imports this module before it could show an error of ours in one line
    print(f"imagecrawler: {error}", file=sys.stderr)
    raise SystemExit(2) from None

BOT_NAME = "imagecrawler"
SPIDER_MODULES = ["spiders"]
COMMANDS_MODULE = "imagecrawler.commands"
USER_AGENT = "imagecrawler/0.1"

ITEM_PIPELINES = {
    "imagecrawler.jobs.log_context.LogContextPipeline": 0,
    "pipelines.scoring.ScoringPipeline": 100,
    "pipelines.dedupe.DedupePipeline": 200,
    "pipelines.upload.UploadPipeline": 300,
    "pipelines.persistence.PersistencePipeline": 400,
}
# Both are disabled by their settings too, but an extension that is named at all is imported, and
# these bring an HTTP server and Twisted's shell along.
EXTENSIONS_BASE = {
    name: order
    for name, order in default_settings.EXTENSIONS_BASE.items()
    if not name.endswith((".RemoteControl", ".TelnetConsole"))
}
EXTENSIONS = {
    "imagecrawler.egress.extension.EgressGuardExtension": 0,
    "imagecrawler.db.extension.DatabaseExtension": 10,
}
DOWNLOADER_MIDDLEWARES = {
    # of no use here, and asked about every picture
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    # a page instead of a picture is a rejection, wherever it would lead
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    # in the place of Scrapy's own, which remembers for ever
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "imagecrawler.download.robots.RobotsMiddleware": 100,
    "imagecrawler.jobs.politeness.PolitenessMiddleware": 110,
    "imagecrawler.jobs.log_context.LogContextMiddleware": 120,
    "imagecrawler.egress.middleware.EgressProxyMiddleware": 950,
}

# One scheme, one way out: everything else is closed.
DOWNLOAD_HANDLERS = {
    "http": "imagecrawler.jobs.handler.CrawlHandler",
    "https": "imagecrawler.jobs.handler.CrawlHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
HTTPPROXY_ENABLED = False
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False

PLAYWRIGHT_BROWSER_PROVIDER = "imagecrawler.rendering.provider.BrowserProvider"
PLAYWRIGHT_CDP_URL = IMAGECRAWLER_CONFIG.playwright_cdp_url or None
PLAYWRIGHT_MAX_CONTEXTS = IMAGECRAWLER_CONFIG.page_concurrency
PLAYWRIGHT_PROCESS_REQUEST_HEADERS = None

ROBOTSTXT_OBEY = IMAGECRAWLER_CONFIG.robots == "obey"
ROBOTSTXT_USER_AGENT = "imagecrawler"

CONCURRENT_REQUESTS = 32
CONCURRENT_REQUESTS_PER_DOMAIN = 8
DOWNLOAD_DELAY = 0
DOWNLOAD_MAXSIZE = MAX_IMAGE_BYTES
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 20
DOWNLOAD_VERIFY_CERTIFICATES = True
REDIRECT_MAX_TIMES = 10
RETRY_TIMES = 1
RETRY_PRIORITY_ADJUST = 0
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"
# the page's own cookies travel with its pictures; a jar of Scrapy's would mix the pages'
COOKIES_ENABLED = False
# a job's address has its own limit; a page that is silently not asked for is a job without an end
URLLENGTH_LIMIT = 0

LOG_LEVEL = IMAGECRAWLER_CONFIG.log_level
LOGSTATS_INTERVAL = 0

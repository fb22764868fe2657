"""The environment, read once: ``IMAGECRAWLER_*`` variables and ``.env`` to a frozen Config.

The only reader of the environment. Every field is documented in the README's table, which a
test holds against this class.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from difflib import get_close_matches
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from croniter import croniter
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    NoDecode,
    SettingsConfigDict,
)

from imagecrawler.crash_points import arm, parse_crash_points
from imagecrawler.errors import BadConfiguration

logger = logging.getLogger(__name__)

PREFIX = "IMAGECRAWLER_"
Network = IPv4Network | IPv6Network


class Config(BaseSettings):
    """All settings; defaults suit one machine with nothing configured."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    data_dir: Path = Field(Path("var"), description="where the embedded parts keep their files")
    database_url: SecretStr | None = Field(
        None, description="PostgreSQL; unset: an embedded server under `DATA_DIR`"
    )
    db_pool: Literal["null", "queue"] = Field(
        "null",
        description="`null`: one per use, or for 5 s in a crawl; `queue` keeps a pool",
    )
    db_pool_size: int = Field(5, ge=1, le=100, description="connections kept with `DB_POOL=queue`")
    storage_url: str = Field(
        "", description="`file://…`, `r2://bucket` or `s3://bucket`; unset: `DATA_DIR/media`"
    )
    r2_account_id: str = Field("", description="Cloudflare account, for `r2://`")
    r2_access_key_id: str = Field("", description="key of the bucket, for `r2://` and `s3://`")
    r2_secret_access_key: SecretStr | None = Field(None, description="its secret")
    r2_endpoint_url: str = Field("", description="an S3 endpoint other than R2's own")
    cdn_base_url: str = Field(
        "", description="public address of the store's objects; unset: what the store itself gives"
    )
    jwt_secret: SecretStr | None = Field(
        None, description="HS256 secret of the API's tokens; unset: generated into `DATA_DIR`"
    )
    jwt_jwks_url: str = Field(
        "", description="key set that verifies tokens instead of a secret; keys may rotate"
    )
    jwt_algorithm: Literal["RS256", "ES256"] = Field(
        "RS256", description="the one algorithm of tokens with `JWT_JWKS_URL`"
    )
    jwt_audience: str = Field("imagecrawler", description="required `aud` of a token")
    jwt_issuer: str = Field("imagecrawler", description="required `iss` of a token")
    scrape_wait: float = Field(
        60.0, ge=0, le=600, description="seconds `POST …/scrape` waits before it answers 202"
    )
    quota_concurrent: int = Field(
        5, ge=1, le=1000, description="scrapes a user may have waiting or running"
    )
    quota_hourly: int = Field(
        100, ge=1, le=100_000, description="scrapes a user may start within an hour"
    )
    rate_limit: int = Field(
        1200, ge=0, description="requests a minute of a user, per API process; 0: no limit"
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="origins, comma-separated, whose pages may call the API; unset: none"
    )
    egress_allow: Annotated[tuple[Network, ...], NoDecode] = Field(
        (), description="CIDRs, comma-separated, that may be reached although they are not public"
    )
    egress_ports: Annotated[tuple[int, ...], NoDecode] = Field(
        (80, 443), description="ports, comma-separated, that may be reached; `*`: every port"
    )
    egress_upstream: SecretStr = Field(
        SecretStr(""),
        description="an HTTP proxy behind the guard, `http://[user:password@]host[:port]`, "
        "that is given checked addresses only; unset: none",
    )
    robots: Literal["obey", "ignore"] = Field("obey", description="robots.txt of crawled sites")
    browser_path: Path | None = Field(
        None, description="Chromium to use; unset: a system one, then Playwright's own"
    )
    browser_sandbox: Literal["on", "off"] = Field(
        "on", description="Chromium's own sandbox; root always runs without"
    )
    playwright_cdp_url: str = Field(
        "", description="a remote browser, on this host: the egress guard listens on loopback"
    )
    browser_pages: int = Field(
        200, ge=0, le=1_000_000, description="pages after which a browser is replaced; 0: never"
    )
    browser_megabytes: int = Field(
        1500,
        ge=0,
        le=1_000_000,
        description="private memory (MiB) above which a browser is replaced; 0: never",
    )
    page_megabytes: int = Field(
        1500,
        ge=0,
        le=1_000_000,
        description="memory (MiB) that one page's process can have (Linux); 0: all there is",
    )
    page_budget: float = Field(
        45.0, ge=5, le=600, description="wall seconds a page may take from request to last image"
    )
    page_concurrency: int = Field(4, ge=1, le=64, description="pages rendered at once")
    domain_slots: int = Field(
        2, ge=1, le=64, description="pages of one registrable domain at once, on all machines"
    )
    recrawl_cron: str = Field(
        "0 2 * * *", description="when pages that are due are crawled again, in UTC; `off`: never"
    )
    recrawl_hours: float = Field(
        20.0, ge=0, le=8_760, description="hours after its last crawl before a page is due again"
    )
    keep_jobs_days: int = Field(
        30, ge=1, le=3_650, description="days that finished jobs can be looked up"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="least level that is logged"
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="`text`, or `json`: one object a line, with job and campaign"
    )
    metrics_host: str = Field("127.0.0.1", description="address of `METRICS_PORT`")
    metrics_port: int = Field(
        0, ge=0, le=65_535, description="port of a standing worker's own `/metrics`; 0: none"
    )
    crash_at: str = Field(
        "", description="for tests alone: where the process kills itself; unset: nowhere"
    )

    @field_validator("egress_allow", mode="before")
    @classmethod
    def _networks(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
        return value

    @field_validator("egress_ports", mode="before")
    @classmethod
    def _ports(cls, value: Any) -> Any:
        if isinstance(value, str):
            return () if value.strip() == "*" else tuple(map(_port, value.split(",")))
        return value

    @field_validator("egress_upstream")
    @classmethod
    def _upstream(cls, value: SecretStr) -> SecretStr:
        parts = urlsplit(value.get_secret_value())
        if value.get_secret_value() and (parts.scheme != "http" or not parts.hostname):
            raise ValueError("must be http://[user:password@]host[:port]")
        return value

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _origins(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
        return value

    @field_validator("cors_origins")
    @classmethod
    def _named_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            parts = urlsplit(origin)
            if not parts.hostname or origin != f"{parts.scheme}://{parts.netloc}":
                raise ValueError(f"{origin!r} is not an origin such as https://app.example.com")
        return value

    @field_validator("jwt_jwks_url")
    @classmethod
    def _key_set(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in ("http", "https"):
            raise ValueError("must begin with https:// or http://")
        return value

    @field_validator("storage_url")
    @classmethod
    def _storage(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in ("file", "r2", "s3"):
            raise ValueError("must begin with file://, r2:// or s3://")
        return value

    @field_validator("recrawl_cron")
    @classmethod
    def _cron(cls, value: str) -> str:
        if value != "off" and not croniter.is_valid(value):
            raise ValueError(f"{value!r} is no cron expression such as '0 2 * * *', nor off")
        return value

    @field_validator("crash_at")
    @classmethod
    def _crash_points(cls, value: str) -> str:
        parse_crash_points(value)
        return value

    @cached_property
    def media_dir(self) -> Path:
        """Where the filesystem store keeps objects when nothing else is configured."""
        return (self.data_dir / "media").absolute()


def _port(text: str) -> int:
    # an empty tuple opens every port: a part that is no port must never just fall out
    with suppress(ValueError):
        if 1 <= int(text) <= 65_535:
            return int(text)
    raise ValueError(f"{text.strip()!r} is no port; give 1 to 65535, comma-separated, or *")


def load_config(**overrides: Any) -> Config:
    """Read the environment. A misspelt variable is a warning that names the nearest real one.

    Raises BadConfiguration: one line naming the variable and what is wrong with it.
    """
    _warn_of_unknown()
    try:
        config = Config(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper() if first["loc"] else PREFIX
        raise BadConfiguration(f"{name}: {first['msg']}") from None
    arm(config.crash_at)
    return config


def _warn_of_unknown() -> None:
    known = [PREFIX + name.upper() for name in Config.model_fields]
    given = {**DotEnvSettingsSource(Config).env_vars, **EnvSettingsSource(Config).env_vars}
    for name in sorted(name.upper() for name in given):
        if name.startswith(PREFIX) and name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else "the README lists them all"
            logger.warning("%s: no such setting; %s", name, hint)

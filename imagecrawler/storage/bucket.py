"""Where a bucket is, how to sign for it, and the boto3 client that reaches it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import boto3
from botocore.config import Config as ClientConfig
from pydantic import SecretStr

from imagecrawler.config import PREFIX, Config
from imagecrawler.errors import BadConfiguration
from imagecrawler.storage.store import cdn_base, is_http_url

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CONNECTIONS = 8
ATTEMPTS = 3
CONNECT_TIMEOUT = 5
READ_TIMEOUT = 30

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_ACCOUNT = re.compile(r"[0-9a-zA-Z]+")


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of an S3 service.

    ``public_base`` is what a key is appended to for its public address. ``endpoint`` and
    ``region`` None mean AWS's own, credentials None mean boto3's default chain.
    """

    name: str
    public_base: str
    endpoint: str | None = None
    region: str | None = None
    access_key_id: str | None = None
    secret_access_key: SecretStr | None = None


def locate(config: Config) -> Bucket:
    """The bucket that the configuration names, ``r2://bucket`` or ``s3://bucket``.

    Raises BadConfiguration: name, account, endpoint, credentials or public address is missing
    or malformed.
    """
    is_r2 = urlsplit(config.storage_url).scheme == "r2"
    name = _name(config)
    endpoint = _endpoint(config, name, is_r2=is_r2)
    _require_credentials(config, is_r2=is_r2)
    return Bucket(
        name=name,
        public_base=_public_base(config, name, endpoint, is_r2=is_r2),
        endpoint=endpoint,
        region="auto" if is_r2 else None,
        access_key_id=config.r2_access_key_id or None,
        secret_access_key=config.r2_secret_access_key or None,
    )


def connect(bucket: Bucket) -> S3Client:
    """A client for the bucket; takes 0.1 to 0.3 s, as botocore loads its service models.

    A call ends after at most ATTEMPTS * (CONNECT_TIMEOUT + READ_TIMEOUT) seconds of silence.
    """
    secret = bucket.secret_access_key
    return boto3.session.Session().client(
        "s3",
        endpoint_url=bucket.endpoint,
        region_name=bucket.region,
        aws_access_key_id=bucket.access_key_id,
        aws_secret_access_key=secret.get_secret_value() if secret else None,
        config=_client_config(bucket),
    )


def _client_config(bucket: Bucket) -> ClientConfig:
    # R2 can refuse the checksums that boto3 has added on its own since 1.36.
    return ClientConfig(
        signature_version="s3v4",
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=READ_TIMEOUT,
        max_pool_connections=CONNECTIONS,
        s3={"addressing_style": "path" if bucket.endpoint else "auto"},
    )


def _name(config: Config) -> str:
    name = urlsplit(config.storage_url).netloc
    if not _NAME.fullmatch(name) or not config.storage_url.rstrip("/").endswith(f"//{name}"):
        raise BadConfiguration(
            f"{PREFIX}STORAGE_URL: must be r2://bucket or s3://bucket and nothing more"
        )
    return name


def _endpoint(config: Config, name: str, *, is_r2: bool) -> str | None:
    if config.r2_endpoint_url:
        return _custom_endpoint(config.r2_endpoint_url.rstrip("/"), name)
    if not is_r2:
        return None
    if not _ACCOUNT.fullmatch(config.r2_account_id):
        raise BadConfiguration(
            f"{PREFIX}R2_ACCOUNT_ID: r2:// needs the Cloudflare account, or {PREFIX}R2_ENDPOINT_URL"
        )
    return f"https://{config.r2_account_id}.r2.cloudflarestorage.com"


def _custom_endpoint(url: str, name: str) -> str:
    if not is_http_url(url):
        raise BadConfiguration(f"{PREFIX}R2_ENDPOINT_URL: must be http(s)://host without a user")
    # Cloudflare's dashboard shows the address with the bucket, which would end up in every key.
    if urlsplit(url).path == f"/{name}":
        raise BadConfiguration(f"{PREFIX}R2_ENDPOINT_URL: leave out the bucket, /{name}")
    return url


def _require_credentials(config: Config, *, is_r2: bool) -> None:
    given = {
        "R2_ACCESS_KEY_ID": bool(config.r2_access_key_id),
        "R2_SECRET_ACCESS_KEY": bool(config.r2_secret_access_key),
    }
    missing = [PREFIX + name for name, present in given.items() if not present]
    if missing and (is_r2 or len(missing) == 1):
        raise BadConfiguration(f"{' and '.join(missing)}: missing, {config.storage_url} needs it")


def _public_base(config: Config, name: str, endpoint: str | None, *, is_r2: bool) -> str:
    base = cdn_base(config)
    if base:
        return base
    if is_r2:
        raise BadConfiguration(
            f"set {PREFIX}CDN_BASE_URL: R2 objects have no public address without it"
        )
    return f"{endpoint}/{name}" if endpoint else f"https://{name}.s3.amazonaws.com"

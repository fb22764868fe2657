"""What boto3 raises, as the product's errors: worth a retry, or a setting to correct."""

from __future__ import annotations

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
)

from imagecrawler.config import PREFIX
from imagecrawler.errors import StoreError, StoreRefused

_URL = f"correct {PREFIX}STORAGE_URL"
_KEY = f"correct {PREFIX}R2_ACCESS_KEY_ID"
_SECRET = f"correct {PREFIX}R2_SECRET_ACCESS_KEY or {PREFIX}R2_ACCESS_KEY_ID"
_ENDPOINT = f"is {PREFIX}R2_ENDPOINT_URL or {PREFIX}R2_ACCOUNT_ID right?"

# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
# https://developers.cloudflare.com/r2/api/error-codes/
REFUSALS: tuple[tuple[str, str, str], ...] = (
    ("NoSuchBucket", "there is no such bucket", _URL),
    ("InvalidBucketName", "that is no name of a bucket", _URL),
    ("InvalidAccessKeyId", "the access key is unknown", _KEY),
    ("Unauthorized", "the access key is unknown", _KEY),
    ("ExpiredToken", "the credentials have expired", _KEY),
    ("SignatureDoesNotMatch", "the secret does not belong to the access key", _SECRET),
    ("RequestTimeTooSkewed", "this machine's clock is wrong", "set the clock"),
    ("AuthorizationHeaderMalformed", "the region is wrong", "set AWS_REGION to the bucket's"),
    ("PermanentRedirect", "the bucket is in another place", _ENDPOINT),
    ("NotImplemented", "the service lacks what this asks of it", f"is it S3? {_ENDPOINT}"),
    ("AccessDenied", "the access key may not do this", f"{_KEY}, or widen its rights"),
)


def is_missing(error: ClientError) -> bool:
    """Whether the answer is that there is no such object (for HEAD: or no such bucket)."""
    return error.response["Error"].get("Code") in ("NoSuchKey", "NotFound", "404")


def translated(error: BotoCoreError | ClientError, doing: str) -> StoreError:
    """The product's error for boto3's; ``doing`` begins its message: ``put bucket/key``.

    The service's own text is left out, because some services repeat credentials in it.
    """
    if isinstance(error, ClientError):
        return _answered(error, doing)
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return StoreRefused(f"{doing}: no credentials; {_KEY.replace('correct', 'set')}")
    return StoreError(f"{doing}: {' '.join(str(error).split())}; {_ENDPOINT}")


def _answered(error: ClientError, doing: str) -> StoreError:
    code = error.response["Error"].get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    for known, what, remedy in REFUSALS:
        if code == known:
            return StoreRefused(f"{doing}: {what} ({code}); {remedy}")
    if status in (401, 403) or _is_malformed_access_key(error):
        return StoreRefused(f"{doing}: the credentials are refused ({code} {status}); {_KEY}")
    if is_missing(error):
        return StoreError(f"{doing}: there is no such object")
    return StoreError(f"{doing}: the store answered {code} (HTTP {status})")


def _is_malformed_access_key(error: ClientError) -> bool:
    # R2 answers 400 to an access key that is not 32 characters long.
    details = error.response["Error"]
    return details.get("Code") == "InvalidArgument" and "access key" in details.get("Message", "")

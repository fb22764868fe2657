"""What can go wrong with a download, in words for a person."""

from __future__ import annotations

from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
)

from imagecrawler.download.requests import MAX_IMAGE_BYTES
from imagecrawler.items import Reason

#: Worth a second attempt: the same request may well succeed.
TRANSIENT = (DownloadFailedError, ResponseDataLossError, ConnectionError)

_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (DownloadTimeoutError, "the server does not answer"),
    (ResponseDataLossError, "the answer broke off"),
    (NotSupported, "only http and https are fetched"),
    (IgnoreRequest, "only http and https are fetched"),
    (OSError, "the connection broke"),
)

FAILURES: tuple[type[Exception], ...] = (
    DownloadCancelledError,
    DownloadFailedError,
    *(kind for kind, _ in _WORDS),
)


def in_words(error: Exception) -> tuple[Reason, str]:
    """``error`` is one of FAILURES."""
    if isinstance(error, DownloadCancelledError):
        return Reason.TOO_LARGE, f"more than {MAX_IMAGE_BYTES // 2**20} MiB"
    for kind, words in _WORDS:
        if isinstance(error, kind):
            return Reason.UNREACHABLE, words
    if "SSL" in str(error):
        return Reason.UNREACHABLE, "no secure connection: the server's certificate is not accepted"
    return Reason.UNREACHABLE, "the connection failed"

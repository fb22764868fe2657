"""What the crawl fetches itself, without the browser and the way through the guard's port."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientPayloadError,
    ClientResponse,
    ClientSession,
    ClientSSLError,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    InvalidURL,
    TCPConnector,
)
from scrapy import Request
from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes
from yarl import URL

from imagecrawler.egress.connector import checked_connector
from imagecrawler.egress.dial import Dialler, reason
from imagecrawler.egress.endpoint import Endpoint
from imagecrawler.egress.limits import Limits, Traffic
from imagecrawler.egress.verdict import STATUSES, Failed, Ledger, Verdict
from imagecrawler.errors import EgressRefused

#: Bytes that wait to be read of one answer before its server is told to pause.
READ_AHEAD = 2**18

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Fetcher:
    """A download handler's work: Scrapy's request to Scrapy's response, body undecoded.

    A connection serves further requests to the same host and port. Where an upstream proxy has
    to carry them, ``proxy`` is the guard's own URL, and the guard connects.
    """

    def __init__(
        self,
        dialler: Dialler,
        ledger: Ledger,
        limits: Limits,
        traffic: Traffic,
        proxy: str | None = None,
    ) -> None:
        connector = TCPConnector() if proxy else checked_connector(dialler, limits, traffic)
        self._session = ClientSession(
            connector=connector,
            cookie_jar=DummyCookieJar(),
            auto_decompress=False,
            read_bufsize=READ_AHEAD,
            max_line_size=limits.header_bytes,
            max_field_size=limits.header_bytes,
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            proxy=proxy,
        )
        self._ledger = ledger
        self._limits = limits
        self._traffic = traffic

    async def fetch(self, request: Request) -> Response:
        """Answered as the guard answers where it does not connect: 403, 502 or 504.

        Raises the exceptions that Scrapy's download handlers raise.
        """
        endpoint = None
        try:
            endpoint = self._endpoint(request.url)
            with _scrapys_errors(request):
                return await self._exchange(request, endpoint)
        except EgressRefused as refusal:
            verdict = Verdict("refused", str(refusal))
        except Failed as failed:
            verdict = failed.verdict
        self._ledger.record(endpoint, verdict)
        return _refusal(request, verdict)

    async def close(self) -> None:
        """Cuts every connection; there are no others afterwards."""
        await self._session.close()

    def _endpoint(self, url: str) -> Endpoint:
        """Raises EgressRefused for an authority that is more than a host and a port."""
        if self._session.closed:
            raise EgressRefused("the egress guard is closed")
        scheme, _, rest = url.partition("://")
        authority = re.split("[/?#]", rest, maxsplit=1)[0]
        return Endpoint.parse(authority, _DEFAULT_PORTS.get(scheme.lower()))

    async def _exchange(self, request: Request, endpoint: Endpoint) -> Response:
        async with self._answer(request) as answer:
            self._ledger.forget(endpoint)
            body = await self._body(answer, request.meta["download_maxsize"])
        headers = Headers(list(answer.raw_headers))
        kind = responsetypes.from_args(headers=headers, url=request.url, body=body)
        response: Response = kind(
            request.url, answer.status, headers=headers, body=body, request=request
        )
        return response

    def _answer(self, request: Request) -> AbstractAsyncContextManager[ClientResponse]:
        time = ClientTimeout(
            total=request.meta["download_timeout"], sock_connect=self._limits.connect_seconds
        )
        return self._session.request(
            request.method,
            # as it is: with its escapes in another spelling a signed address is another
            URL(request.url, encoded=True),
            data=request.body or None,
            headers=request.headers.to_tuple_list(),
            timeout=time,
            allow_redirects=False,
        )

    async def _body(self, answer: ClientResponse, at_most: int) -> bytes:
        """Raises DownloadCancelledError where there is more; 0 means any number of bytes."""
        chunks = []
        size = 0
        _hold(answer.content_length or 0, at_most)
        async for chunk in answer.content.iter_any():
            chunks.append(chunk)
            size += len(chunk)
            self._traffic.bytes_received += len(chunk)
            _hold(size, at_most)
        return b"".join(chunks)


def _hold(size: int, at_most: int) -> None:
    if 0 < at_most < size:
        raise DownloadCancelledError(f"the answer has more than {at_most:,} bytes")


def _refusal(request: Request, verdict: Verdict) -> Response:
    text = f"{verdict.kind}: {verdict.detail}".encode("ascii", "replace")
    return Response(request.url, STATUSES[verdict.kind], body=text, request=request)


@contextmanager
def _scrapys_errors(request: Request) -> Iterator[None]:
    """aiohttp's errors as the guard's or as Scrapy's."""
    try:
        yield
    except ConnectionTimeoutError as error:
        raise Failed("timeout", "the connection was not accepted in time") from error
    except TimeoutError as error:
        raise DownloadTimeoutError(f"no answer from {request.url} in time") from error
    except ClientSSLError as error:
        raise DownloadFailedError(str(error)) from error
    except ClientConnectorError as error:
        raise Failed("unreachable", f"{error.host}: {reason(error.os_error)}") from error
    except ClientPayloadError as error:
        raise ResponseDataLossError(str(error)) from error
    except InvalidURL as error:
        raise Failed("unresolvable", f"{error.url} {error.description}") from error
    except ClientError as error:
        raise DownloadFailedError(str(error)) from error

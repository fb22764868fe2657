"""One client connection, from the first byte of its request to the last of the answer."""

from __future__ import annotations

import logging

import h11

from imagecrawler.egress.dial import Dialler
from imagecrawler.egress.endpoint import Endpoint, parse_absolute_form
from imagecrawler.egress.forward import forward, outgoing
from imagecrawler.egress.limits import Limits, Meter
from imagecrawler.egress.stream import Stream
from imagecrawler.egress.tunnel import tunnel
from imagecrawler.egress.verdict import STATUSES, Failed, Ledger, Verdict
from imagecrawler.egress.wire import Wire
from imagecrawler.errors import EgressRefused

logger = logging.getLogger("imagecrawler.egress")


class Session:
    """Reads one request and serves it; a client that wants more connects again.

    One request per connection is what keeps a second one, for another host, from reaching
    the first one's server.
    """

    def __init__(self, stream: Stream, dialler: Dialler, ledger: Ledger, limits: Limits) -> None:
        self._dialler = dialler
        self._ledger = ledger
        self._limits = limits
        self.meter = Meter(limits)
        state = h11.Connection(h11.SERVER, max_incomplete_event_size=limits.header_bytes)
        self._client = Wire(state, stream, self.meter.count_sent)

    async def run(self) -> None:
        """Serve the connection. Every failure ends as an answer, if one is possible."""
        try:
            if request := await self._request():
                await self._serve(request)
        except (OSError, h11.RemoteProtocolError) as error:
            logger.debug("a connection broke: %s", type(error).__name__)

    async def _request(self) -> h11.Request | None:
        try:
            async with self.meter.watch():
                event = await self._client.receive()
        except h11.RemoteProtocolError as error:
            # The error may quote a header, which is nobody's business: it is not passed on.
            verdict = Verdict("refused", "malformed or oversized request")
            await self._fail(None, verdict, error.error_status_hint)
            return None
        return event if isinstance(event, h11.Request) else None

    async def _serve(self, request: h11.Request) -> None:
        endpoint = None
        try:
            endpoint, path = _target(request)
            async with self._dialler.connection(endpoint) as server:
                self._ledger.forget(endpoint)
                await self._relay(request, endpoint, path, server)
        except EgressRefused as refusal:
            verdict = Verdict("refused", str(refusal))
        except Failed as failed:
            verdict = failed.verdict
        else:
            return
        await self._fail(endpoint, verdict, STATUSES[verdict.kind], request.method == b"HEAD")

    async def _relay(
        self, request: h11.Request, endpoint: Endpoint, path: str, server: Stream
    ) -> None:
        tunnelled = request.method == b"CONNECT"
        try:
            async with self.meter.watch():
                if tunnelled:
                    await self._tunnel(server)
                else:
                    message = outgoing(request, endpoint, path)
                    await forward(message, self._client, self._server(server))
        except TimeoutError:
            # Falling silent after use is how tunnels end that a browser keeps for later.
            if not (tunnelled and self.meter.received):
                silence = f"nothing was sent for {self._limits.idle_seconds:g} s"
                raise Failed("timeout", silence) from None

    async def _tunnel(self, server: Stream) -> None:
        if not isinstance(await self._client.receive(), h11.EndOfMessage):
            raise EgressRefused("CONNECT with a body")
        established = h11.Response(status_code=200, headers=[], reason=b"Connection established")
        await self._client.send(established)
        await server.write(self._client.unread)
        await tunnel(self._client.stream, server, self.meter)

    def _server(self, stream: Stream) -> Wire:
        state = h11.Connection(h11.CLIENT, max_incomplete_event_size=self._limits.header_bytes)
        return Wire(state, stream, self.meter.count_received)

    async def _fail(
        self, endpoint: Endpoint | None, verdict: Verdict, status: int, bodiless: bool = False
    ) -> None:
        self._ledger.record(endpoint, verdict)
        detail = verdict.detail.encode("ascii", "replace")
        mark = [(b"X-Egress-Refused", detail)] if verdict.kind == "refused" else []
        text = f"{verdict.kind}: {verdict.detail}"
        await self._client.answer(status, text, *mark, bodiless=bodiless)


def _target(request: h11.Request) -> tuple[Endpoint, str]:
    """Where a request wants to go, and the path there (none for CONNECT)."""
    target = request.target.decode("ascii")
    if request.method == b"CONNECT":
        return Endpoint.parse(target), ""
    return parse_absolute_form(target)

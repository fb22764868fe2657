"""A standing worker's own ``/metrics``."""

from __future__ import annotations

from threading import Thread
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server

from imagecrawler.config import Config
from imagecrawler.errors import BadConfiguration


class MetricsServer:
    """Serves ``/metrics`` on ``METRICS_PORT``, in a thread of its own; with port 0 nothing."""

    def __init__(self, config: Config, registry: CollectorRegistry) -> None:
        """Raises BadConfiguration where the address cannot be had."""
        self._serving: tuple[WSGIServer, Thread] | None = None
        if not config.metrics_port:
            return
        address = f"{config.metrics_host}:{config.metrics_port}"
        try:
            self._serving = start_http_server(config.metrics_port, config.metrics_host, registry)
        except OSError as error:
            raise BadConfiguration(
                f"IMAGECRAWLER_METRICS_PORT: {address}: {error}; choose another, or 0 for none"
            ) from None

    def close(self) -> None:
        """Returns once nothing is served any more."""
        if self._serving is not None:
            server, thread = self._serving
            server.shutdown()
            server.server_close()
            thread.join()

"""deploy/bucket.py, compose.yaml's one-shot, against a service with the answers of real ones."""

from __future__ import annotations

import runpy
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "deploy/bucket.py"


@contextmanager
def _service(status: int, code: str) -> Iterator[tuple[str, list[str]]]:
    """Answers every PUT alike; its address, and the paths that were asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            asked.append(self.path)
            body = f"<Error><Code>{code}</Code></Error>".encode() if code else b""
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Keep quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


@pytest.fixture
def make_bucket(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def run(endpoint: str) -> None:
        monkeypatch.setenv("IMAGECRAWLER_STORAGE_URL", "s3://pictures")
        monkeypatch.setenv("IMAGECRAWLER_R2_ENDPOINT_URL", endpoint)
        monkeypatch.setenv("IMAGECRAWLER_R2_ACCESS_KEY_ID", "crawler")
        monkeypatch.setenv("IMAGECRAWLER_R2_SECRET_ACCESS_KEY", "hush-hush-secret")
        runpy.run_path(str(SCRIPT), run_name="__main__")

    return run


@pytest.mark.parametrize(
    ("status", "code"),
    [(200, ""), (409, "BucketAlreadyOwnedByYou"), (409, "BucketAlreadyExists")],
)
def test_the_bucket_is_there_afterwards(
    status: int, code: str, make_bucket: Callable[[str], None]
) -> None:
    with _service(status, code) as (endpoint, asked):
        make_bucket(endpoint)
    assert asked == ["/pictures"]


def test_a_refusal_is_one_line_that_names_the_setting(make_bucket: Callable[[str], None]) -> None:
    with _service(403, "AccessDenied") as (endpoint, _), pytest.raises(SystemExit) as ended:
        make_bucket(endpoint)
    message = str(ended.value)
    assert "IMAGECRAWLER_R2_ACCESS_KEY_ID" in message
    assert "\n" not in message

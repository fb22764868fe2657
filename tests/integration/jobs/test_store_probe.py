"""What ``doctor --store`` says of buckets that are well, and of each thing that can be wrong."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import boto3
import pytest

from imagecrawler.jobs.doctor import Finding
from imagecrawler.jobs.store_probe import examine_store

PARTS = ["reach", "put", "replace", "head", "get", "list", "public", "delete"]

PUBLIC = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
    "Action": "s3:GetObject", "Resource": "arn:aws:s3:::%s/*"}]}"""

HOP = ("connection", "transfer-encoding", "date", "server")

Front = Callable[..., str]


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    monkeypatch.chdir(tmp_path)

    def set_all(**settings: str) -> None:
        for name, value in settings.items():
            monkeypatch.setenv(f"IMAGECRAWLER_{name.upper()}", value)

    return set_all


@pytest.fixture
def bucket(s3_endpoint: str, configure: Callable[..., None]) -> str:
    """A bucket of moto's, which serves it to the public too."""
    name = f"pictures-{uuid4().hex}"
    credentials = {"aws_access_key_id": "id", "aws_secret_access_key": "secret"}
    client = boto3.client("s3", endpoint_url=s3_endpoint, region_name="us-east-1", **credentials)
    client.create_bucket(Bucket=name)
    client.put_bucket_policy(Bucket=name, Policy=PUBLIC % name)
    client.close()
    configure(
        storage_url=f"r2://{name}",
        r2_endpoint_url=s3_endpoint,
        r2_access_key_id="id",
        r2_secret_access_key="secret",
        cdn_base_url=f"{s3_endpoint}/{name}",
    )
    return name


class Proxy(ThreadingHTTPServer):
    """Stands before a service: refuses operations, and answers with other headers."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.refused: dict[str, tuple[int, str]] = {}
        self.changed: dict[str, str] = {}
        super().__init__(("127.0.0.1", 0), _Passing)


class _Passing(BaseHTTPRequestHandler):
    server: Proxy

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        operation = "LIST" if "list-type" in self.path else self.command
        if operation in self.server.refused:
            status, code = self.server.refused[operation]
            self.reply(status, {}, f"<Error><Code>{code}</Code></Error>".encode())
        else:
            self.pass_on(body)

    def pass_on(self, body: bytes) -> None:
        service = http.client.HTTPConnection(self.server.service)
        service.request(self.command, self.path, body, dict(self.headers))
        answer = service.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        content = answer.read()
        service.close()
        self.reply(answer.status, headers | self.server.changed, content)

    def reply(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        if self.command != "HEAD":
            headers["content-length"] = str(len(content))
        for name, value in headers.items():
            if name not in HOP:
                self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_PUT = do_HEAD = do_DELETE = answer

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def front(s3_endpoint: str, configure: Callable[..., None]) -> Iterator[Front]:
    """``front(operation, status, code, **headers)`` puts a proxy before the service."""
    proxy = Proxy(urlsplit(s3_endpoint).netloc)
    thread = threading.Thread(target=proxy.serve_forever)
    thread.start()

    def put_before(operation: str = "", status: int = 0, code: str = "", **headers: str) -> str:
        proxy.refused[operation] = (status, code)
        proxy.changed = {name.replace("_", "-"): value for name, value in headers.items()}
        address = f"http://127.0.0.1:{proxy.server_port}"
        configure(r2_endpoint_url=address)
        return address

    yield put_before
    proxy.shutdown()
    thread.join()
    proxy.server_close()


async def found() -> dict[str, Finding]:
    return {finding.part: finding for finding in await examine_store()}


def sick(findings: dict[str, Finding]) -> dict[str, str]:
    return {part: each.detail for part, each in findings.items() if not each.healthy}


def left(s3_endpoint: str, bucket: str) -> str:
    connection = http.client.HTTPConnection(urlsplit(s3_endpoint).netloc)
    connection.request("GET", f"/{bucket}?list-type=2")
    listing = connection.getresponse().read().decode()
    connection.close()
    return listing


async def test_a_bucket_that_is_well(bucket: str, s3_endpoint: str) -> None:
    findings = await found()
    assert sick(findings) == {}
    assert list(findings) == PARTS
    assert "to be cached for ever" in findings["public"].detail
    assert "<Key>" not in left(s3_endpoint, bucket)


async def test_a_directory_that_is_well(configure: Callable[..., None], tmp_path: Path) -> None:
    configure(storage_url=f"file://{tmp_path}/media")
    findings = await found()
    assert sick(findings) == {}
    assert findings["public"].detail.startswith("not tried: files of this machine")
    assert [path for path in (tmp_path / "media").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("operation", "right", "parts"),
    [
        # where HEAD finds nothing a listing tells whether the bucket is there
        ("LIST", "s3:ListBucket", ["reach", "list", "delete"]),
        ("PUT", "s3:PutObject", ["put"]),
        ("HEAD", "s3:GetObject", ["head", "delete"]),
        ("GET", "s3:GetObject", ["get"]),
        ("DELETE", "s3:DeleteObject", ["delete"]),
    ],
)
async def test_a_right_that_is_missing_is_named(
    bucket: str, front: Front, operation: str, right: str, parts: list[str]
) -> None:
    front(operation, 403, "AccessDenied")
    wrong = sick(await found())
    assert list(wrong) == parts
    assert right in wrong[parts[0]]
    assert "IMAGECRAWLER_R2_ACCESS_KEY_ID" in wrong[parts[0]]


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (404, "NoSuchBucket", "no such bucket .* IMAGECRAWLER_STORAGE_URL"),
        (403, "RequestTimeTooSkewed", "clock is wrong .* set the clock"),
        (400, "AuthorizationHeaderMalformed", "region is wrong .* AWS_REGION"),
        (501, "NotImplemented", "lacks what this asks of it .* IMAGECRAWLER_R2_ENDPOINT_URL"),
    ],
)
async def test_what_a_service_refuses(
    bucket: str, front: Front, status: int, code: str, words: str
) -> None:
    front("PUT", status, code)
    findings = await found()
    assert list(findings) == ["reach", "put"]
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(findings["put"].detail)


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"content_type": "text/html"}, "it is there as 'text/html', not as image/png"),
        ({"x_amz_meta_probe": "short"}, "metadata were not kept"),
        ({"last_modified": "Thu, 01 Jan 2026 00:00:00 GMT"}, "from this one's; set the clock"),
    ],
)
async def test_what_a_service_does_not_keep(
    bucket: str, front: Front, headers: dict[str, str], words: str
) -> None:
    front(**headers)
    assert words in sick(await found())["head"]


async def test_a_public_address_of_another_bucket(
    bucket: str, s3_endpoint: str, configure: Callable[..., None]
) -> None:
    configure(cdn_base_url=f"{s3_endpoint}/another")
    [(part, detail)] = sick(await found()).items()
    assert part == "public"
    assert "answers 404; is IMAGECRAWLER_CDN_BASE_URL the address of this very bucket" in detail


async def test_a_public_address_that_nobody_has(
    bucket: str, configure: Callable[..., None]
) -> None:
    configure(cdn_base_url="http://127.0.0.1:9/pictures")
    assert "cannot be reached" in sick(await found())["public"]


async def test_a_public_address_that_is_closed(
    bucket: str, front: Front, s3_endpoint: str, configure: Callable[..., None]
) -> None:
    address = front("GET", 403, "AccessDenied")
    configure(r2_endpoint_url=s3_endpoint, cdn_base_url=f"{address}/{bucket}")
    assert "answers 403; allow the public" in sick(await found())["public"]


async def test_a_public_address_with_a_type_of_its_own(
    bucket: str, front: Front, s3_endpoint: str, configure: Callable[..., None]
) -> None:
    address = front(content_type="application/octet-stream", cache_control="no-store")
    configure(r2_endpoint_url=s3_endpoint, cdn_base_url=f"{address}/{bucket}")
    assert "serves it as application/octet-stream" in sick(await found())["public"]


async def test_a_website_at_the_public_address(
    bucket: str, front: Front, s3_endpoint: str, configure: Callable[..., None]
) -> None:
    address = front("GET", 200, "not a picture")
    configure(r2_endpoint_url=s3_endpoint, cdn_base_url=f"{address}/{bucket}")
    assert "serves something else" in sick(await found())["public"]

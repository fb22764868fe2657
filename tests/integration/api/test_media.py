from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from imagecrawler.api.services import Services

KEY = "campaigns/1/scraped-images/hero_01.jpg"
BYTES = b"\xff\xd8\xff picture"


@pytest.fixture
async def media(app: FastAPI, services: Services) -> httpx.AsyncClient:
    await services.store.put(KEY, BYTES, content_type="image/jpeg", metadata={})
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://api.test/media/")


async def test_a_picture_is_served_to_keep(media: httpx.AsyncClient) -> None:
    answer = await media.get(KEY)
    assert answer.content == BYTES
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    head = await media.head(KEY)
    assert head.content == b""
    assert head.headers["Content-Length"] == str(len(BYTES))


async def test_what_the_caller_has_is_not_sent_again(media: httpx.AsyncClient) -> None:
    etag = (await media.get(KEY)).headers["ETag"]
    known = await media.get(KEY, headers={"If-None-Match": f'"other", {etag}'})
    assert (known.status_code, known.content) == (304, b"")
    changed = await media.get(KEY, headers={"If-None-Match": '"other"'})
    assert changed.content == BYTES


async def test_what_is_no_picture_is_not_served(
    media: httpx.AsyncClient, services: Services, tmp_path: Path
) -> None:
    await services.store.put("page.html", b"<p>", content_type="text/html", metadata={})
    (tmp_path / "media" / "by-hand.jpg").write_bytes(BYTES)
    (tmp_path / "secret").write_text("secret")
    for key in ("page.html", "by-hand.jpg", "", "campaigns", "no/such.jpg"):
        assert (await media.get(key)).status_code == 404, key


@pytest.mark.parametrize(
    "path",
    [
        "..%2fsecret",
        "%2e%2e/secret",
        "campaigns/..%2f..%2fsecret",
        "%2fetc/passwd",
        "/etc/passwd",
        ".metadata/campaigns/1/scraped-images/hero_01.jpg.json",
        "..%5csecret",
        "%00",
        "a" * 3000,
        "%ff%fe",
    ],
)
async def test_no_way_leads_out_of_the_store(
    media: httpx.AsyncClient, tmp_path: Path, path: str
) -> None:
    (tmp_path / "secret").write_text("secret")
    answer = await media.get(f"http://api.test/media/{path}")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "settings",
    [
        {
            "storage_url": "s3://bucket",
            "r2_endpoint_url": "http://127.0.0.1:1",
            "r2_access_key_id": "key",
            "r2_secret_access_key": "secret",
            "cdn_base_url": "https://cdn.example",
        }
    ],
)
async def test_a_bucket_is_not_served_here(app: FastAPI) -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
        assert (await client.get(f"/media/{KEY}")).status_code == 404

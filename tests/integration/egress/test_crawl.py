import asyncio
import json
import os
import sys
from pathlib import Path

CRAWL = Path(__file__).with_name("crawl.py")


async def crawl(*urls: str, **environment: str) -> dict:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(CRAWL),
        *urls,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    return json.loads(output)


async def test_scrapy_downloads_through_the_guard_alone(server):
    shop, trap = await server(), await server()

    async def redirect(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(
            b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n"
        )

    hop = await server(redirect)
    good = f"http://127.0.0.1:{shop.port}/a"
    away = f"http://127.0.0.1:{hop.port}/"

    result = await crawl(
        good,
        away,
        "http://10.0.0.2/",
        "https://10.0.0.3/",
        "ftp://127.0.0.1/",
        http_proxy=f"http://127.0.0.1:{trap.port}",
        no_proxy="*",
    )

    assert result["ends"] == {
        good: "200 ok",
        away: "403",
        "http://10.0.0.2/": "403",
        "https://10.0.0.3/": "TunnelError",
        "ftp://127.0.0.1/": "IgnoreRequest",
    }
    assert result["stats"]["egress/refused"] == 3
    assert result["stats"]["egress/connections"] == 5
    assert shop.heads[0].startswith(b"GET /a HTTP/1.1\r\n")
    assert trap.connections == 0

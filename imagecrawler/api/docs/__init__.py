"""``/docs``: the OpenAPI document to read and to try, with nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fastapi import APIRouter
from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException

FOLDER: Final = Path(__file__).parent

FILES: Final = {
    "start.js": FOLDER / "start.js",
    "swagger-ui-bundle.js": FOLDER / "vendor" / "swagger-ui-bundle.js",
    "swagger-ui.css": FOLDER / "vendor" / "swagger-ui.css",
}

# Swagger UI sets styles on elements; its scripts need no such leave.
HEADERS: Final = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    ),
}

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def read_docs() -> FileResponse:
    """The page."""
    return FileResponse(FOLDER / "page.html", headers=HEADERS)


@router.get("/docs/{name}")
async def read_file(name: str) -> FileResponse:
    """One of its files."""
    if name not in FILES:
        raise HTTPException(404, "The documentation has no such file.")
    return FileResponse(FILES[name], headers=HEADERS)

"""Page/expected pairs: every ``pages/*.json`` holds a snapshot and the candidates it yields.

A key that an expected candidate leaves out is not compared; the number of candidates, their
order and their addresses always are.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from imagecrawler.extraction import extract
from imagecrawler.items import (
    Element,
    ImageCandidate,
    ItemProperty,
    PageSnapshot,
    Rect,
    Script,
    Source,
)

PAGES = sorted((Path(__file__).parent / "pages").glob("*.json"))


def element_of(fields: dict[str, Any]) -> Element:
    given = {"tag": "img", "path": "", "rect": [0, 0, 16, 16], **fields}
    for name in ("backgrounds", "containers", "natural"):
        if name in given:
            given[name] = tuple(given[name])
    given["rect"] = Rect(*given["rect"])
    given["sources"] = tuple(Source(**source) for source in given.get("sources", ()))
    return Element(**given)


def property_of(fields: dict[str, Any]) -> ItemProperty:
    return ItemProperty(
        **{**fields, "names": tuple(fields["names"]), "types": tuple(fields["types"])}
    )


def script_of(fields: dict[str, Any]) -> Script:
    text = fields["text"] if "text" in fields else json.dumps(fields["json"])
    return Script(text, fields.get("type", ""), fields.get("path", ""))


def snapshot_of(page: dict[str, Any]) -> PageSnapshot:
    url = page.get("url", "https://shop.example/p/1")
    return PageSnapshot(
        url=url,
        base_url=page.get("base_url", url),
        heading=page.get("heading", ""),
        scripts=tuple(map(script_of, page.get("scripts", ()))),
        properties=tuple(map(property_of, page.get("properties", ()))),
        requested=tuple(page.get("requested", ())),
        frames=tuple(map(snapshot_of, page.get("frames", ()))),
        elements=tuple(map(element_of, page.get("elements", ()))),
        meta=tuple((name, content) for name, content in page.get("meta", ())),
        json_ld=tuple(
            block if isinstance(block, str) else json.dumps(block)
            for block in page.get("json_ld", ())
        ),
    )


def as_json(candidate: ImageCandidate, wanted: dict[str, Any]) -> dict[str, Any]:
    seen = {
        "urls": [version.url for version in candidate.versions],
        "widths": [version.width for version in candidate.versions],
        "sources": list(candidate.sources),
        "rect": None,
        "containers": list(candidate.containers),
        "origins": [[origin.rule, origin.path] for origin in candidate.origins],
    }
    if candidate.rect:
        box = candidate.rect
        seen["rect"] = [box.x, box.y, box.width, box.height]
    return {key: seen[key] if key in seen else getattr(candidate, key) for key in wanted}


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_page_yields_what_it_shows(file: Path) -> None:
    pair = json.loads(file.read_text())
    candidates = extract(snapshot_of(pair["page"]))
    expected = pair["expected"]
    assert [candidate.url for candidate in candidates] == [want["urls"][0] for want in expected]
    seen = [as_json(*both) for both in zip(candidates, expected, strict=True)]
    assert seen == expected
    assert [candidate.position for candidate in candidates] == list(range(len(candidates)))


def test_there_are_pages() -> None:
    assert len(PAGES) >= 20

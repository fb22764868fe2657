"""Storefronts as today's frameworks build them: every picture of the product is found."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

STOREFRONTS = Path(__file__).parents[1] / "site" / "storefronts"
EXPECTED = json.loads((STOREFRONTS / "expected.json").read_text("utf-8"))

#: The widths of the largest files that the shop has.
LARGEST = 1600


def _name(url: str) -> str:
    """The picture's name, also within the address of a service that resizes it."""
    match = re.search(r"/media/([a-z-]+)-\d+\.", unquote(url))
    return match[1] if match else url


def _saved(answer: dict[str, Any]) -> dict[str, int]:
    """The widths of the saved pictures by name."""
    images = answer["images"]
    return {_name(image["original_url"]): image["metadata"]["width"] for image in images}


def _missed(path: str, answer: dict[str, Any]) -> dict[str, int]:
    """The expected pictures that are not saved, or in a smaller version: its width, 0 for none."""
    saved = _saved(answer)
    widths = {name: saved.get(name, 0) for name in EXPECTED[path]["pictures"]}
    return {name: width for name, width in widths.items() if width < LARGEST}


async def test_every_picture_is_found_in_its_largest_version(start_worker, submit, job, reached):
    start_worker()
    jobs = {path: await submit(path, max_images=30) for path in EXPECTED}
    for identifier in jobs.values():
        reached(identifier, "finished")
    answers = {path: job(identifier)["result"] for path, identifier in jobs.items()}

    missed = {path: _missed(path, answer) for path, answer in answers.items()}
    assert missed == {path: {} for path in EXPECTED}
    heroes = {path: _name(answer["images"][0]["original_url"]) for path, answer in answers.items()}
    assert heroes == {path: each["hero"] for path, each in EXPECTED.items()}

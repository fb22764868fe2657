"""A file of pages to be crawled: JSON Lines, checked as a whole before anything is done with it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

from imagecrawler.db.batches import Line
from imagecrawler.db.text import storable
from imagecrawler.domains import registrable_domain
from imagecrawler.errors import BadInput, BadTarget
from imagecrawler.jobs.job import Arguments, parse_arguments

FIELDS: Final = ("campaign_id", "sales_page_url", "url", "max_images")

#: Faulty lines that are named one by one.
MOST_PROBLEMS: Final = 20


class BadLines(BadInput):
    """Lines that cannot be crawled; the message is a line for each, and one that sums up."""

    def __init__(self, path: Path, problems: dict[int, str], lines: int) -> None:
        named = sorted(problems.items())[:MOST_PROBLEMS]
        rest = len(problems) - len(named)
        messages = [f"{path}:{number}: {problem}" for number, problem in named]
        messages += [f"{path}: {rest} more lines are wrong"] if rest else []
        counts = f"{len(problems)} of {lines} lines are wrong"
        super().__init__("\n".join((*messages, f"{path}: {counts}; nothing was enqueued")))


@dataclass(frozen=True, slots=True)
class BatchFile:
    """The pages of a file by the numbers of their lines, and what is wrong with the others.

    ``digest``: SHA-256 in hex of what it says, with the campaign of the lines that name none.
    ``repeated``: lines whose page an earlier one has.
    """

    path: Path
    digest: str
    pages: dict[int, Arguments]
    problems: dict[int, str]
    repeated: int

    @property
    def campaigns(self) -> set[UUID]:
        """Those that its lines name."""
        return {page.campaign_id for page in self.pages.values() if page.campaign_id}

    def check(self, known: Collection[UUID]) -> None:
        """Raises BadLines when a line is wrong, or names a campaign that is not ``known``."""
        problems = self.problems | {
            number: f"campaign_id: {page.campaign_id} is unknown; add it with: "
            f"imagecrawler campaign add NAME --id {page.campaign_id}"
            for number, page in self.pages.items()
            if page.campaign_id not in known
        }
        if problems:
            lines = len(self.pages) + len(self.problems) + self.repeated
            raise BadLines(self.path, problems, lines)

    def lines(self, batch_id: UUID) -> Iterator[Line]:
        """As jobs of a batch; the same line of the same batch is the same job."""
        for number, page in self.pages.items():
            assert page.campaign_id is not None
            job_id, domain = uuid5(batch_id, str(number)), registrable_domain(page.url)
            yield Line(number, job_id, page.campaign_id, page.url, page.max_images, domain)


def read_batch_file(path: Path, campaign_id: UUID | None = None) -> BatchFile:
    """Lines without a campaign are pages of ``campaign_id``. Raises BadInput where no file is."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror or error}") from None
    digest = hashlib.sha256(content + (campaign_id.bytes if campaign_id else b""))
    pages, problems = _parse(content, campaign_id)
    if not pages and not problems:
        raise BadInput(f"{path}: no pages; give one JSON object a line")
    first = {(page.campaign_id, page.url): number for number, page in reversed(pages.items())}
    distinct = {number: pages[number] for number in sorted(first.values())}
    return BatchFile(path, digest.hexdigest(), distinct, problems, len(pages) - len(distinct))


def parse_line(line: bytes, campaign_id: UUID | None = None) -> Arguments:
    """Raises BadTarget: one line that names the field and what it should be."""
    entry = _json_object(line)
    unknown = sorted(set(entry) - set(FIELDS))
    if unknown:
        raise BadTarget(f"{unknown[0]}: no such field; there are {', '.join(FIELDS)}")
    texts = {name: storable(str(value)) for name, value in entry.items() if value is not None}
    if {"url", "sales_page_url"} <= texts.keys():
        raise BadTarget("url: given twice, as sales_page_url too")
    page = parse_arguments(
        texts.get("url", texts.get("sales_page_url")),
        texts.get("campaign_id") or campaign_id,
        max_images=texts.get("max_images"),
    )
    if page.campaign_id is None:
        raise BadTarget("campaign_id: missing; give it in the line, or for all with --campaign")
    return page


def _parse(content: bytes, campaign_id: UUID | None) -> tuple[dict[int, Arguments], dict[int, str]]:
    """What lines ask for, and what is wrong with others, by the number of the line."""
    pages: dict[int, Arguments] = {}
    problems: dict[int, str] = {}
    for number, line in _filled_lines(content):
        try:
            pages[number] = parse_line(line, campaign_id)
        except BadTarget as error:
            problems[number] = str(error)
    return pages, problems


def _filled_lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    """With their numbers, from 1. Lines that begin with # are comments."""
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if (stripped := line.strip()) and not stripped.startswith(b"#"):
            yield number, stripped


def _json_object(line: bytes) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except UnicodeDecodeError:
        raise BadTarget("not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise BadTarget(f"not JSON: {error}") from None
    if not isinstance(entry, dict):
        raise BadTarget('not a JSON object such as {"campaign_id": "…", "url": "https://…"}')
    return entry

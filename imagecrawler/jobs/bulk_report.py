"""What became of a batch, for machines."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from imagecrawler.batch import Summary
from imagecrawler.db.batch_results import batch_jobs
from imagecrawler.db.database import Database
from imagecrawler.errors import BadInput
from imagecrawler.items import Outcome


def report_of(summary: Summary) -> dict[str, Any]:
    """Of the batch as a whole; times are ISO 8601, in UTC."""
    batch, counts = summary.batch, summary.counts
    return {
        "batch": {
            "id": str(batch.id),
            "kind": batch.kind,
            "name": batch.name,
            "created_at": batch.created_at.isoformat(),
            "finished_at": summary.finished_at.isoformat() if summary.finished_at else None,
        },
        "totals": {
            "jobs": batch.total,
            "skipped": batch.skipped,
            **{each.value: counts.ended.get(each, 0) for each in Outcome},
            "queued": counts.queued,
            "running": counts.running,
            "gone": summary.gone,
            "unchanged": summary.unchanged,
            "images_found": summary.images_found,
            "images_saved": summary.images_saved,
            "seconds": round(summary.seconds, 3),
            "pages_per_minute": round(summary.pages_per_minute, 3),
        },
        "failures": [asdict(each) for each in summary.failures],
    }


def check_writable(path: Path) -> None:
    """Raises BadInput now rather than after the night that it should tell of."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a"):
            pass
    except OSError as error:
        raise BadInput(f"{path}: cannot be written: {error.strerror or error}") from None


async def write_report(database: Database, summary: Summary, path: Path) -> None:
    """Writes the same with every job of the batch, one a line. Raises OSError."""
    head = json.dumps(report_of(summary), indent=1).removesuffix("\n}")
    with path.open("w", encoding="utf-8") as file:
        file.write(f'{head},\n "jobs": [')
        separator = "\n"
        async with database.session() as db:
            async for job in batch_jobs(db, summary.batch.id):
                file.write(separator + json.dumps(job, default=_plain))
                separator = ",\n"
        file.write("\n ]\n}\n")


def _plain(value: UUID | datetime) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)

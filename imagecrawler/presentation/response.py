"""The answer of ``POST /api/intelligence/product-images/scrape`` and of ``scrape --json``."""

from __future__ import annotations

from typing import Any

from imagecrawler.items import Likelihoods, Outcome, PageItem, Rejection, StoredImage

SUCCESSFUL = (Outcome.SUCCEEDED, Outcome.PARTIAL)


def scrape_response(item: PageItem) -> dict[str, Any]:
    """The finished job as JSON-serialisable data.

    ``images`` keep the item's order, best first. ``images_skipped`` is everything found and
    not saved, so that found = saved + skipped even for a job that ended half-way. ``detail``
    is empty when the job succeeded. ``timings`` are seconds.
    """
    saved = len(item.stored)
    return {
        "success": item.outcome in SUCCESSFUL,
        "job_id": str(item.job_id),
        "campaign_id": str(item.target.campaign_id),
        "status": item.outcome.value,
        "detail": item.detail,
        "images_found": item.found,
        "images_saved": saved,
        "images_skipped": item.found - saved,
        "images": [_image(stored) for stored in item.stored],
        "rejected": [_rejection(rejection) for rejection in item.rejections],
        "timings": {stage: round(float(took), 3) for stage, took in item.timings.items()},
    }


def _image(stored: StoredImage) -> dict[str, Any]:
    return {
        "id": str(stored.id) if stored.id else None,
        "url": stored.cdn_url,
        "r2_path": stored.key,
        "original_url": stored.scored.url,
        "metadata": _metadata(stored),
    }


def _metadata(stored: StoredImage) -> dict[str, Any]:
    scored, measured = stored.scored, stored.scored.measured
    return {
        "width": measured.width,
        "height": measured.height,
        "file_size": len(scored.image.body),
        "format": measured.format,
        "quality_score": round(float(scored.quality), 1),
        "is_hero": scored.is_hero,
        "is_product": scored.is_product,
        "is_lifestyle": scored.is_lifestyle,
        "alt_text": scored.image.candidate.alt,
        "score_breakdown": {name: round(float(v), 3) for name, v in scored.breakdown.items()},
        "classification": classification(scored.likelihoods),
        "phash": f"{measured.phash:016x}",
        "sources": list(scored.image.candidate.sources),
    }


def classification(read: Likelihoods | None) -> dict[str, Any] | None:
    """The probabilities of the roles (0 to 1) and, in log-odds, what decided."""
    if read is None:
        return None
    return {
        **{name: round(getattr(read, name), 3) for name in ("product", "lifestyle", "graphic")},
        "evidence": {
            question: {name: round(float(value), 2) for name, value in odds.items()}
            for question, odds in read.evidence.items()
        },
    }


def _rejection(rejection: Rejection) -> dict[str, Any]:
    return {
        "original_url": rejection.url,
        "reason": rejection.reason.value,
        "detail": rejection.detail,
        "duplicate_of": rejection.duplicate_of,
    }

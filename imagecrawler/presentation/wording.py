"""Outcomes and reasons in words for people who do not read code."""

from __future__ import annotations

from collections.abc import Iterable

from imagecrawler.items import Outcome, Reason, Rejection

OUTCOMES = {
    Outcome.SUCCEEDED: "Succeeded",
    Outcome.PARTIAL: "Partly succeeded",
    Outcome.BLOCKED: "Blocked by the site",
    Outcome.FAILED: "Failed",
}

REASONS = {
    Reason.UNREACHABLE: ("Unreachable", "The site did not hand over the file."),
    Reason.REFUSED_ADDRESS: ("Address refused", "The address is not on the public internet."),
    Reason.NOT_AN_IMAGE: ("Not an image", "The address answered with something else."),
    Reason.UNSUPPORTED_FORMAT: ("Unsupported format", "A file format that is not kept."),
    Reason.UNDECODABLE: ("Damaged file", "The file cannot be read as a picture."),
    Reason.TOO_LARGE: ("Too large", "The file or the picture exceeds the safe limit."),
    Reason.TOO_SMALL: ("Too small", "Too few pixels to be of use."),
    Reason.PLACEHOLDER: ("Placeholder", "A blank that stands in while the page loads."),
    Reason.GRAPHIC: ("Graphic", "A logo, icon, badge or banner, not a photograph."),
    Reason.LOW_QUALITY: ("Low quality", "The picture scored below the threshold."),
    Reason.DUPLICATE: ("Duplicate", "The same picture is kept in its best version."),
    Reason.OVER_LIMIT: ("Over the limit", "Good, but beyond the number of images asked for."),
    Reason.OVER_BUDGET: ("Out of time", "The time for this page was used up first."),
    Reason.UPLOAD_FAILED: ("Upload failed", "The store did not take the file."),
}


def label(reason: Reason) -> str:
    """Two words at most, for tables and badges."""
    return REASONS[reason][0]


def explanation(reason: Reason) -> str:
    """One sentence."""
    return REASONS[reason][1]


def by_reason(rejections: Iterable[Rejection]) -> dict[Reason, tuple[Rejection, ...]]:
    """The rejections of each reason, in their own order; the most frequent reason first."""
    groups: dict[Reason, tuple[Rejection, ...]] = {}
    for rejection in rejections:
        groups[rejection.reason] = (*groups.get(rejection.reason, ()), rejection)
    return dict(sorted(groups.items(), key=lambda group: -len(group[1])))

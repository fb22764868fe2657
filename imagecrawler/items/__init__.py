"""What flows through the crawler: one frozen dataclass per stage.

    Target -> PageSnapshot -> ImageCandidate -> DownloadedImage -> ScoredImage -> StoredImage
                                                     \\-> Rejection

All rectangles are in CSS pixels of the document (not of the viewport), all image sizes in
image pixels after EXIF orientation, all URLs absolute unless a field says otherwise.
"""

from imagecrawler.items.candidates import (
    METADATA,
    STATED,
    ImageCandidate,
    KnownImage,
    KnownPage,
    Origin,
    Version,
)
from imagecrawler.items.crawl import Outcome, PageItem, Target
from imagecrawler.items.images import (
    DownloadedImage,
    Likelihoods,
    Measurements,
    Reason,
    Rejection,
    Role,
    ScoredImage,
    StoredImage,
)
from imagecrawler.items.page import (
    AMPLE_SIDE,
    Content,
    Cookie,
    Element,
    ItemProperty,
    PageSnapshot,
    Rect,
    Script,
    Source,
)

__all__ = [
    "AMPLE_SIDE",
    "METADATA",
    "STATED",
    "Content",
    "Cookie",
    "DownloadedImage",
    "Element",
    "ImageCandidate",
    "ItemProperty",
    "KnownImage",
    "KnownPage",
    "Likelihoods",
    "Measurements",
    "Origin",
    "Outcome",
    "PageItem",
    "PageSnapshot",
    "Reason",
    "Rect",
    "Rejection",
    "Role",
    "ScoredImage",
    "Script",
    "Source",
    "StoredImage",
    "Target",
    "Version",
]

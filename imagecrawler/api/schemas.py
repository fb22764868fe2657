"""Bodies of scrapes, jobs and problems, as OpenAPI documents them, and what all bodies share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from imagecrawler.errors import BadTarget
from imagecrawler.items import Outcome, Reason
from imagecrawler.jobs.address import MAX_URL_LENGTH, parse_url
from imagecrawler.jobs.job import MAX_IMAGES

PREFIX: Final = "/api/intelligence/product-images"

CAMPAIGN: Final = "5f0c7c1e-6a6f-4a53-9d5e-1f5a7f2f3b10"
JOB: Final = "0d0e6f3a-8f0f-4a3b-b1c8-2d6a4c9e7f55"
IMAGE: Final = "c2b1f1d4-3e55-4b0a-8f57-0a9f6f1e2d3c"
USER: Final = "9b2f0f6e-1d1c-4a7e-8c3a-7a5d9e4b6c21"
R2_PATH: Final = f"campaigns/{CAMPAIGN}/scraped-images/hero_01.jpg"
CDN_URL: Final = f"https://cdn.example.com/{R2_PATH}"
PAGE_PATTERN: Final = (
    r"^https?://([A-Za-z0-9_-]{1,30}\.){0,3}[A-Za-z][A-Za-z0-9_-]{0,30}(:[1-9][0-9]{0,3})?"
    r"([/?#][^\s\u0000-\u001f\u007f-\u009f]*)?$"
)
"""What parse_url takes, for clients; it knows more than a pattern can say."""

MOMENT: Final = "2026-03-14T09:26:53Z"


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _rounded(score: float) -> float:
    return round(score, 1)


def _page(url: str) -> str:
    try:
        return parse_url(url)
    except BadTarget as error:
        raise PydanticCustomError("page", "{why}", {"why": str(error)}) from None


Moment = Annotated[datetime, AfterValidator(_utc), Field(examples=[MOMENT])]
Score = Annotated[float, AfterValidator(_rounded), Field(description="0 to 100.", examples=[92.5])]
State = Literal["queued", "running", "finished"]


class ScrapeRequest(BaseModel):
    """A page to crawl."""

    campaign_id: UUID = Field(examples=[CAMPAIGN])
    sales_page_url: Annotated[str, Field(max_length=MAX_URL_LENGTH), AfterValidator(_page)] = Field(
        examples=["https://example.com/product"],
        json_schema_extra={"format": "uri", "pattern": PAGE_PATTERN},
    )
    max_images: int = Field(10, ge=1, le=MAX_IMAGES, description="How many images to keep.")


class Classification(BaseModel):
    """How likely each reading of an image is; they add up to 1.

    ``evidence`` has what decided, in log-odds by name: under ``graphic`` for its being one, under
    ``product`` for product against lifestyle.
    """

    product: float = Field(ge=0, le=1, examples=[0.96])
    lifestyle: float = Field(ge=0, le=1, examples=[0.03])
    graphic: float = Field(ge=0, le=1, examples=[0.01])
    evidence: dict[str, dict[str, float]] = Field(examples=[{"product": {"border_white": 2.1}}])


class ImageMetadata(BaseModel):
    """What a saved image was judged by. ``score_breakdown`` has each component, 0 to 1."""

    width: int = Field(examples=[1200])
    height: int = Field(examples=[1200])
    file_size: int = Field(description="Bytes.", examples=[850_000])
    format: str = Field(examples=["jpeg"])
    quality_score: Score
    is_hero: bool
    is_product: bool
    is_lifestyle: bool
    alt_text: str
    score_breakdown: dict[str, float | None] = Field(examples=[{"sharpness": 0.93}])
    classification: Classification | None = None
    phash: str = Field(description="64 bits as 16 hex digits.", examples=["c3d4e1f0a5b69788"])
    sources: list[str] = Field(examples=[["img", "json_ld"]])


class SavedImage(BaseModel):
    """An image in the store. ``id`` is null while its row could not be written."""

    id: UUID | None = Field(examples=[IMAGE])
    url: str = Field(examples=[CDN_URL])
    r2_path: str = Field(examples=[R2_PATH])
    original_url: str = Field(examples=["https://example.com/images/front.jpg"])
    metadata: ImageMetadata


class RejectedImage(BaseModel):
    """An image that was not kept, and why."""

    original_url: str = Field(examples=["https://example.com/images/logo.png"])
    reason: Reason
    detail: str | None = Field(examples=["48 x 48 pixels"])
    duplicate_of: str | None = Field(None, description="Address of the image kept instead.")


class ScrapeResponse(BaseModel):
    """A finished job; best images first. ``timings`` are seconds by stage."""

    success: bool
    job_id: UUID = Field(examples=[JOB])
    campaign_id: UUID = Field(examples=[CAMPAIGN])
    status: Outcome
    detail: str = Field(description="Why the status is not succeeded.", examples=[""])
    images_found: int = Field(description="Saved and skipped ones.", examples=[47])
    images_saved: int = Field(examples=[8])
    images_skipped: int = Field(examples=[39])
    images: list[SavedImage]
    rejected: list[RejectedImage]
    timings: dict[str, float | None] = Field(examples=[{"rendered": 1.9, "stored": 0.4}])


class JobAccepted(BaseModel):
    """A job that goes on without the caller waiting; ``Location`` is where to look."""

    success: Literal[True] = True
    job_id: UUID = Field(examples=[JOB])
    campaign_id: UUID = Field(examples=[CAMPAIGN])
    status: Literal["queued", "running"]


class ImageChange(BaseModel):
    """An image that is different since the crawl before. ``previous_id``: what it replaces."""

    id: UUID | None = Field(examples=[IMAGE])
    url: str | None = Field(examples=["https://example.com/images/front.jpg"])
    previous_id: UUID | None = None


class JobChanges(BaseModel):
    """What a page has new, in place of other bytes, no longer, and again.

    ``unchanged``: it names what it named before, and no image was looked at.
    """

    added: list[ImageChange]
    changed: list[ImageChange]
    removed: list[ImageChange]
    returned: list[ImageChange]
    unchanged: bool


class JobState(BaseModel):
    """A job as it stands. ``progress`` has the count and total of each stage reached."""

    model_config = ConfigDict(from_attributes=True)

    job_id: UUID = Field(validation_alias="id", examples=[JOB])
    campaign_id: UUID = Field(examples=[CAMPAIGN])
    sales_page_url: str = Field(validation_alias="url", examples=["https://example.com/product"])
    max_images: int
    state: State
    outcome: Outcome | None = Field(description="null until the job is finished.")
    detail: str
    images_found: int
    images_saved: int
    images_skipped: int
    progress: dict[str, dict[str, int | None]] = Field(
        examples=[{"downloaded": {"count": 12, "total": 40}}]
    )
    timings: dict[str, float | None]
    result: ScrapeResponse | None = Field(
        description="What POST …/scrape answers at the end; null of an unchanged page."
    )
    changes: JobChanges | None = Field(description="null of a page that was not crawled before.")
    created_at: Moment
    started_at: Moment | None
    finished_at: Moment | None


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    field: str = Field(examples=["body.max_images"])
    detail: str = Field(examples=["Input should be less than or equal to 50"])


class ProblemDocument(BaseModel):
    """RFC 9457; ``errors`` only where the request is not valid."""

    type: str = Field("about:blank")
    title: str = Field(examples=["Unprocessable Content"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["body.max_images: Input should be less than or equal to 50"])
    errors: list[Fault] | None = None

"""Every error of the product.

    ImagecrawlerError
    +-- BadInput             what the caller gave is wrong; exit code 2, HTTP 4xx
    |   +-- BadTarget        a spider argument: URL, campaign, max_images
    |   +-- BadConfiguration a setting is missing or wrong
    |   +-- UnknownCampaign  no such campaign, or another owner's
    +-- EgressRefused        an address that the guard does not let through
    +-- RenderFailed         the page could not be rendered at all
    |   +-- BrowserLost      tab, browser or Playwright's driver died; worth a retry
    +-- UndecodableImage     one image's bytes; becomes a Rejection
    +-- DecodersFailed       no process that looks at images can be started
    +-- StoreError           the object store failed; worth a retry
    |   +-- StoreRefused     wrong credentials or missing bucket; a retry cannot help
    +-- DatabaseError        PostgreSQL failed or is not migrated
    +-- AlreadyRunning       what only one process does at a time is being done

Messages are one line that names the input and the remedy, fit for a person.
"""


class ImagecrawlerError(Exception):
    """Base of every error raised on purpose."""


class BadInput(ImagecrawlerError):
    """The caller has to change something."""


class BadTarget(BadInput):
    """A URL, campaign id or limit that cannot be crawled."""


class BadConfiguration(BadInput):
    """A setting that is missing or wrong."""


class UnknownCampaign(BadInput):
    """The campaign does not exist, or belongs to somebody else."""


class EgressRefused(ImagecrawlerError):
    """The egress guard does not let this address through."""


class RenderFailed(ImagecrawlerError):
    """The browser gave no page. ``is_transient``: it may give one another time."""

    def __init__(self, message: str, *, is_transient: bool = False) -> None:
        super().__init__(message)
        self.is_transient = is_transient


class BrowserLost(RenderFailed):
    """What showed the page died under it, and not by the page's budget or a stop of the crawl."""

    def __init__(self, message: str) -> None:
        super().__init__(message, is_transient=True)


class DecodersFailed(ImagecrawlerError):
    """No process that looks at pictures can be started."""


class UndecodableImage(ImagecrawlerError):
    """Bytes that are no image we keep. ``reason`` is a value of :class:`items.Reason`."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class StoreError(ImagecrawlerError):
    """The object store did not do what was asked."""


class StoreRefused(StoreError):
    """The object store refuses our credentials or does not know the bucket."""


class DatabaseError(ImagecrawlerError):
    """PostgreSQL cannot be reached, or lacks our tables."""


class AlreadyRunning(ImagecrawlerError):
    """Another process is at it; try again when it has ended."""

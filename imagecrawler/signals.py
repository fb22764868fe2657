"""Scrapy signals of our own."""

#: Sent as (job_id: UUID, stage: str, count: int, total: int | None) while a page moves on; the
#: stages are "rendered", "found", "downloaded", "scored" and "stored".
stage_reached = object()

#: Sent as (item: PageItem) when the row of its job could not be written.
job_unwritten = object()

#: Sent as (job: Job, waited: float, priority: int) when a job of the queue begins; ``waited`` are
#: the seconds since it could have.
job_begun = object()

#: Sent as (job_id: UUID, size: int) when a picture of so many bytes was put into the store.
picture_uploaded = object()

#: Sent as (job_id: UUID, image: DownloadedImage) when a picture's bytes are there, which its page
#: may yet turn out not to want; its PageItem comes later. Who looks at it answers with the task
#: that gives what it shows (Pixels or Unusable).
picture_received = object()

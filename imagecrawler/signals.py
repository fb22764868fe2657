"""Scrapy signals of our own."""

#: Sent as (job_id: UUID, stage: str, count: int, total: int | None) while a page moves on; the
#: stages are "rendered", "found", "downloaded", "scored" and "stored".
stage_reached = object()

#: Sent as (item: PageItem) when the row of its job could not be written.
job_unwritten = object()

from dataclasses import fields
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagecrawler.db.job_views import JobView
from imagecrawler.jobs.events import STAGES, JobEvent, standing

JOB = UUID(int=7)
COUNTS = {"count": 3, "total": None}


def _view(**changes: Any) -> JobView:
    nothing = {each.name: None for each in fields(JobView)}
    start = {"id": JOB, "state": "queued", "images_saved": 0, "images_found": 0, "progress": {}}
    return JobView(**nothing | start | changes)


@given(
    st.builds(
        JobEvent,
        st.uuids(),
        st.sampled_from(STAGES),
        st.integers(0, 10_000),
        st.none() | st.integers(0, 10_000),
    )
)
def test_an_event_arrives_as_it_was_sent(event: JobEvent) -> None:
    assert JobEvent.load(event.dump()) == event


def test_a_waiting_job() -> None:
    assert standing(_view()) == [JobEvent(JOB, "queued")]


def test_a_running_job_has_its_stages_in_order() -> None:
    job = _view(state="running", progress={"found": COUNTS, "rendered": {"count": 1, "total": 1}})
    assert standing(job) == [
        JobEvent(JOB, "started"),
        JobEvent(JOB, "rendered", 1, 1),
        JobEvent(JOB, "found", 3),
    ]


@pytest.mark.parametrize("progress", [{}, {"stored": COUNTS}])
def test_a_finished_job_ends_with_its_counts(progress: dict[str, Any]) -> None:
    job = _view(state="finished", progress=progress, images_saved=4, images_found=9)
    assert standing(job)[-1] == JobEvent(JOB, "finished", 4, 9)

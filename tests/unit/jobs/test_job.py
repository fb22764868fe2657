from uuid import UUID, uuid4

import pytest

from imagecrawler.errors import BadTarget
from imagecrawler.jobs.job import parse_arguments

PAGE = "https://shop.example/p?id=1#/red"


def test_only_the_url_is_needed() -> None:
    arguments = parse_arguments(PAGE)
    assert arguments.url == PAGE
    assert arguments.campaign_id is None
    assert arguments.max_images == 10


def test_arguments_arrive_as_text() -> None:
    campaign = uuid4()
    arguments = parse_arguments(f" {PAGE} ", str(campaign), "", "50")
    assert arguments.url == PAGE
    assert arguments.campaign_id == campaign
    assert arguments.user_id is None
    assert arguments.max_images == 50


@pytest.mark.parametrize("limit", ["0", "51", "-1", "ten", "1.5", "", 0])
def test_max_images_is_1_to_50(limit: str | int) -> None:
    with pytest.raises(BadTarget, match="max_images"):
        parse_arguments(PAGE, max_images=limit)


@pytest.mark.parametrize("name", ["campaign_id", "user_id", "job_id"])
def test_ids_are_uuids(name: str) -> None:
    ids = {"campaign_id": str(UUID(int=4)), name: "abc-123"}
    with pytest.raises(BadTarget, match=f"{name}: 'abc-123'"):
        parse_arguments(PAGE, **ids)
    ids[name] = str(UUID(int=5))
    assert getattr(parse_arguments(PAGE, **ids), name) == UUID(int=5)


def test_a_user_without_a_campaign_is_no_target() -> None:
    with pytest.raises(BadTarget, match="user_id: means nothing without campaign_id"):
        parse_arguments(PAGE, user_id=UUID(int=5))

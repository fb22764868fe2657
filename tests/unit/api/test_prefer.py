import pytest

from imagecrawler.api.scrape import preferred_wait


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        ("", 60),
        ("respond-async", 0),
        ("handling=lenient, respond-async", 0),
        ("respond-async, wait=10", 10),
        ("wait=10", 10),
        ("wait=100", 60),
        ("wait=soon", 60),
        ("respond-asynchronously", 60),
    ],
)
def test_how_long_a_caller_wants_to_wait(prefer: str, seconds: float) -> None:
    assert preferred_wait(prefer, 60) == seconds

import pytest

from imagecrawler.rendering.started import Limits


@pytest.mark.parametrize(
    ("limits", "pages", "megabytes", "reason"),
    [
        (Limits(), 10**6, 10**6, None),
        (Limits(pages=200), 199, 10**6, None),
        (Limits(pages=200), 200, 0, "pages"),
        (Limits(megabytes=1500), 10**6, 1500, None),
        (Limits(megabytes=1500), 10, 1500.1, "memory"),
        (Limits(pages=200, megabytes=1500), 200, 1600, "pages"),
    ],
)
def test_a_browser_goes_by_pages_or_by_memory(
    limits: Limits, pages: int, megabytes: float, reason: str | None
) -> None:
    assert limits.exceeded(pages, megabytes) == reason


@pytest.mark.parametrize(
    ("limits", "looked_at"),
    [
        (Limits(), []),
        (Limits(pages=3), [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
        (Limits(megabytes=1500), [10]),
        (Limits(pages=11, megabytes=1500), [10, 11, 12]),
    ],
)
def test_memory_is_not_measured_with_every_page(limits: Limits, looked_at: list[int]) -> None:
    assert [pages for pages in range(1, 13) if limits.worth_a_look(pages)] == looked_at

from imagecrawler.items import Outcome, PageItem, Reason
from imagecrawler.presentation.wording import OUTCOMES, REASONS, by_reason


def test_every_outcome_and_reason_has_words():
    assert set(OUTCOMES) == set(Outcome)
    assert set(REASONS) == set(Reason)


def test_groups_begin_with_the_most_frequent_reason(item: PageItem):
    gone, small, other = item.rejections
    groups = by_reason(item.rejections)
    assert list(groups.items()) == [
        (Reason.DUPLICATE, (small, other)),
        (Reason.UNREACHABLE, (gone,)),
    ]

from datetime import UTC, datetime

from imagecrawler.db.queue_status import next_night

AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def test_the_next_night_is_the_first_that_is_to_come():
    assert next_night("0 2 * * *", AT) == datetime(2026, 3, 2, 2, tzinfo=UTC)
    assert next_night("30 12 * * *", AT) == datetime(2026, 3, 2, 12, 30, tzinfo=UTC)


def test_there_may_be_none():
    assert next_night("off", AT) is None

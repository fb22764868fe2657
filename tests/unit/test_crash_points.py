from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from imagecrawler.config import load_config
from imagecrawler.crash_points import CrashPoint, arm, crash_point, parse_crash_points
from imagecrawler.errors import BadConfiguration


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[int, int]]]:
    """The signals that the process has sent; afterwards nothing is armed."""
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: sent.append((pid, number)))
    yield sent
    arm("")


def test_nothing_happens_where_nothing_is_armed(killed) -> None:
    arm("")
    for point in CrashPoint:
        crash_point(point)
    assert killed == []


def test_the_process_kills_itself_at_its_point_only(killed) -> None:
    arm("page_saved")
    crash_point(CrashPoint.PAGE_SAVING)
    assert killed == []
    crash_point(CrashPoint.PAGE_SAVED)
    assert killed == [(os.getpid(), signal.SIGKILL)]


def test_at_the_k_th_time_or_at_the_first_of_several(killed) -> None:
    arm("picture_uploaded:3, page_saved")
    for _ in range(2):
        crash_point(CrashPoint.PICTURE_UPLOADED)
    assert killed == []
    crash_point(CrashPoint.PICTURE_UPLOADED)
    assert len(killed) == 1


def test_it_says_that_it_is_armed(killed, caplog) -> None:
    arm("page_saved")
    assert "will kill itself at: page_saved" in caplog.text


@pytest.mark.parametrize(
    ("text", "named"),
    [("page_savd", "page_savd"), ("page_saved:0", "page_saved:0"), ("page_saved:x", "number")],
)
def test_what_is_no_point_is_one_line(
    text: str, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match=named):
        parse_crash_points(text)
    monkeypatch.setenv("IMAGECRAWLER_CRASH_AT", text)
    with pytest.raises(BadConfiguration, match=f"IMAGECRAWLER_CRASH_AT.*{named}") as caught:
        load_config()
    assert "\n" not in str(caught.value)

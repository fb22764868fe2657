import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from imagecrawler.items import PageItem, Reason, Rejection
from imagecrawler.presentation.console import Progress, print_result, print_where


def piped(width: int = 80) -> Console:
    return Console(file=io.StringIO(), width=width, force_terminal=False)


def terminal(width: int = 80) -> Console:
    return Console(
        file=io.StringIO(), width=width, force_terminal=True, force_interactive=True, _environ={}
    )


def output(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def printed(item: PageItem, width: int = 80) -> str:
    console = piped(width)
    print_result(console, item)
    return output(console)


def test_plain_progress_is_one_line_a_stage():
    console = piped()
    progress = Progress(console)
    progress.start()
    progress.update("rendered", 1)
    for count in range(48):
        progress.update("downloaded", count, 47)
    progress.update("stored", 8, 10)
    progress.stop()
    assert output(console).splitlines() == [
        "rendered    1",
        "downloaded  47/47",
        "stored      8/10",
    ]


def test_live_progress_shows_the_stages_and_leaves_nothing_behind():
    console = terminal(120)
    progress = Progress(console)
    progress.start()
    progress.update("found", 47)
    progress.update("downloaded", 3, 47)
    progress._bar.refresh()
    progress.stop()
    assert "found 47, downloaded 3/47" in output(console)
    assert output(console).endswith("\x1b[2K")


def test_unknown_stage():
    with pytest.raises(ValueError, match="unknown stage 'painted'"):
        Progress(piped()).update("painted", 1)


def test_result_says_what_was_saved_and_what_was_not(item: PageItem):
    text = printed(item, 140)
    for expected in (
        "Partly succeeded: 2 saved, 3 skipped of 5 found in 1.7 s",
        "1 image could not be fetched",
        "A linen shirt",
        "https://shop.example/shirt?a=1&b=2",
        "Saved (2)",
        "hero_01.png",
        "92.5",
        "640x480",
        "https://shop.example/files/front.png",
        "Not saved (3)",
        "HTTP 404",
        "of https://shop.example/files/else.png",
    ):
        assert expected in text


@pytest.mark.parametrize("width", [60, 80, 140])
def test_piped_result_has_no_control_codes_and_fits(item: PageItem, width: int):
    rejections = [
        Rejection(f"https://shop.example/{'deep/' * 40}{n}.jpg", Reason.GRAPHIC, "flat " * 20)
        for n in range(5)
    ]
    text = printed(replace(item, rejections=tuple(rejections)), width)
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= width
    assert "and 2 more" in text


def test_hostile_text_cannot_steer_the_terminal(item: PageItem):
    hostile = "\x1b[2J[red]\u202e\r\x9b\ud800"
    console = terminal(140)
    url = "https://a.example/" + hostile
    item = replace(item, stored=(), title=hostile, detail=hostile)
    print_result(console, replace(item, rejections=(Rejection(url, Reason.GRAPHIC, hostile, url),)))
    text = output(console)
    assert "[red]" in text
    assert not {"\x1b[2J", "\u202e", "\r", "\x9b", "\ud800"} & {
        text[at : at + size] for size in (1, 4) for at in range(len(text))
    }


def test_urls_are_links_on_a_terminal(item: PageItem):
    console = terminal()
    print_result(console, item)
    assert ";https://shop.example/files/front.png\x1b\\" in output(console)


def test_failed_job(failed: PageItem):
    text = printed(failed)
    assert "Failed: 0 saved, 0 skipped of 0 found in 0.0 s" in text
    assert "the browser gave no page" in text
    assert "aved (" not in text


def test_where_to_look(item: PageItem, tmp_path: Path):
    console = piped()
    print_where(console, item, tmp_path / "a report.html")
    folder = item.stored[0].cdn_url.removesuffix("hero_01.png")
    assert output(console).splitlines() == [
        f"Images  {folder}",
        f"Report  {tmp_path / 'a report.html'}",
    ]


def test_where_the_images_of_a_local_store_lie(item: PageItem):
    console = piped()
    local = replace(item.stored[0], cdn_url="file:///srv/my%20media/c/hero_01.png")
    print_where(console, replace(item, stored=(local,)))
    assert output(console) == "Images  /srv/my media/c/\n"


def test_nowhere_to_look(failed: PageItem):
    console = piped()
    print_where(console, failed)
    assert output(console) == ""

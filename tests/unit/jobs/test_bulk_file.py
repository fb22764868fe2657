from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from imagecrawler.errors import BadInput, BadTarget
from imagecrawler.jobs.bulk_file import MOST_PROBLEMS, BadLines, parse_line, read_batch_file

CAMPAIGN = UUID("6f1c1b1e-58f6-4c1f-9b43-0d2f5f6b7a10")
URL = "https://www.shop.co.uk/p/1"


def line(**fields: object) -> bytes:
    return json.dumps({"campaign_id": str(CAMPAIGN), "url": URL} | fields).encode()


@pytest.fixture
def write(tmp_path: Path):
    def write(*lines: bytes | str) -> Path:
        path = tmp_path / "pages.jsonl"
        path.write_bytes(
            b"\n".join(each.encode() if isinstance(each, str) else each for each in lines)
        )
        return path

    return write


def test_a_line_is_a_page_and_how_many_images():
    page = parse_line(line(max_images=3))
    assert (page.url, page.campaign_id, page.max_images) == (URL, CAMPAIGN, 3)
    assert parse_line(line()).max_images == 10


def test_the_api_s_name_of_the_address_does_too():
    asked = json.dumps({"campaign_id": str(CAMPAIGN), "sales_page_url": URL}).encode()
    assert parse_line(asked) == parse_line(line())


def test_a_campaign_for_all_is_for_lines_without_one():
    other = uuid4()
    bare = json.dumps({"url": URL}).encode()
    assert parse_line(bare, other).campaign_id == other
    assert parse_line(line(), other).campaign_id == CAMPAIGN


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"{", "not JSON: "),
        (b"[" * 100_000, "not JSON: "),
        (b'"https://shop.example"', "not a JSON object"),
        (b'{"url": "\xff"}', "not UTF-8"),
        (line(url=None), "url: missing"),
        (line(url="shop.example/p"), "url: 'shop.example/p' must begin with http"),
        (line(url=7), "url: '7' must begin with http"),
        (line(campaign_id=7), "campaign_id: '7' is not a UUID"),
        (line(campaign_id=None), "campaign_id: missing; give it in the line, or for all with"),
        (line(max_images=0), "max_images: '0' is not a whole number"),
        (line(max_images=True), "max_images: 'True' is not a whole number"),
        (line(max_images=2.5), "max_images: '2.5' is not a whole number"),
        (line(sales_page_url=URL), "url: given twice"),
        (line(max_image=3), "max_image: no such field; there are campaign_id, "),
    ],
)
def test_a_faulty_line_says_what_is_wrong(text, problem):
    with pytest.raises(BadTarget) as error:
        parse_line(text)
    assert str(error.value).startswith(problem)


def test_comments_and_blank_lines_count_as_lines_only(write):
    file = read_batch_file(write(b"\xef\xbb\xbf# pages", "", line(), "  ", line(url=URL + "0")))
    assert sorted(file.pages) == [3, 5]
    assert file.problems == {}


def test_the_first_line_of_a_page_stands(write):
    file = read_batch_file(write(line(max_images=2), line(max_images=3), line(url=URL + "0")))
    assert [(number, page.max_images) for number, page in file.pages.items()] == [(1, 2), (3, 10)]
    assert file.repeated == 1


def test_a_file_without_pages_is_bad_input(write, tmp_path):
    with pytest.raises(BadInput, match="no pages"):
        read_batch_file(write("# nothing", ""))
    with pytest.raises(BadInput, match="No such file"):
        read_batch_file(tmp_path / "missing.jsonl")


def test_the_digest_follows_from_what_is_asked_for(write):
    path = write(line())
    assert read_batch_file(path).digest == read_batch_file(path).digest
    assert read_batch_file(path).digest != read_batch_file(path, CAMPAIGN).digest


def test_faulty_lines_are_named_together_with_unknown_campaigns(write):
    path = write(line(), "{", line(campaign_id=str(uuid4())))
    with pytest.raises(BadLines) as error:
        read_batch_file(path).check({CAMPAIGN})
    second, third, last = str(error.value).splitlines()
    assert second.startswith(f"{path}:2: not JSON")
    assert third.startswith(f"{path}:3: campaign_id: ")
    assert "is unknown; add it with: imagecrawler campaign add NAME --id " in third
    assert last == f"{path}: 2 of 3 lines are wrong; nothing was enqueued"


def test_not_more_lines_are_named_than_can_be_read(write):
    with pytest.raises(BadLines) as error:
        read_batch_file(write(*["{"] * (MOST_PROBLEMS + 7))).check(())
    lines = str(error.value).splitlines()
    assert len(lines) == MOST_PROBLEMS + 2
    assert lines[-2].endswith(": 7 more lines are wrong")


def test_a_line_is_the_same_job_of_the_same_batch(write):
    file = read_batch_file(write(line(), line(url=URL + "0")))
    batch = uuid4()
    first, second = file.lines(batch)
    assert list(file.lines(batch)) == [first, second]
    assert len({first.job_id, second.job_id, *(each.job_id for each in file.lines(uuid4()))}) == 4
    assert (first.number, first.domain, first.url) == (1, "shop.co.uk", URL)

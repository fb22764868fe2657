import json
from dataclasses import replace

import pytest

from imagecrawler.items import Likelihoods, Outcome, PageItem
from imagecrawler.presentation.response import scrape_response

CAMPAIGN = "6f1c1f0e-8a52-4a0f-9f4e-0d4e9b1f2a10"


def test_whole_response(item: PageItem):
    response = scrape_response(replace(item, stored=item.stored[:1]))
    key = f"campaigns/{CAMPAIGN}/scraped-images/hero_01.png"
    assert response == {
        "success": True,
        "job_id": "0b8e6a3c-5f0d-4d52-8c53-5c1f6d6e2b11",
        "campaign_id": CAMPAIGN,
        "status": "partial",
        "detail": "1 image could not be fetched",
        "images_found": 4,
        "images_saved": 1,
        "images_skipped": 3,
        "images": [
            {
                "id": "c0ffee00-0000-4000-8000-000000000001",
                "url": f"https://cdn.example/{key}",
                "r2_path": key,
                "original_url": "https://shop.example/files/front.png",
                "metadata": {
                    "width": 640,
                    "height": 480,
                    "file_size": len(item.downloaded[0].body),
                    "format": "png",
                    "quality_score": 92.5,
                    "is_hero": True,
                    "is_product": True,
                    "is_lifestyle": False,
                    "alt_text": "Front view",
                    "score_breakdown": {"sharpness": 0.877, "size_score": 1.0},
                    "classification": None,
                    "phash": "0000000000000abc",
                    "sources": ["img", "json-ld"],
                },
            }
        ],
        "rejected": [
            {
                "original_url": "https://shop.example/files/gone.png",
                "reason": "unreachable",
                "detail": "HTTP 404",
                "duplicate_of": None,
            },
            {
                "original_url": "https://shop.example/files/thumb.png",
                "reason": "duplicate",
                "detail": "smaller",
                "duplicate_of": "https://shop.example/files/front.png",
            },
            {
                "original_url": "https://shop.example/files/thumb2.png",
                "reason": "duplicate",
                "detail": "",
                "duplicate_of": "https://shop.example/files/else.png",
            },
        ],
        "timings": {"render": 1.235, "download": 0.5},
    }
    assert json.loads(json.dumps(response)) == response


def test_probabilities_and_evidence_are_told(item: PageItem):
    read = Likelihoods(0.91234, 0.08, 0.00766, {"product": {"border_white": 2.126}})
    first = item.stored[0]
    item = replace(item, stored=(replace(first, scored=replace(first.scored, likelihoods=read)),))
    assert scrape_response(item)["images"][0]["metadata"]["classification"] == {
        "product": 0.912,
        "lifestyle": 0.08,
        "graphic": 0.008,
        "evidence": {"product": {"border_white": 2.13}},
    }


def test_keeps_the_order_of_the_item_and_has_no_id_before_the_row(item: PageItem):
    images = scrape_response(item)["images"]
    assert [image["metadata"]["quality_score"] for image in images] == [92.5, 80.0]
    assert images[1]["id"] is None


@pytest.mark.parametrize(
    ("outcome", "success"),
    [("succeeded", True), ("partial", True), ("blocked", False), ("failed", False)],
)
def test_success(item: PageItem, outcome: str, success: bool):
    response = scrape_response(replace(item, outcome=Outcome(outcome)))
    assert (response["status"], response["success"]) == (outcome, success)


def test_found_is_saved_plus_skipped_when_nothing_reached_the_store(item: PageItem):
    response = scrape_response(replace(item, stored=()))
    assert response["images_saved"] == 0
    assert response["images_found"] == response["images_skipped"] == len(response["rejected"])


def test_failed_job_without_images(failed: PageItem):
    response = scrape_response(failed)
    assert response["detail"] == "the browser gave no page"
    assert response["images"] == response["rejected"] == []
    assert response["images_found"] == response["images_saved"] == response["images_skipped"] == 0

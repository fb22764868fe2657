from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import uuid4

import httpx
import pytest

from imagecrawler.db.campaigns import Campaign, add_campaign
from imagecrawler.db.database import Database
from imagecrawler.items import PageItem, Role

SavePage = Callable[..., Awaitable[PageItem]]
Sql = Callable[..., list[tuple]]

PICTURES = (
    ("table", 60.0, Role.LIFESTYLE),
    ("front", 92.5, Role.HERO),
    ("back", 80.0, Role.PRODUCT),
)

FIELDS = (
    "id campaign_id user_id r2_path cdn_url original_url width height file_size format "
    "quality_score is_hero is_product is_lifestyle alt_text context times_used last_used_at "
    "metadata scraped_at created_at updated_at"
)


@pytest.fixture
async def ids(save: SavePage) -> dict[str, str]:
    """The pictures' ids by name."""
    item = await save(*PICTURES)
    return {each.scored.image.candidate.alt: str(each.id) for each in item.stored}


async def test_a_list_has_the_contracts_fields_best_first(
    client: httpx.AsyncClient, campaign: Campaign, ids: dict[str, str]
) -> None:
    answer = (await client.get(f"/{campaign.id}")).json()
    assert set(answer) == {"success", "campaign_id", "count", "images"}
    assert (answer["success"], answer["campaign_id"], answer["count"]) == (
        True,
        str(campaign.id),
        3,
    )
    assert [each["quality_score"] for each in answer["images"]] == [92.5, 80.0, 60.0]
    assert " ".join(answer["images"][0]) == FIELDS
    assert answer["images"][0]["id"] == ids["front"]
    assert answer["images"][0]["metadata"]["score_breakdown"] == {"sharpness": 0.5}


async def test_times_are_iso_8601_in_utc_whatever_the_server_prefers(
    client: httpx.AsyncClient, campaign: Campaign, ids: dict[str, str], sql: Sql
) -> None:
    [(name,)] = sql("SELECT current_database()")
    sql(f"ALTER DATABASE {name} SET timezone = 'Asia/Kolkata'")
    [image, *_] = (await client.get(f"/{campaign.id}")).json()["images"]
    for name in ("scraped_at", "created_at", "updated_at"):
        assert image[name].endswith("Z")
        datetime.fromisoformat(image[name])
    assert image["last_used_at"] is None


@pytest.mark.parametrize(
    ("image_type", "names"),
    [("hero", ["front"]), ("product", ["front", "back"]), ("lifestyle", ["table"])],
)
async def test_a_list_is_filtered_by_type(
    client: httpx.AsyncClient,
    campaign: Campaign,
    ids: dict[str, str],
    image_type: str,
    names: list[str],
) -> None:
    answer = (await client.get(f"/{campaign.id}", params={"image_type": image_type})).json()
    assert [each["alt_text"] for each in answer["images"]] == names


async def test_a_list_is_paged(
    client: httpx.AsyncClient, campaign: Campaign, ids: dict[str, str]
) -> None:
    pages = [
        (await client.get(f"/{campaign.id}", params={"limit": 2, "offset": offset})).json()
        for offset in (0, 2, 4)
    ]
    names = [[each["alt_text"] for each in page["images"]] for page in pages]
    assert names == [["front", "back"], ["table"], []]
    assert [page["count"] for page in pages] == [2, 1, 0]


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=501", "limit=x", "offset=-1", "offset=99999999999", "image_type=banner"],
)
async def test_what_is_out_of_range_is_named(
    client: httpx.AsyncClient, campaign: Campaign, query: str
) -> None:
    answer = await client.get(f"/{campaign.id}?{query}")
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == f"query.{query.partition('=')[0]}"


async def test_stats(client: httpx.AsyncClient, campaign: Campaign, ids: dict[str, str]) -> None:
    assert (await client.get(f"/{campaign.id}/stats")).json() == {
        "total_count": 3,
        "hero_count": 1,
        "product_count": 2,
        "lifestyle_count": 1,
        "avg_quality": 77.5,
        "max_quality": 92.5,
        "total_size_mb": 0.0,
    }


async def test_usage_is_counted_exactly_when_many_use_it_at_once(
    client: httpx.AsyncClient, campaign: Campaign, ids: dict[str, str]
) -> None:
    front, back = ids["front"], ids["back"]
    uses = [client.post(f"/{campaign.id}/{front}/usage") for _ in range(8)]
    answers = [each.json() for each in await asyncio.gather(*uses)]
    assert sorted(each["times_used"] for each in answers) == list(range(1, 9))
    assert all(each["last_used_at"].endswith("Z") for each in answers)
    await client.post(f"/{campaign.id}/{back}/usage")
    most = (await client.get(f"/{campaign.id}/most-used")).json()["images"]
    assert [(each["id"], each["times_used"]) for each in most] == [(front, 8), (back, 1)]
    [first] = (await client.get(f"/{campaign.id}/most-used?limit=1")).json()["images"]
    assert first["id"] == front


async def test_an_image_of_another_campaign_is_not_counted(
    client: httpx.AsyncClient,
    campaign: Campaign,
    database: Database,
    ids: dict[str, str],
    sql: Sql,
) -> None:
    async with database.session() as db:
        other = await add_campaign(db, "Winter", campaign.user_id)
    answer = await client.post(f"/{other.id}/{ids['front']}/usage")
    assert answer.status_code == 404
    assert sql("SELECT sum(times_used) FROM scraped_images") == [(0,)]


async def test_a_deleted_image_is_gone_and_its_object_is_noted(
    client: httpx.AsyncClient, campaign: Campaign, ids: dict[str, str], sql: Sql
) -> None:
    [(key,)] = sql("SELECT r2_path FROM scraped_images WHERE id = %s", ids["front"])
    answer = await client.delete(f"/{campaign.id}/{ids['front']}")
    assert answer.status_code == 200
    assert answer.json() == {"success": True, "message": "Image deleted successfully"}
    assert sql("SELECT key FROM deleted_objects") == [(key,)]
    assert (await client.get(f"/{campaign.id}")).json()["count"] == 2
    assert (await client.delete(f"/{campaign.id}/{ids['front']}")).status_code == 404


async def test_campaigns_of_the_user_with_their_counts(
    client: httpx.AsyncClient, campaign: Campaign, database: Database, ids: dict[str, str]
) -> None:
    async with database.session() as db:
        other = await add_campaign(db, "Winter", campaign.user_id)
        await add_campaign(db, "Somebody else's", uuid4())
    answer = (await client.get("/campaigns")).json()
    assert answer == {
        "success": True,
        "count": 2,
        "campaigns": [
            {"id": str(campaign.id), "name": "Autumn", "image_count": 3},
            {"id": str(other.id), "name": "Winter", "image_count": 0},
        ],
    }


async def test_campaigns_of_a_host_application_without_names(
    client: httpx.AsyncClient, campaign: Campaign, sql: Sql
) -> None:
    sql("ALTER TABLE campaigns DROP COLUMN name")
    [found] = (await client.get("/campaigns")).json()["campaigns"]
    assert found == {"id": str(campaign.id), "name": None, "image_count": 0}

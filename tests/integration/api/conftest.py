"""The API in this process, on a database of its own, with a filesystem store."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from imagecrawler.api.app import create_app
from imagecrawler.api.services import Services
from imagecrawler.config import Config, load_config
from imagecrawler.db.campaigns import Campaign, add_campaign
from imagecrawler.db.database import Database
from imagecrawler.db.job_models import ScrapeJob
from imagecrawler.db.job_views import get_job
from imagecrawler.db.jobs import note_progress, open_job
from imagecrawler.db.keys import reserve_keys
from imagecrawler.db.repository import save_page
from imagecrawler.items import (
    DownloadedImage,
    ImageCandidate,
    Measurements,
    PageItem,
    Role,
    ScoredImage,
    StoredImage,
    Target,
    Version,
)
from imagecrawler.jobs.events import JobEvent
from imagecrawler.tokens import issue_token

PAGE = "https://shop.example/p/1"


@pytest.fixture
def settings() -> dict[str, Any]:
    """What a test wants configured besides the usual."""
    return {}


@pytest.fixture
def config(database_url: str, tmp_path: Path, settings: dict[str, Any]) -> Config:
    usual = {"data_dir": tmp_path, "database_url": database_url, "scrape_wait": 30}
    return load_config(**usual | settings)


@pytest.fixture
async def app(config: Config) -> AsyncIterator[FastAPI]:
    app = create_app(config)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
def services(app: FastAPI) -> Services:
    services: Services = app.state.services
    return services


@pytest.fixture
def bearer(config: Config) -> Callable[[UUID], dict[str, str]]:
    """The header of a user."""
    return lambda user_id: {
        "Authorization": f"Bearer {issue_token(config, user_id, timedelta(hours=1))}"
    }


@pytest.fixture
async def campaign(database: Database) -> Campaign:
    async with database.session() as db:
        return await add_campaign(db, "Autumn")


@pytest.fixture
async def client(
    app: FastAPI, campaign: Campaign, bearer: Callable[[UUID], dict[str, str]]
) -> AsyncIterator[httpx.AsyncClient]:
    """The owner of the campaign."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport,
        base_url="http://api.test/api/intelligence/product-images",
        headers=bearer(campaign.user_id),
    ) as client:
        yield client


def _stored(name: str, quality: float, role: Role, key: str) -> StoredImage:
    body = name.encode() * 100
    candidate = ImageCandidate((Version(f"https://shop.example/{name}.jpg"),), ("img",), alt=name)
    scored = ScoredImage(
        image=DownloadedImage(candidate, candidate.url, body),
        measured=Measurements(1200, 900, "jpeg", 255),
        sha256=hashlib.sha256(body).hexdigest(),
        quality=quality,
        breakdown={"sharpness": 0.5},
        role=role,
        is_product=role is not Role.LIFESTYLE,
        is_lifestyle=role is Role.LIFESTYLE,
    )
    return StoredImage(scored, key, f"https://cdn.example/{key}")


SavePage = Callable[..., Awaitable[PageItem]]


@pytest.fixture
def save(database: Database, campaign: Campaign) -> SavePage:
    """Write the images (name, quality, role) of a page as a crawl does."""

    async def write(
        *images: tuple[str, float, Role], job_id: UUID | None = None, **extra: Any
    ) -> PageItem:
        target = Target(PAGE, campaign.id, campaign.user_id)
        unkept = [_stored(*each, key="") for each in images]
        async with database.session() as db:
            wanted = [(each.scored.sha256, each.scored.role, "jpg") for each in unkept]
            keys = await reserve_keys(db, campaign.id, wanted)
            stored = tuple(
                _stored(*image, key=keys[each.scored.sha256].key)
                for image, each in zip(images, unkept, strict=True)
            )
            item = PageItem(target, job_id or uuid4(), stored=stored, **extra)
            return await save_page(db, item)

    return write


@pytest.fixture
def work(database: Database, save: SavePage) -> Callable[..., Awaitable[PageItem]]:
    """Do the next queued job as a worker does, once there is one; it finds one picture."""

    async def run(*stages: str, **extra: Any) -> PageItem:
        job_id = await _next_job(database)
        async with database.session() as db:
            job = await get_job(db, job_id)
            assert job is not None
            target = Target(job.url, job.campaign_id, job.user_id, job.max_images)
            await open_job(db, target, job_id)
        for stage in stages:
            async with database.session() as db:
                await note_progress(db, [JobEvent(job_id, stage, 1, 2)])
        return await save(("front", 90.0, Role.HERO), job_id=job_id, **extra)

    return run


async def _next_job(database: Database) -> UUID:

    query = select(ScrapeJob.id).where(ScrapeJob.state == "queued").limit(1)
    while True:
        async with database.session() as db:
            job_id = await db.scalar(query)
        if job_id is not None:
            return job_id
        await asyncio.sleep(0.02)

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from imagecrawler.db.reconciliation import Holder, Standing
from imagecrawler.errors import StoreError
from imagecrawler.jobs.adoption import judge
from imagecrawler.presentation.differences import Kind
from imagecrawler.storage.store import ObjectInfo

CAMPAIGN = UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")
OWNER = UUID("16fd2706-8baf-433b-82eb-8c7fada847da")
KEY = f"campaigns/{CAMPAIGN}/scraped-images/hero_01.jpg"
SHA256 = "ab" * 32
METADATA = {
    "campaign-id": str(CAMPAIGN),
    "user-id": str(OWNER),
    "sha256": SHA256,
    "phash": "0" * 16,
    "width": "10",
    "height": "10",
    "format": "jpeg",
    "quality": "50.0",
    "role": "hero",
}
INFO = ObjectInfo(KEY, 100, "", metadata=METADATA, modified=datetime.now(UTC))
GIVEN = Standing(known=True, sha256=SHA256)
RETIRED = Standing(known=True)
OWNED = Holder(gone=False, owner=OWNER)
OWNERLESS = Holder(gone=False)
GONE = Holder(gone=True)


@pytest.mark.parametrize(
    ("standing", "holder", "kind"),
    [
        (Standing(), OWNED, Kind.UNRECORDED),
        (GIVEN, OWNED, Kind.UNRECORDED),
        (Standing(known=True, sha256="cd" * 32), OWNED, Kind.CONFLICT),
        (RETIRED, OWNED, Kind.DELETED),
        (RETIRED, GONE, Kind.DELETED),
        (GIVEN, GONE, Kind.ORPHAN),
        (Standing(), GONE, Kind.FOREIGN),
        (GIVEN, OWNERLESS, Kind.FOREIGN),
    ],
)
def test_what_becomes_of_a_readable_object(standing: Standing, holder: Holder, kind: Kind) -> None:
    verdict = judge(INFO, KEY, standing, holder)
    assert verdict.kind is kind
    assert (verdict.description is not None) == (kind is Kind.UNRECORDED)


@pytest.mark.parametrize("holder", [OWNED, GONE])
@pytest.mark.parametrize(
    ("info", "key", "detail"),
    [
        (replace(INFO, metadata={}), KEY, "lacks campaign-id"),
        (replace(INFO, size=0), KEY, "0 bytes"),
        (StoreError("head: it is damaged"), KEY, "it is damaged"),
        (INFO, KEY.replace("hero_01", "hero"), "not of the form"),
        (INFO, KEY.replace("7c9e6679", "00000000"), "names another campaign"),
    ],
)
def test_what_does_not_tell_enough_is_never_up_for_deletion(
    info: ObjectInfo | StoreError, key: str, detail: str, holder: Holder
) -> None:
    verdict = judge(info, key, GIVEN, holder)
    assert verdict.kind is Kind.UNREADABLE
    assert detail in verdict.detail

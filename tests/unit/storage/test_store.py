from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagecrawler.errors import StoreError
from imagecrawler.storage.store import (
    is_http_url,
    metadata_size,
    public_url,
    require_key,
    require_metadata,
)


@settings(deadline=None)
@given(st.text())
def test_a_key_is_refused_or_stays_below_its_root(key: str) -> None:
    try:
        require_key(key)
    except StoreError:
        return
    parts = key.split("/")
    assert all(part and not part.startswith(".") for part in parts)
    assert "\0" not in key
    assert len(key.encode()) <= 1024


def test_the_length_of_a_key_is_counted_in_bytes() -> None:
    assert require_key("é" * 512)
    with pytest.raises(StoreError, match="over 1024 bytes"):
        require_key("é" * 513)


def test_the_size_of_metadata_counts_names_prefixes_and_values() -> None:
    assert metadata_size({}) == 0
    assert metadata_size({"alt": "four"}) == len("x-amz-meta-alt") + len("four")


def test_metadata_are_copied() -> None:
    given = {"alt": "x"}
    accepted = require_metadata(given)
    given["alt"] = "y"
    assert accepted == {"alt": "x"}


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://cdn.example", True),
        ("http://127.0.0.1:8000/media", True),
        ("cdn.example", False),
        ("ftp://cdn.example", False),
        ("https://", False),
        ("https://user:word@cdn.example", False),
        ("https://cdn.example?x=1", False),
        ("https://cdn.example#x", False),
    ],
)
def test_what_counts_as_a_base_address(url: str, is_one: bool) -> None:
    assert is_http_url(url) is is_one


def test_a_public_url_is_percent_encoded() -> None:
    assert public_url("https://cdn.example", "a b/c#d.jpg") == "https://cdn.example/a%20b/c%23d.jpg"

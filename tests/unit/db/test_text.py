from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagecrawler.db.text import storable

WILD = st.characters(exclude_categories=()) | st.just("\0")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(WILD),
    lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text(WILD), inner),
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain ✓", "plain ✓"),
        ("a\0b", "ab"),
        ("half \ud83d pair", "half ? pair"),
        (float("nan"), None),
        (float("-inf"), None),
        (0.5, 0.5),
        ({"k\0": ("x", float("inf"))}, {"k": ["x", None]}),
    ],
)
def test_storable(value, expected):
    assert storable(value) == expected


@given(JSON)
def test_whatever_a_page_says_becomes_json_that_postgresql_takes(value):
    text = json.dumps(storable(value), allow_nan=False, ensure_ascii=False)
    assert "\\u0000" not in text
    text.encode()

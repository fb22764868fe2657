"""JSON in scripts, whatever stands around it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagecrawler.extraction.script_values import values_in
from imagecrawler.extraction.state import MAX_VALUES, shots_in

URL = "https://s.example/a.jpg"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"a": 1}', [("", {"a": 1})]),
        ('window.__S__ = {"a": 1};', [("window.__S__", {"a": 1})]),
        ('window["state"]={"a": [1]}', [("state", {"a": [1]})]),
        ('f({a: {"b": 1}, c: ["d"]})', [("a", {"b": 1}), ("c", ["d"])]),
        ('x = {"a": 1, broken}; y = {"b": 2}', [("y", {"b": 2})]),
        ("x = JSON.parse('{\\x22a\\u0022: 1}')", [("x", {"a": 1})]),
        ('x = JSON.parse("{\\"a\\": 1}")', [("x", {"a": 1})]),
        ("x = JSON.parse(decodeURIComponent('%7B%22a%22%3A1%7D'))", [("x", {"a": 1})]),
        ("x = JSON.parse('{broken'); y = [\"b\"]", [("y", ["b"])]),
        ('push([1,"5:{}"])', [("", [1, "5:{}"])]),
        ("if (a) { b[0] = c }", []),
        ("", []),
    ],
)
def test_values_and_their_names(text: str, values: list[tuple[str, Any]]) -> None:
    assert list(values_in(text)) == values


@given(st.text(st.sampled_from("{}[]\",:\\ 'ax1=JSON.parse("), max_size=60))
def test_any_text_is_read(text: str) -> None:
    for name, _ in values_in(text):
        assert len(name) <= 80
    shots_in(text)


@given(
    st.recursive(
        st.one_of(st.none(), st.integers(), st.sampled_from([URL, "x"])),
        lambda inner: st.one_of(
            st.lists(inner, max_size=4), st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
        ),
    )
)
def test_every_address_in_the_state_is_found(value: Any) -> None:
    text = f"window.state = {json.dumps({'state': value})};"
    named = json.dumps(value).count(URL)
    assert len([file for shot in shots_in(text) for file in shot.files]) == named


def test_nested_texts_are_read_too() -> None:
    inner = json.dumps({"product": {"image": URL}})
    [shot] = shots_in("push(" + json.dumps([1, "7:" + json.dumps({"props": inner})]) + ")")
    assert shot.path[-2:] == ("props", "product")


def test_hopeless_scripts_end() -> None:
    assert shots_in("[" * 1_000_000) == []
    assert shots_in('{"a":' * 200_000 + f'"{URL}') == []
    assert shots_in('x = {"a": [' + "1," * 500_000) == []
    many = json.dumps([{"image": URL}] * (MAX_VALUES // 2))
    assert 0 < len(shots_in(many)) <= MAX_VALUES

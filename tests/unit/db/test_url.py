from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagecrawler.db.url import ASYNC, SYNC, place, with_driver
from imagecrawler.errors import BadConfiguration


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_any_postgresql_address_gets_the_driver(scheme):
    url = with_driver(f"{scheme}://u:p%40ss@db.example:6543/shop?sslmode=require", ASYNC)
    assert url.drivername == "postgresql+psycopg"
    assert (url.password, url.host, url.port, url.database) == ("p@ss", "db.example", 6543, "shop")
    assert url.query == {"sslmode": "require"}
    assert with_driver(url.render_as_string(), SYNC).drivername == "postgresql+psycopg2"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("postgresql://u:secret@db.example:6543/shop", "db.example:6543/shop"),
        ("postgresql://u:secret@db.example/shop", "db.example/shop"),
        ("postgresql://u@/shop?host=/run/postgresql", "/run/postgresql/shop"),
        ("postgresql:///shop", "localhost/shop"),
        ("postgresql://u:secret@[::1]:5432/shop", "::1:5432/shop"),
    ],
)
def test_place_names_host_and_database(address, expected):
    assert place(with_driver(address, ASYNC)) == expected


@pytest.mark.parametrize(
    "address",
    [
        "mysql://u:secret@db/shop",
        "db.example secret",
        "postgresql://u:secret@db:port/shop",
        "postgresql://u:sec@secret@db/shop",
        "",
    ],
)
def test_a_wrong_address_is_named_without_its_password(address):
    with pytest.raises(BadConfiguration, match="IMAGECRAWLER_DATABASE_URL") as error:
        with_driver(address, ASYNC)
    assert "secret" not in str(error.value)


@given(st.text())
def test_nothing_but_bad_configuration_is_raised(rest):
    try:
        url = with_driver(f"postgresql://{rest}", ASYNC)
    except BadConfiguration as error:
        assert len(str(error).splitlines()) == 1  # noqa: PT017
    else:
        assert url.drivername == "postgresql+psycopg"

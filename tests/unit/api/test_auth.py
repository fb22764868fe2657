from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from imagecrawler.api.auth import MAX_LIFETIME, TokenVerifier
from imagecrawler.api.jwks import Secret
from imagecrawler.config import load_config
from imagecrawler.tokens import issue_token

SECRET = "a-secret-of-at-least-thirty-two-bytes"
USER = UUID("9b2f0f6e-1d1c-4a7e-8c3a-7a5d9e4b6c21")

VERIFIER = TokenVerifier(Secret(SECRET), "HS256", "imagecrawler", "issuer")


def _claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    usual = {"sub": str(USER), "aud": "imagecrawler", "iss": "issuer", "iat": now, "exp": now + 60}
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def _signed(payload: str, header: str = '{"alg":"HS256","typ":"JWT"}', secret: str = SECRET) -> str:
    """A token from raw JSON: PyJWT would not write what some of these tests need."""
    body = f"{_encoded(header)}.{_encoded(payload)}"
    digest = hmac.new(secret.encode(), body.encode(), hashlib.sha256).digest()
    return f"{body}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _token(**changes: Any) -> str:
    return _signed(json.dumps(_claims(**changes)))


def _twice(name: str) -> str:
    claims = _claims()
    return _signed(json.dumps(claims)[:-1] + f', "{name}": {json.dumps(claims[name])}}}')


async def test_a_good_token_names_its_user() -> None:
    assert await VERIFIER.user_of(_token()) == USER
    assert await VERIFIER.user_of(_token(aud=["other", "imagecrawler"], roles=["any"])) == USER


async def test_our_own_tokens_are_good(tmp_path) -> None:
    config = load_config(data_dir=tmp_path)
    token = issue_token(config, USER, timedelta(days=30))
    assert await TokenVerifier.from_config(config).user_of(token) == USER


NOW = int(time.time())

ABUSES: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "no token": lambda: "abc",
    "no JSON": lambda: "a.b.c",
    "too long": lambda: _token(pad="x" * 9000),
    "deep": lambda: _signed('{"a":' * 3000 + "1" + "}" * 3000),
    "a list": lambda: _signed("[]"),
    "alg none": lambda: jwt.encode(_claims(), None, algorithm="none"),
    "alg none in capitals": lambda: _signed(json.dumps(_claims()), '{"alg":"nOnE"}'),
    "alg HS512": lambda: jwt.encode(_claims(), SECRET * 2, algorithm="HS512"),
    "alg RS256": lambda: jwt.encode(
        _claims(), rsa.generate_private_key(65537, 2048), algorithm="RS256"
    ),
    "another secret": lambda: _signed(json.dumps(_claims()), secret=SECRET[::-1]),
    "no signature": lambda: _token().rpartition(".")[0] + ".",
    "unknown critical header": lambda: _signed(
        json.dumps(_claims()), '{"alg":"HS256","crit":["x"],"x":1}'
    ),
    "kid a list": lambda: _signed(json.dumps(_claims()), '{"alg":"HS256","kid":["x"]}'),
    "alg twice": lambda: _signed(json.dumps(_claims()), '{"alg":"HS256","alg":"HS256"}'),
    "expired": lambda: _token(exp=NOW - 1),
    "exp far away": lambda: _token(exp=NOW + MAX_LIFETIME + 3600),
    "exp in ten years": lambda: _token(exp=NOW + 10 * 365 * 86400),
    "exp a string": lambda: _token(exp=str(NOW + 60)),
    "exp a float": lambda: _token(exp=NOW + 60.5),
    "exp a bool": lambda: _token(exp=True),
    "exp infinite": lambda: _signed(json.dumps(_claims(exp=float("inf")))),
    "iat in the future": lambda: _token(iat=NOW + 3600),
    "iat a string": lambda: _token(iat=str(NOW)),
    "nbf in the future": lambda: _token(nbf=NOW + 3600),
    "nbf a string": lambda: _token(nbf=str(NOW)),
    "sub empty": lambda: _token(sub=""),
    "sub a name": lambda: _token(sub="admin"),
    "sub a number": lambda: _token(sub=12),
    "sub a list": lambda: _token(sub=[str(USER)]),
    "another audience": lambda: _token(aud="another"),
    "audience a prefix": lambda: _token(aud="image"),
    "another issuer": lambda: _token(iss="another"),
    **{f"no {name}": lambda name=name: _token(**{name: None}) for name in _claims()},
    **{f"{name} twice": lambda name=name: _twice(name) for name in _claims()},
}


@pytest.mark.parametrize("abuse", ABUSES)
@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
async def test_a_token_that_is_not_good(abuse: str) -> None:
    with pytest.raises(jwt.PyJWTError) as caught:
        await VERIFIER.user_of(ABUSES[abuse]())
    assert SECRET not in str(caught.value)


@given(st.text() | st.from_regex(r"[\w-]{0,40}(\.[\w-]{0,40}){2}", fullmatch=True))
async def test_whatever_comes_is_refused(token: str) -> None:
    with pytest.raises(jwt.PyJWTError):
        await VERIFIER.user_of(token)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=3))
async def test_whatever_the_subject_is_it_must_be_a_uuid(subject: Any) -> None:
    with pytest.raises(jwt.PyJWTError):
        await VERIFIER.user_of(_token(sub=subject))


async def test_the_user_is_the_one_of_the_token() -> None:
    for user in (uuid4(), uuid4()):
        assert await VERIFIER.user_of(_token(sub=str(user))) == user

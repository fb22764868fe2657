from __future__ import annotations

import asyncio
import hmac
import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.utils import base64url_encode
from starlette.exceptions import HTTPException

from imagecrawler.api import jwks
from imagecrawler.api.auth import TokenVerifier
from imagecrawler.api.jwks import KeySet
from imagecrawler.config import load_config

USER = "9b2f0f6e-1d1c-4a7e-8c3a-7a5d9e4b6c21"


class Issuer:
    """A key set behind a real HTTP server; ``body`` replaces what it would say."""

    def __init__(self) -> None:
        self.keys: dict[str, Any] = {}
        self.body: bytes | None = None
        self.requests = 0
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.requests += 1
                self.send_response(200)
                self.end_headers()
                self.wfile.write(issuer.document())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/keys"

    def document(self) -> bytes:
        if self.body is not None:
            return self.body
        keys = [self._public(kid, key) for kid, key in self.keys.items()]
        return json.dumps({"keys": keys}).encode()

    def _public(self, kid: str, key: Any) -> dict[str, Any]:
        kind = jwt.algorithms.ECAlgorithm if _is_ec(key) else jwt.algorithms.RSAAlgorithm
        return {**kind.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig"}

    def token(self, kid: str | None, key: Any = None, **header: Any) -> str:
        key = key or self.keys[kid]
        now = int(time.time())
        claims = {"sub": USER, "aud": "imagecrawler", "iss": "imagecrawler"}
        claims |= {"iat": now, "exp": now + 60}
        headers = {"kid": kid} if kid else {}
        algorithm = "ES256" if _is_ec(key) else "RS256"
        return jwt.encode(claims, key, algorithm=algorithm, headers=headers | header)


def _is_ec(key: Any) -> bool:
    return isinstance(key, ec.EllipticCurvePrivateKey)


def _rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    issuer = Issuer()
    thread = Thread(target=issuer.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield issuer
    issuer.server.shutdown()
    issuer.server.server_close()
    thread.join()


@pytest.fixture
def verifier(issuer: Issuer) -> TokenVerifier:
    issuer.keys["first"] = _rsa()
    return TokenVerifier.from_config(load_config(jwt_jwks_url=issuer.url))


@pytest.fixture
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jwks, "PAUSE_SECONDS", 0)


async def test_the_key_set_is_fetched_once(issuer: Issuer, verifier: TokenVerifier) -> None:
    tokens = [issuer.token("first") for _ in range(5)]
    users = await asyncio.gather(*(verifier.user_of(token) for token in tokens))
    assert {str(user) for user in users} == {USER}
    assert issuer.requests == 1


@pytest.mark.usefixtures("_no_pause")
async def test_keys_rotate(issuer: Issuer, verifier: TokenVerifier) -> None:
    old = issuer.token("first")
    await verifier.user_of(old)
    issuer.keys = {"second": _rsa()}
    assert str(await verifier.user_of(issuer.token("second"))) == USER
    with pytest.raises(jwt.PyJWTError):
        await verifier.user_of(old)


async def test_unknown_keys_do_not_become_requests(issuer: Issuer, verifier: TokenVerifier) -> None:
    for number in range(20):
        with pytest.raises(jwt.PyJWTError, match="key is unknown"):
            await verifier.user_of(issuer.token(f"made-up-{number}", _rsa_once()))
    assert issuer.requests == 1


_KEY = _rsa()


def _rsa_once() -> rsa.RSAPrivateKey:
    return _KEY


async def test_a_known_name_with_another_key_is_refused(
    issuer: Issuer, verifier: TokenVerifier
) -> None:
    with pytest.raises(jwt.InvalidSignatureError):
        await verifier.user_of(issuer.token("first", _rsa_once()))


async def test_a_token_that_names_no_key_is_refused(
    issuer: Issuer, verifier: TokenVerifier
) -> None:
    for kid in (None, ""):
        with pytest.raises(jwt.PyJWTError):
            await verifier.user_of(issuer.token(kid, issuer.keys["first"]))


async def test_the_public_key_is_no_secret_of_hs256(
    issuer: Issuer, verifier: TokenVerifier
) -> None:
    claims = jwt.decode(issuer.token("first"), options={"verify_signature": False})
    parts = ({"alg": "HS256", "kid": "first"}, claims)
    body = b".".join(base64url_encode(json.dumps(part).encode()) for part in parts)
    digest = hmac.digest(issuer.document(), body, "sha256")
    forged = b".".join((body, base64url_encode(digest))).decode()
    with pytest.raises(jwt.InvalidAlgorithmError):
        await verifier.user_of(forged)


async def test_one_algorithm_is_in_use(issuer: Issuer) -> None:
    issuer.keys = {"rsa": _rsa_once(), "ec": ec.generate_private_key(ec.SECP256R1())}
    config = load_config(jwt_jwks_url=issuer.url, jwt_algorithm="ES256")
    verifier = TokenVerifier.from_config(config)
    assert str(await verifier.user_of(issuer.token("ec"))) == USER
    with pytest.raises(jwt.InvalidAlgorithmError):
        await verifier.user_of(issuer.token("rsa"))


@pytest.mark.usefixtures("_no_pause")
@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"nonsense", b'{"keys": 5}', b'{"keys": [5]}', b" " * (jwks.MAX_BYTES + 1)],
)
async def test_a_source_that_fails_leaves_the_keys_it_gave(
    issuer: Issuer, verifier: TokenVerifier, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    await verifier.user_of(issuer.token("first"))
    monkeypatch.setattr(jwks, "FRESH_SECONDS", 0)
    issuer.body = body
    assert str(await verifier.user_of(issuer.token("first"))) == USER
    with pytest.raises(HTTPException) as caught:
        await verifier.user_of(issuer.token("second", _rsa_once()))
    assert caught.value.status_code == 503


async def test_keys_of_no_use_are_passed_over(issuer: Issuer) -> None:
    usable = {**issuer._public("good", _rsa_once())}
    others = [{"kty": "oct", "k": "c2VjcmV0"}, {"kty": "new"}, usable | {"use": "enc", "kid": "x"}]
    issuer.body = json.dumps({"keys": [*others, usable]}).encode()
    keys = KeySet(issuer.url, "RS256")
    assert await keys.find("good") is not None
    assert await keys.find("x") is None

"""Who asks: a bearer token, checked beyond what PyJWT checks."""

from __future__ import annotations

import json
import time
from typing import Annotated, Any, Final, Self
from uuid import UUID

import jwt
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from jwt.utils import base64url_decode
from starlette.exceptions import HTTPException

from imagecrawler.api.jwks import Keys, KeySet, Secret
from imagecrawler.config import Config
from imagecrawler.tokens import ALGORITHM, signing_secret

MAX_LIFETIME: Final = 31 * 24 * 3600
"""Seconds a token may still be good for: what is stolen must not open the door for ever."""

CLOCK_SKEW: Final = 60
"""Seconds the issuer's clock may be ahead of ours."""

MAX_LENGTH: Final = 8 * 1024
REQUIRED: Final = ("exp", "iat", "sub", "aud", "iss")

_OPTIONS: Final[Any] = {"require": list(REQUIRED), "verify_iat": False}


class TokenVerifier:
    """Takes tokens of one algorithm, one audience and one issuer."""

    def __init__(self, keys: Keys, algorithm: str, audience: str, issuer: str) -> None:
        self._keys = keys
        self._algorithm = algorithm
        self._audience = audience
        self._issuer = issuer

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """A key set where one is configured, otherwise the configured or generated secret."""
        names = (config.jwt_audience, config.jwt_issuer)
        if config.jwt_jwks_url:
            keys = KeySet(config.jwt_jwks_url, config.jwt_algorithm)
            return cls(keys, config.jwt_algorithm, *names)
        return cls(Secret(signing_secret(config)), ALGORITHM, *names)

    async def user_of(self, token: str) -> UUID:
        """The user a token speaks for. Raises PyJWTError, in words for its owner."""
        if len(token) > MAX_LENGTH:
            raise jwt.DecodeError("it is too long")
        _refuse_duplicates(token)
        header = jwt.get_unverified_header(token)
        if header.get("alg") != self._algorithm:
            raise jwt.InvalidAlgorithmError("its algorithm is not the one in use here")
        key = await self._keys.find(header.get("kid"))
        if key is None:
            raise jwt.InvalidKeyError("its key is unknown")
        claims = jwt.decode(
            token,
            key,
            algorithms=[self._algorithm],
            audience=self._audience,
            issuer=self._issuer,
            options=_OPTIONS,
        )
        _check_times(claims)
        return _subject(claims["sub"])


def _refuse_duplicates(token: str) -> None:
    # Readers differ in which of two claims of one name they believe.
    for part in token.split(".")[:2]:
        try:
            json.loads(base64url_decode(part), object_pairs_hook=_unique)
        except (ValueError, RecursionError):
            raise jwt.DecodeError("it is not a JSON Web Token") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise jwt.DecodeError("it has a claim twice")
    return dict(pairs)


def _check_times(claims: dict[str, Any]) -> None:
    for name in ("exp", "iat", "nbf"):
        if type(claims.get(name, 0)) is not int:
            raise jwt.InvalidTokenError(f"its {name} is not a whole number of seconds")
    now = time.time()
    if claims["exp"] > now + MAX_LIFETIME:
        raise jwt.InvalidTokenError(f"it is good for more than {MAX_LIFETIME // 86400} days")
    if claims["iat"] > now + CLOCK_SKEW:
        raise jwt.InvalidTokenError("it was issued in the future")


def _subject(subject: Any) -> UUID:
    try:
        return UUID(subject)
    except (ValueError, AttributeError, TypeError):
        raise jwt.InvalidTokenError("its sub is not a UUID") from None


_bearer = HTTPBearer(bearerFormat="JWT", auto_error=False, description="`sub` is the user's UUID")


async def _current_user(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> UUID:
    if credentials is None:
        raise _unauthorized("Send a token: Authorization: Bearer …", 'Bearer realm="imagecrawler"')
    verifier: TokenVerifier = request.app.state.tokens
    try:
        user_id = await verifier.user_of(credentials.credentials)
    except jwt.PyJWTError as error:
        challenge = 'Bearer realm="imagecrawler", error="invalid_token"'
        raise _unauthorized(f"The token is not accepted: {error}", challenge) from None
    request.app.state.rates.check(user_id)
    return user_id


def _unauthorized(detail: str, challenge: str) -> HTTPException:
    return HTTPException(401, detail, {"WWW-Authenticate": challenge})


CurrentUser = Annotated[UUID, Depends(_current_user)]

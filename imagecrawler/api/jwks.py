"""Keys that tokens are verified with: one secret, or a key set that rotates."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from http.client import HTTPException as HTTPError
from typing import Any, Final, Protocol
from urllib.request import urlopen

import jwt
from starlette.exceptions import HTTPException

logger = logging.getLogger(__name__)

FRESH_SECONDS: Final = 300
"""How long a fetched key set is used without a look at its source."""

PAUSE_SECONDS: Final = 10
"""Least time between two fetches, however many unknown keys are named meanwhile."""

FETCH_SECONDS: Final = 5
MAX_BYTES: Final = 256 * 1024

Key = jwt.PyJWK | str


class Keys(Protocol):
    """Where a token's key comes from."""

    async def find(self, key_id: str | None, /) -> Key | None:
        """None where there is no such key."""


class Secret:
    """One key for all tokens."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    async def find(self, _: str | None, /) -> Key | None:
        """The secret, whatever the token calls it."""
        return self._secret


class KeySet:
    """The JSON Web Key Set at ``url``; only its keys for ``algorithm`` are used.

    Keys rotate: an unknown id makes us look again. A source that is away does no harm as long
    as the key is one of those it gave last.
    """

    def __init__(self, url: str, algorithm: str) -> None:
        self._url = url
        self._algorithm = algorithm
        self._keys: dict[str, jwt.PyJWK] = {}
        self._looked = -FRESH_SECONDS * 1.0
        self._reachable = True
        self._looking = asyncio.Lock()

    async def find(self, key_id: str | None, /) -> Key | None:
        """Raises HTTPException 503 where the source is away and the key is not known."""
        if key_id is None:
            return None
        if self._age() > FRESH_SECONDS or key_id not in self._keys:
            await self._look()
        if key_id not in self._keys and not self._reachable:
            raise HTTPException(503, "The keys of tokens cannot be had now. Please try again soon.")
        return self._keys.get(key_id)

    def _age(self) -> float:
        return time.monotonic() - self._looked

    async def _look(self) -> None:
        async with self._looking:
            if self._age() < PAUSE_SECONDS:
                return
            try:
                self._keys = self._usable(await asyncio.to_thread(_fetch, self._url))
                self._reachable = True
            except (OSError, HTTPError, ValueError) as error:
                self._reachable = False
                logger.warning("IMAGECRAWLER_JWT_JWKS_URL: %s: %s", self._url, error)
            self._looked = time.monotonic()

    def _usable(self, keys: list[dict[str, Any]]) -> dict[str, jwt.PyJWK]:
        usable = {}
        for key in keys:
            try:
                found = jwt.PyJWK.from_dict(key, algorithm=self._algorithm)
            except jwt.PyJWTError as error:
                logger.info("a key of %s is of no use: %s", self._url, error)
                continue
            if found.key_id and found.public_key_use in (None, "sig"):
                usable[found.key_id] = found
        return usable


def _fetch(url: str) -> list[dict[str, Any]]:
    # The operator's own address, http or https by its check in config.py: no user names it.
    with urlopen(url, timeout=FETCH_SECONDS) as response:  # noqa: S310
        body = response.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise ValueError(f"more than {MAX_BYTES} bytes")
    match json.loads(body):
        case {"keys": [*keys]} if all(isinstance(key, dict) for key in keys):
            return keys
    raise ValueError("no key set")

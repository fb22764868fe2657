"""Development tokens for the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt

from imagecrawler.config import Config, generated_secret

ALGORITHM = "HS256"


def issue_token(config: Config, user_id: UUID, lifetime: timedelta) -> str:
    """A bearer token whose ``sub`` is the user, signed with the configured or generated secret."""
    now = datetime.now(UTC)
    claims = {
        "sub": str(user_id),
        "aud": config.jwt_audience,
        "iss": config.jwt_issuer,
        "iat": now,
        "exp": now + lifetime,
    }
    secret = config.jwt_secret.get_secret_value() if config.jwt_secret else generated_secret(config)
    return jwt.encode(claims, secret, algorithm=ALGORITHM)

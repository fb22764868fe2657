"""The secret of the API's tokens, and development tokens."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from tempfile import NamedTemporaryFile
from uuid import UUID

import jwt

from imagecrawler.config import Config

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
    return jwt.encode(claims, signing_secret(config), algorithm=ALGORITHM)


def signing_secret(config: Config) -> str:
    """The configured secret, else the generated one."""
    return config.jwt_secret.get_secret_value() if config.jwt_secret else generated_secret(config)


def generated_secret(config: Config) -> str:
    """The secret of this installation, made on first use with mode 0600; one for all processes."""
    path = config.data_dir / "jwt-secret"
    if not path.exists():
        config.data_dir.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=config.data_dir, prefix=".jwt-secret-") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
            # linked, not renamed: whoever comes second takes the first one's
            with suppress(FileExistsError):
                path.hardlink_to(file.name)
    return path.read_text().strip()

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import jwt
import pytest

from imagecrawler.config import Config, load_config
from imagecrawler.tokens import generated_secret, issue_token

SECRET = "a-secret-of-at-least-thirty-two-bytes"


def test_a_token_speaks_for_its_user(tmp_path: Path) -> None:
    config = load_config(data_dir=tmp_path, jwt_secret=SECRET)
    user = uuid4()
    token = issue_token(config, user, timedelta(hours=1))
    claims = jwt.decode(
        token, SECRET, algorithms=["HS256"], audience="imagecrawler", issuer="imagecrawler"
    )
    assert claims["sub"] == str(user)
    assert claims["exp"] - claims["iat"] == 3600


def test_without_a_secret_the_installation_has_its_own(tmp_path: Path) -> None:
    token = issue_token(load_config(data_dir=tmp_path), uuid4(), timedelta(hours=1))
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, SECRET, algorithms=["HS256"], audience="imagecrawler")


def test_all_who_ask_at_once_get_one_secret(tmp_path: Path) -> None:
    for attempt in range(20):
        config = load_config(data_dir=tmp_path / str(attempt))
        together = Barrier(8)

        def ask(config: Config = config, together: Barrier = together) -> str:
            together.wait()
            return generated_secret(config)

        with ThreadPoolExecutor(8) as threads:
            [secret] = {asked.result() for asked in [threads.submit(ask) for _ in range(8)]}
        assert len(secret) >= 32
        assert [path.name for path in config.data_dir.iterdir()] == ["jwt-secret"]


def test_the_generated_secret_stays_and_is_private(tmp_path: Path) -> None:
    config = load_config(data_dir=tmp_path)
    first = generated_secret(config)
    assert len(first) >= 32
    assert generated_secret(config) == first
    assert (tmp_path / "jwt-secret").stat().st_mode & 0o077 == 0

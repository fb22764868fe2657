from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import jwt
import pytest

from imagecrawler.config import load_config
from imagecrawler.tokens import issue_token

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

from __future__ import annotations

import pytest
from pydantic import SecretStr

from core.settings import Settings


@pytest.fixture
def settings() -> Settings:
    secret = SecretStr("not a secret")
    return Settings(_env_file=None, secret_key=secret, internal_secret=secret, address_key=secret)

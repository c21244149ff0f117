"""What a new connection to Redis costs, where many are made at once."""

from __future__ import annotations

import pytest
import redis.utils

from conversations.signals.redis_client import client


def test_redis_connection_reads_no_package_metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    made = client("redis://127.0.0.1:1/0")

    def looked_up() -> str:
        raise AssertionError("the version was looked up")

    monkeypatch.setattr(redis.utils, "get_lib_version", looked_up)
    connection = made.connection_pool.make_connection()  # type: ignore[union-attr]
    assert connection.driver_info.lib_version == redis.__version__

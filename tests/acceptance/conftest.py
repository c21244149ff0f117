"""The real servers of the integration tests: Redis, PostgreSQL, the record on both, and a provider of SMS."""

from tests.integration.conftest import (
    database,
    database_url,
    postgres_server,
    postgres_template,
    postgres_url,
    redis_server,
    redis_url,
    settings,
    twilio,
)

__all__ = [
    "database",
    "database_url",
    "postgres_server",
    "postgres_template",
    "postgres_url",
    "redis_server",
    "redis_url",
    "settings",
    "twilio",
]

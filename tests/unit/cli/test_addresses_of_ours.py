"""Where the gateway is reached from its own machine, whatever address it listens at, and who counts as on that machine."""

from __future__ import annotations

import pytest
from starlette.requests import HTTPConnection

from channels.http.security import is_local
from cli.processes import processes
from core.settings import Settings


def _settings(host: str) -> Settings:
    return Settings.model_validate(
        {
            "secret_key": "a",
            "internal_secret": "b",
            "address_key": "c",
            "_env_file": None,
            "host": host,
            "redis_url": "redis://r",
        }
    )


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://127.0.0.1:8080"),
        ("::", "http://127.0.0.1:8080"),
        ("192.0.2.7", "http://192.0.2.7:8080"),
        ("::1", "http://[::1]:8080"),
    ],
)
def test_the_gateway_is_looked_for_where_it_listens(host: str, own: str) -> None:
    found = _settings(host)
    assert found.own_url == own
    (gateway,) = (process for process in processes(found) if process.name == "gateway")
    assert gateway.health == f"{own}/health/live"


def _from(client: str, server: str, *headers: tuple[bytes, bytes]) -> HTTPConnection:
    return HTTPConnection({"type": "http", "client": (client, 1), "server": (server, 2), "headers": headers})


def test_who_calls_from_the_gateways_own_address_is_on_its_machine() -> None:
    assert is_local(_from("127.0.0.1", "127.0.0.1"))
    assert is_local(_from("192.0.2.7", "192.0.2.7"))
    assert not is_local(_from("192.0.2.8", "192.0.2.7"))
    assert not is_local(_from("192.0.2.7", "192.0.2.7", (b"x-forwarded-for", b"198.51.100.1")))
    assert not is_local(HTTPConnection({"type": "http", "client": None, "server": None, "headers": ()}))

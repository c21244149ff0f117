"""The trials of ``./guichet bench sets``, what is counted of open pages, and requests that go to several gateways."""

from __future__ import annotations

import httpx
import pytest

from cli.language import Refusal
from core.settings import Settings
from tools.bench.load import InTurn, Load
from tools.bench.sets.network import Network
from tools.bench.sets.reading import Pages
from tools.bench.sets.trials import TRIALS, chosen

_SETTINGS = Settings(_env_file=None, secret_key="s", internal_secret="i", address_key="a")


def test_chosen_trials_are_all_or_those_named_in_their_order() -> None:
    assert chosen("") == list(TRIALS)
    assert chosen("stores-cut, none") == ["stores-cut", "none"]


def test_chosen_unknown_trial_is_refused_with_those_that_exist() -> None:
    with pytest.raises(Refusal, match="set-dies"):
        chosen("coffee")


def test_each_set_reaches_the_stores_and_is_reached_at_addresses_of_its_own() -> None:
    network = Network(["a", "b"])
    addresses = [network.stores_from_here, *(find(name) for name in "ab" for find in (network.stores_from, network.gateway))]
    networks = {address.rsplit(".", 1)[0] for address in addresses}
    assert len(networks) == len(addresses)


def test_pages_count_what_was_not_shown_shown_twice_and_late() -> None:
    load = Load(_SETTINGS)
    load.acknowledged = ["one", "two", "three", "SM4"]
    load.sent = dict.fromkeys(load.acknowledged, 10.0)
    pages = Pages(out_of_order=1)
    pages.shown.update(["one", "two", "two", "of another load"])
    pages.at = {"one": 11.0, "two": 14.5, "of another load": 99.0}
    found = pages.figures(load)
    assert found["shown"] == 2
    assert found["not_shown"] == 1  # an SMS is on no page
    assert found["shown_twice"] == 1
    assert found["shown_out_of_order"] == 1
    assert found["longest_shown_s"] == 4.5


async def test_requests_go_to_each_gateway_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def answered(_: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.url.host}:{request.url.port}{request.url.path}")
        return httpx.Response(200)

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", answered)
    transport = InTurn(["http://10.0.0.1:8080", "http://10.0.0.2:8081"], httpx.Limits())
    async with httpx.AsyncClient(base_url="http://10.0.0.1:8080", transport=transport) as client:
        for _ in range(3):
            await client.get("/health")
    assert asked == ["10.0.0.1:8080/health", "10.0.0.2:8081/health", "10.0.0.1:8080/health"]

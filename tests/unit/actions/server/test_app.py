from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from starlette.routing import Route

from actions.server.app import create_app
from core.settings import Settings
from tests.unit.actions.fakes import SNAPSHOT, FakeKnowledge


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    return create_app(settings, FakeKnowledge())


@pytest.fixture
def client(app: FastAPI, settings: Settings) -> TestClient:
    secret = settings.internal_secret.get_secret_value()
    return TestClient(app, headers={"X-Guichet-Secret": secret}, raise_server_exceptions=False)


def call(action: str, text: str) -> dict[str, Any]:
    """As Rasa 3.6 sends it with ``selective_domain``."""
    tracker: dict[str, Any] = {
        "sender_id": "c1",
        "slots": {"language": "fr"},
        "latest_message": {"text": text, "entities": []},
        "events": [],
    }
    tracker |= {"paused": False, "followup_action": None, "active_loop": {}, "latest_action_name": "action_listen"}
    return {"next_action": action, "sender_id": "c1", "tracker": tracker, "version": "3.6.21"}


@pytest.mark.parametrize("headers", [{}, {"X-Guichet-Secret": "wrong"}, {"X-Guichet-Secret": "é"}])
def test_every_route_wants_the_secret(app: FastAPI, headers: dict[str, str]) -> None:
    client = TestClient(app, raise_server_exceptions=False)
    encoded = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
    routes = [route for route in app.routes if isinstance(route, Route | APIRoute)]
    assert {route.path for route in routes} == {"/webhook", "/search", "/entries/{entry_id}", "/health", "/health/live"}
    assert len(app.routes) == len(routes)
    for route in routes:
        for method in route.methods or ():
            assert client.request(method, route.path, headers=encoded, json={}).status_code == 401


def test_an_action_is_run(client: TestClient) -> None:
    answer = client.post("/webhook", json=call("action_answer_enquiry", "carte perdue"))
    assert answer.status_code == 200
    assert [message["response"] for message in answer.json()["responses"]] == ["utter_answer", "utter_old", "utter_related"]


@pytest.mark.parametrize(("channel", "whole"), [("sms", True), ("web", False)])
def test_a_card_by_sms_holds_the_whole_passage_to_be_read_part_by_part(client: TestClient, channel: str, whole: bool) -> None:
    shown = call("action_show_entry", "Vol de papiers")
    shown["tracker"]["events"] = [{"event": "user", "input_channel": channel}]
    shown["tracker"]["latest_message"]["entities"] = [{"entity": "entry", "value": "T2"}]
    card = client.post("/webhook", json=shown).json()["responses"][0]["custom"]["block"]
    assert ("Paragraphe 9" in card["body"]) is whole
    assert card["sms_text"].startswith("Paragraphe 0") is whole
    assert "Paragraphe 1" not in card["sms_text"]


def test_a_failing_action_is_an_error_that_quotes_nothing(client: TestClient) -> None:
    answer = client.post("/webhook", json=call("action_answer_enquiry", "panne de courant"))
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "panne" not in answer.text
    assert "index" not in answer.text


def test_an_unknown_action_is_an_error(client: TestClient) -> None:
    assert client.post("/webhook", json=call("action_of_nobody", "x")).status_code == 404


def test_search_and_entries(client: TestClient) -> None:
    found = client.post("/search", json={"query": "carte perdue"}).json()
    assert (found["decision"], found["hits"][0]["entry_id"]) == ("answered", "T1")
    assert client.get("/entries/T1").json()["title"] == "Carte d'identité perdue : que faire ?"
    assert client.get("/entries/T404").status_code == 404


@pytest.mark.parametrize("body", [{}, {"query": ""}, {"query": "x", "limit": 0}, {"query": ["secret"]}])
def test_a_malformed_search_is_refused_without_repeating_it(client: TestClient, body: dict[str, Any]) -> None:
    answer = client.post("/search", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text


def test_health_names_the_snapshot(client: TestClient) -> None:
    assert client.get("/health").json() == {"snapshot": SNAPSHOT, "stage": "full", "entries": 4, "refused": ""}


def test_health_without_a_snapshot(settings: Settings) -> None:
    class Empty(FakeKnowledge):
        def status(self) -> Any:
            raise LookupError

    client = TestClient(create_app(settings, Empty()))
    secret = settings.internal_headers
    assert client.get("/health", headers=secret).status_code == 503
    assert client.get("/health/live", headers=secret).status_code == 200  # to start it anew would not help


@pytest.mark.parametrize("content", [b"", b"[1", b"[]", b'"carte perdue"', b"\xff"])
def test_a_malformed_call_is_refused_without_repeating_it(client: TestClient, content: bytes) -> None:
    answer = client.post("/webhook", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["detail"] == "the request is malformed: body"

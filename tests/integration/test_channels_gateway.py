"""What the gateway shows to whom: every route against the list of public ones, problems, health, metrics."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, APIWebSocketRoute, iter_route_contexts
from sqlalchemy import select
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient

from cli.gateway import create
from conversations.record.erasure import erase_rows
from core.database import Database
from core.database.models import Conversation, Feedback
from core.settings import Settings
from core.version import version
from tests.integration.channels_support import SECRET, FakeRasa, guichet, served, settings_for, working
from tests.integration.handoff_support import ask
from tests.integration.migrated import migrated
from tests.public_routes import PUBLIC
from tests.waiting import until

_STRANGER = {"X-Forwarded-For": "203.0.113.9"}  # a proxy on this machine passes on somebody from outside


@pytest.fixture
async def settings(redis_url: str, tmp_path: Path) -> Settings:
    settings = settings_for(
        f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}", redis_url, tmp_path, widget_sites="https://mairie.example"
    )
    await migrated(settings.sql_url)
    return settings


def all_routes(app: FastAPI) -> set[str]:
    """Every route as "METHOD path"; a mounted application counts as one, whatever it contains."""
    found = set()
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIWebSocketRoute | WebSocketRoute):
            found.add(f"WS {context.path}")
        elif isinstance(route, APIRoute | Route):
            found |= {f"{method} {context.path}" for method in (context.methods or set()) - {"HEAD", "OPTIONS"}}
        else:
            found.add(f"MOUNT {context.path}")
    return found


async def test_every_route_authenticates_or_stands_in_the_list_of_public_ones(settings: Settings) -> None:
    app = create(settings)
    routes = all_routes(app)
    assert "POST /api/web/messages" in routes
    assert routes >= PUBLIC, "the list names routes that do not exist"
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url=settings.base_url)
    async with client:
        for route in sorted(routes - PUBLIC):
            method, path = route.split(" ", 1)
            assert method != "MOUNT", f"{route} must be tested by itself and stand in the list"
            if method == "WS":
                # Asked of an app of its own: the test client runs it in another event loop, and connections stay in theirs.
                code = await asyncio.to_thread(_refusal_of_socket, create(settings), path, settings.base_url)
                assert code in (4401, 4403), f"{route} is closed with {code} to a stranger"
                continue
            filled = "/".join("x" if part.startswith("{") else part for part in path.split("/"))
            answer = await client.request(method, filled, headers=_STRANGER)
            if answer.status_code == 404:  # what lives on this machine only still wants to know who calls on it
                answer = await client.request(method, filled)
            assert answer.status_code in (401, 403), f"{route} answers {answer.status_code} to a stranger"
    await app.state.deps.close()


def _refusal_of_socket(app: FastAPI, path: str, origin: str) -> int:
    """The code with which a stranger's socket is closed before anything was said."""
    with TestClient(app).websocket_connect(path, headers={"Origin": origin, "Host": "127.0.0.1"}) as socket:
        message = socket.receive()
    assert message["type"] == "websocket.close", message
    return int(message["code"])


async def test_problems_speak_the_callers_language_and_say_what_to_do(settings: Settings) -> None:
    async with guichet(settings) as service:
        french = await service.http.get("/api/web/history", headers={"Accept-Language": "fr-FR,fr;q=0.9,en;q=0.5"})
        english = await service.http.get("/api/web/history", headers={"Accept-Language": "de, en-GB;q=0.5"})
        assert (french.status_code, english.status_code) == (401, 401)
        assert french.headers["content-type"] == "application/problem+json"
        assert "Rechargez" in french.json()["detail"]
        assert "Reload" in english.json()["detail"]
        assert (await service.http.get("/nowhere")).json()["code"] == "not_found"
        page = await service.http.get("/nowhere?lang=en", headers={"Accept": "text/html", "Accept-Language": "fr"})
        assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert "<h1>This page does not exist</h1>" in page.text
        assert "back button" not in page.text  # nothing was written
        assert "default-src 'none'" in page.headers["content-security-policy"]
        too_long = {"id": "1", "text": "x" * 200_000}
        page = await service.http.post("/assistant", data=too_long, headers={"Accept": "text/html"})
        assert page.status_code == 413
        assert "n’est pas perdu" in page.text
        assert (await service.http.get("/api/nowhere", headers={"Accept": "text/html"})).json()["code"] == "not_found"
        forged = await service.http.get("/api/web/history", headers={"Authorization": "Bearer abc.def"})
        assert forged.status_code == 401
        wrong = await service.http.post("/api/web/conversations", json={"language": "xx", "text": "06 12 34 56 78"})
        assert wrong.status_code == 422
        assert "06 12" not in wrong.text


async def test_only_who_shows_the_secret_marks_a_conversation(settings: Settings) -> None:
    async with guichet(settings) as service:
        refused = await service.http.post("/api/web/conversations", json={"origin": "test"})
        assert refused.status_code == 403
        marked = await service.http.post(
            "/api/web/conversations", json={"origin": "test"}, headers={"X-Guichet-Secret": SECRET}
        )
        assert marked.status_code == 201
        for headers in ({}, {"X-Guichet-Secret": "wrong"}, {"X-Guichet-Secret": SECRET} | _STRANGER):
            closed = await service.http.post("/api/internal/conversations", json={}, headers=headers)
            assert closed.status_code == 403


async def test_a_citizens_conversation_is_not_given_to_our_tools(settings: Settings) -> None:
    async with guichet(settings) as service:
        citizen = await service.citizen()
        answer = await service.http.post(
            "/api/internal/conversations",
            json={"conversation": citizen.conversation},
            headers={"X-Guichet-Secret": SECRET},
        )
        assert answer.status_code == 404


async def test_the_widgets_configuration_is_public_and_has_every_word(settings: Settings) -> None:
    async with guichet(settings) as service:
        french = (await service.http.get("/api/web/config?lang=fr")).json()
        english = (await service.http.get("/api/web/config?lang=en")).json()
        assert french["wording"].keys() == english["wording"].keys()
        assert (french["wording"]["ui_send"], english["wording"]["ui_send"]) == ("Envoyer", "Send")
        assert french["retention_days"] == 90
        assert (await service.http.get("/api/web/config?lang=xx")).status_code == 422


async def test_a_conversation_that_was_erased_does_not_come_back_by_its_language(settings: Settings) -> None:
    database, app = Database(settings.sql_url), create(settings)
    reply_reader = app.state.deps.reply_reader
    seen_at = reply_reader.read

    async def erased_then(identifier: str) -> Any:
        """Between the look at who asks and what they ask for."""
        seen = await seen_at(identifier)
        async with database.write() as session:
            await erase_rows(session, [identifier])
        return seen

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=settings.base_url) as http:
        opened = (await http.post("/api/web/conversations", json={"language": "fr"})).json()
        reply_reader.read = erased_then
        shown = {"Authorization": f"Bearer {opened['token']}"}
        assert (await http.post("/api/web/language", json={"language": "en"}, headers=shown)).status_code == 401
    async with database.read() as session:
        assert (await session.execute(select(Conversation))).first() is None
    await app.state.deps.close()
    await database.close()


async def test_language_and_feedback(settings: Settings) -> None:
    database = Database(settings.sql_url)
    async with guichet(settings) as service, working(settings):
        citizen, stranger = await service.citizen(language="fr"), await service.citizen()
        assert (
            await service.http.post("/api/web/language", json={"language": "en"}, headers=citizen.headers)
        ).status_code == 204
        await citizen.post(" ")
        (reply,) = await citizen.answered(1)
        assert "empty" in reply["text"]

        async def opine(who: dict[str, str], **opinion: object) -> int:
            body = {"reply": reply["id"]} | opinion
            return (await service.http.post("/api/web/feedback", json=body, headers=who)).status_code

        assert await opine(citizen.headers, useful=True) == 204
        assert await opine(citizen.headers, useful=False, reason="outdated", comment="appelez le 06 12 34 56 78") == 204
        assert await opine(stranger.headers, useful=True) == 404
        assert await opine(citizen.headers, useful=True, reason="no such <reason>") == 422
    async with database.read() as session:
        (row,) = (await session.execute(select(Feedback))).scalars().all()
    assert (row.useful, row.reason, row.comment) == (False, "outdated", "appelez le •••")
    await database.close()


async def test_readiness_names_the_part_that_is_missing(settings: Settings) -> None:
    async with guichet(settings) as service:

        async def state() -> tuple[int, dict[str, str]]:
            answer = await service.http.get("/health/ready")
            assert answer.json()["version"] == version()
            return answer.status_code, answer.json()["parts"]

        assert (await service.http.get("/health/live")).status_code == 200
        assert (await service.http.get("/health/ready", headers=_STRANGER)).status_code == 403
        token = {"Authorization": f"Bearer {SECRET}"}
        assert (await service.http.get("/health/live", headers=_STRANGER | token)).status_code == 200
        code, parts = await state()
        assert (code, parts) == (
            503,
            {"sql": "ok", "redis": "ok", "rasa": "ok", "actions": "failed", "worker": "failed"},
        )
        async with working(settings), served(_actions(), settings.actions_port):

            async def ready() -> bool:
                return (await state())[0] == 200

            await until(ready)


async def test_behind_a_proxy_health_and_metrics_want_the_secret_even_of_this_machine(settings: Settings) -> None:
    """A proxy on this machine that forgets to say whom it passes on looks like this machine."""
    app = create(settings.model_copy(update={"public_url": "https://guichet.exemple.fr"}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as proxy:
        for path in ("/health/live", "/health/ready", "/metrics"):
            assert (await proxy.get(path)).status_code == 403, path
            assert (await proxy.get(path, headers={"X-Guichet-Secret": SECRET})).status_code in (200, 503), path
    await app.state.deps.close()


def _actions() -> FastAPI:
    app = FastAPI()

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"snapshot": "s1"}

    return app


async def test_metrics_count_by_route_and_tell_nothing_of_anybody(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        await citizen.post("carte perdue")
        await citizen.answered(1)
        assert (await service.http.get("/metrics", headers=_STRANGER)).status_code == 403
        text = (await service.http.get("/metrics")).text
    assert 'guichet_http_requests_total{method="POST",route="/api/web/messages",status="202"} 1.0' in text
    assert "guichet_waiting_messages 0.0" in text
    assert 'guichet_turns_recent{channel="web",outcome="answered"} 1.0' in text
    assert citizen.conversation not in text
    assert "carte" not in text


async def test_the_queue_s_figure_counts_all_whom_nobody_has_taken(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        by_day, by_night = await service.citizen(), await service.citizen()
        await ask(by_day, "humain")
        await ask(by_night, "la nuit")
        text = (await service.http.get("/metrics")).text
    assert 'guichet_handoffs_waiting{state="waiting"} 1.0' in text
    assert 'guichet_handoffs_waiting{state="offline"} 1.0' in text
    assert 'guichet_handoffs_waiting{state="flagged"} 0.0' in text


async def test_a_fake_engine_wants_the_secret(settings: Settings) -> None:
    """The fake is as strict as the real one, or the tests above would show less than they say."""
    async with served(FakeRasa().app(), settings.rasa_port), httpx.AsyncClient() as http:
        answer = await http.post(f"{settings.rasa_url}/webhooks/guichet/turns", json={})
    assert answer.status_code == 401

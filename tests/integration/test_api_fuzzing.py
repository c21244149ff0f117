"""The API asked at random, as its own description says and otherwise: it never fails, whoever asks.

Every operation of the OpenAPI document, as an administrator with a citizen's token, and as nobody; those of ``/api/v1`` also as
a program with a token.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
import schemathesis.openapi
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from starlette.testclient import TestClient

from cli.gateway import create
from conversations.record.opening import open_conversation
from conversations.signing import Signing
from core.database import Database
from core.database.migrate import upgrade
from core.identity import Role
from core.settings import Settings
from core.turns import Origin
from integrators import tokens
from integrators.tokens import Scope
from tests.desk_support import make_staff, sign_in
from tests.integration.channels_support import settings_for

_EXAMPLES = 8  # of each operation, mode and caller: some 1,600 requests
_QUIET = list(HealthCheck)
# What says that another process does not answer: none does here.
_ELSEWHERE = ("console.search_down", "publishing.engine_silent", "integrators.reply_late")
_ENDLESS = ("/api/web/events",)  # a stream: test_channels_streams


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("fuzzing")
    found = settings_for(f"sqlite+aiosqlite:///{home / 'guichet.db'}", "redis://127.0.0.1:1/0", home)
    upgrade(found.sql_url)
    # The limits are for others to feel.
    limits = {"limit_requests_per_minute": 10**6, "limit_openings_per_minute": 10**6}
    return found.model_copy(update=limits | {"web_turn_seconds": 0.1})  # no worker answers


@pytest.fixture(scope="module")
def app(where: Settings) -> Iterator[TestClient]:
    with TestClient(create(where), base_url=where.base_url, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def signed_in(where: Settings) -> dict[str, str]:
    """Headers of an administrator at the desk who has a conversation on the website, too."""

    async def prepare() -> dict[str, str]:
        database = Database(where.sql_url)
        async with database.write() as session:
            conversation = open_conversation(session, channel="web", language="fr", origin=Origin.TEST)
        headers = await sign_in(database, where, await make_staff(database, Role.ADMINISTRATOR))
        await database.close()
        token = Signing(where.secret_key.get_secret_value()).token(conversation.id)
        return headers | {"Authorization": f"Bearer {token}"}

    return asyncio.run(prepare())


@pytest.fixture(scope="module")
def program(where: Settings) -> dict[str, str]:
    """Headers of a program that may do everything."""

    async def prepare() -> str:
        database = Database(where.sql_url)
        async with database.write() as session:
            _, token = await tokens.create(
                session, name="x", scopes=[*Scope], per_minute=3000, days=1, test=False, actor="test"
            )
        await database.close()
        return token

    return {"Authorization": f"Bearer {asyncio.run(prepare())}"}


def test_nothing_that_a_program_asks_makes_it_fail(app: TestClient, program: dict[str, str]) -> None:
    schema = schemathesis.openapi.from_dict(app.get("/api/openapi.json").json())
    found = [one.ok() for one in schema.get_all_operations() if isinstance(one, Ok)]
    operations = [one for one in found if one.path.startswith("/api/v1/")]
    assert len(operations) == 7
    answers = [answer for one in operations for mode in _modes(one) for answer in _fuzz(app, one, mode, program)]
    assert [answer.wrong for answer in answers if answer.wrong] == []
    assert {200, 404, 422} <= {answer.status for answer in answers}


@pytest.mark.parametrize("caller", ["administrator and citizen", "nobody"])
def test_nothing_that_is_asked_makes_it_fail(app: TestClient, signed_in: dict[str, str], caller: str) -> None:
    headers = signed_in if caller != "nobody" else {}
    schema = schemathesis.openapi.from_dict(app.get("/api/openapi.json").json())
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    operations = sorted((one for one in found if one.path not in _ENDLESS), key=lambda one: one.method == "delete")
    assert len(operations) > 45
    answers = [answer for one in operations for mode in _modes(one) for answer in _fuzz(app, one, mode, headers)]
    assert [answer.wrong for answer in answers if answer.wrong] == []
    assert len(answers) > 300
    assert any(answer.status < 300 and answer.label.startswith("POST") for answer in answers)


@dataclass(frozen=True)
class Answered:
    """One answer. ``wrong``: why it should have been another, with what was asked."""

    label: str
    status: int
    wrong: str = ""


def _fuzz(
    app: TestClient, operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, headers: dict[str, str]
) -> list[Answered]:
    found: list[Answered] = []

    @seed(1)
    @settings(max_examples=_EXAMPLES, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=_QUIET)
    @given(case=operation.as_strategy(mode))
    def ask(case: Case[Any]) -> None:
        answer, wrong = _asked(app, case, headers), ""
        known = answer.json().get("code") in _ELSEWHERE if answer.status_code == 503 else False
        if answer.status_code >= 500 and not known and operation.path != "/health/ready":
            wrong = f"{answer.status_code}: {case.as_curl_command()}"
        elif answer.status_code >= 400 and "problem+json" not in answer.headers.get("content-type", ""):
            wrong = f"{answer.status_code} without saying what is wrong: {case.as_curl_command()}"
        found.append(Answered(operation.label, answer.status_code, wrong))

    ask()
    return found


def _modes(operation: APIOperation[Any, Any, Any, Any]) -> list[GenerationMode]:
    """What contradicts the description can only stand in a body or a query: in a path everything is a string."""
    wrongable = operation.query.items or operation.body.items
    return [GenerationMode.POSITIVE, GenerationMode.NEGATIVE] if wrongable else [GenerationMode.POSITIVE]


def _asked(app: TestClient, case: Case[Any], headers: dict[str, str]) -> Any:
    request = requests.Request(**case.as_transport_kwargs(base_url=str(app.base_url))).prepare()
    assert request.method
    assert request.url
    sent = {name: str(value) for name, value in request.headers.items() if name.lower() not in ("cookie", "content-length")}
    body: Any = request.body.encode() if isinstance(request.body, str) else request.body
    return app.request(request.method, request.url, content=body, headers=sent | headers)

"""Without the engine: the real action server, asked by the worker itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import httpx
import pytest
from pydantic import SecretStr

from actions.server.app import create_app
from conversations.deadline import Deadline
from conversations.engine.circuit_breaker import CircuitBreaker
from conversations.engine.rasa_client import RasaClient
from conversations.steps.degraded_mode import AT_ONCE, DegradedMode
from conversations.turn_context import TurnContext
from conversations.wording import Wording
from core.action_server import action_server
from core.settings import ROOT, Settings
from core.turns import AnswerBlock, ChoicesBlock, NoticeBlock, Outcome, Turn
from tests.unit.actions.fakes import LOST_CARD, SNAPSHOT, FakeKnowledge
from tests.unit.actions.talk import Talk
from tests.unit.conversations.hanging import PatientTransport, closed, silent
from tests.unit.conversations.pipelines import pipeline

SECRET = "s" * 40


@pytest.fixture
def settings() -> Settings:
    secret = SecretStr(SECRET)
    return Settings(_env_file=None, secret_key=secret, internal_secret=secret, address_key=secret)


@pytest.fixture
def wording(settings: Settings) -> Wording:
    return Wording.load(ROOT / "domain.yml").filled_from(settings)


@pytest.fixture
def degraded_mode(settings: Settings, wording: Wording) -> DegradedMode:
    app = create_app(settings, FakeKnowledge())
    return DegradedMode(action_server(settings, seconds=5, transport=httpx.ASGITransport(app)), wording, closed())


def _over(answer: Callable[[httpx.Request], Any], wording: Wording, breaker: CircuitBreaker | None = None) -> DegradedMode:
    actions = httpx.AsyncClient(base_url="http://actions", transport=httpx.MockTransport(answer))
    return DegradedMode(actions, wording, breaker or closed())


async def _find(degraded_mode: DegradedMode, text: str, channel: str = "web", *, seconds: float = 1) -> Turn | None:
    return await degraded_mode(
        TurnContext(
            message_id="m",
            conversation="c",
            channel=channel,
            language="fr",
            text=text,
            payload=None,
            masked=(),
            offered=(),
            attempts=1,
            deadline=Deadline.after(seconds),
        )
    )


async def test_degraded_mode_with_an_answering_page_shows_it_below_a_notice(
    degraded_mode: DegradedMode, wording: Wording
) -> None:
    turn = await _find(degraded_mode, "j'ai perdu ma carte")
    assert turn is not None
    assert (turn.outcome, turn.entry, turn.entry_version, turn.snapshot) == ("answered", LOST_CARD.id, 3, SNAPSHOT)
    notice, card = turn.blocks[:2]
    assert notice == NoticeBlock(text=wording.text("gateway_reduced"))
    assert isinstance(card, AnswerBlock)
    assert "25 € (au 05/03/2019) de timbre fiscal" in card.body
    assert "05/03/2019" in card.notice or "5 mars 2019" in card.notice


@pytest.mark.parametrize("channel", ["web", "sms"])
@pytest.mark.parametrize("text", ["j'ai perdu ma carte", "choix", "passeport"])
async def test_degraded_mode_gives_the_same_turn_as_the_engine(
    degraded_mode: DegradedMode, settings: Settings, text: str, channel: str
) -> None:
    """``bot.turns.assemble`` cannot be called from here in the service: the two must go on agreeing."""
    wanted = await Talk(settings, FakeKnowledge(), channel=channel).say(text)
    turn = await _find(degraded_mode, text, channel)
    assert turn is not None
    assert turn.model_copy(update={"blocks": turn.blocks[1:]}) == wanted


@pytest.mark.parametrize(
    ("channel", "last"),
    [("web", "/none_of_these"), ("sms", "/choose")],  # by SMS each line is paid for, and "aucune" is understood
)
async def test_degraded_mode_with_several_pages_offers_them_with_an_extract(
    degraded_mode: DegradedMode, channel: str, last: str
) -> None:
    turn = await _find(degraded_mode, "choix", channel)
    assert turn is not None
    block = turn.blocks[-1]
    assert isinstance(block, ChoicesBlock)
    assert block.options[-1].payload.partition("{")[0] == last
    assert [bool(option.extract) for option in block.options][:2] == [True, channel == "web"]


@pytest.mark.parametrize("text", ["introuvable", "tiramisu", "je veux parler à un conseiller", "can I speak to someone?"])
async def test_degraded_mode_without_an_answering_page_passes(degraded_mode: DegradedMode, text: str) -> None:
    assert await _find(degraded_mode, text) is None


async def test_degraded_mode_without_action_server_passes(wording: Wording) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    assert await _find(_over(refuse, wording), "carte") is None


async def test_degraded_mode_with_a_silent_action_server_ends_in_time(wording: Wording) -> None:
    async def nothing(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    degraded_mode = _over(nothing, wording)
    assert await _find(degraded_mode, "carte", seconds=0.01) is None


@pytest.mark.parametrize(("trouble", "outcome"), [("away", Outcome.ANSWERED), ("refuses", Outcome.FALLBACK)])
async def test_pipeline_without_engine_uses_the_degraded_mode(
    degraded_mode: DegradedMode, wording: Wording, trouble: Literal["away", "refuses"], outcome: Outcome
) -> None:
    def engine(request: httpx.Request) -> httpx.Response:
        if trouble == "away":
            raise httpx.ConnectError("refused")
        return httpx.Response(422)  # the message is at fault: it would be no wiser to look it up

    turns = pipeline(
        RasaClient(["http://rasa"], SECRET, max_concurrent=1, transport=httpx.MockTransport(engine)),
        wording,
        max_chars=100,
        degraded_mode=degraded_mode,
    )
    deadline = Deadline.after(0.01 if trouble == "away" else 60)  # who is refused must have been asked
    context = TurnContext("m", "c", "web", "fr", "carte perdue, mon mail est •••", None, ("email",), (), 1, deadline)
    turn = await turns.answer(context)
    assert turn.outcome == outcome
    if outcome == Outcome.ANSWERED:
        assert [block.type for block in turn.blocks[:3]] == ["notice", "notice", "answer"]


async def test_degraded_mode_limits_concurrent_lookups(wording: Wording) -> None:
    asked: list[str] = []
    answers, both = asyncio.Event(), asyncio.Event()

    async def slow(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if len(asked) == AT_ONCE:
            both.set()
        await answers.wait()
        return httpx.Response(500)

    degraded_mode = _over(slow, wording)
    find = partial(_find, degraded_mode, "carte")
    first = asyncio.gather(*(find(seconds=60) for _ in range(AT_ONCE)))
    await both.wait()
    assert await asyncio.gather(*(find(seconds=0.05) for _ in range(4))) == [None] * 4
    answers.set()
    assert await first == [None] * AT_ONCE
    assert len(asked) == AT_ONCE == 2


class Hanging:
    """A server that takes requests and never answers; ``asked`` are their paths."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        await asyncio.Event().wait()
        raise AssertionError


async def test_degraded_mode_with_an_open_breaker_sends_nothing(wording: Wording) -> None:
    hanging = Hanging()
    assert await _find(_over(hanging, wording, silent()), "carte") is None
    assert hanging.asked == []


async def test_degraded_mode_reports_only_sent_lookups_to_the_breaker(
    wording: Wording, monkeypatch: pytest.MonkeyPatch
) -> None:
    vain: list[float] = []
    breaker = closed()
    monkeypatch.setattr(breaker, "record_timeout", vain.append)
    hanging = Hanging()
    find = partial(_find, _over(hanging, wording, breaker), "carte")
    first = asyncio.gather(*(find(seconds=60) for _ in range(AT_ONCE)), return_exceptions=True)
    while len(hanging.asked) < AT_ONCE:  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0)
    await asyncio.gather(*(find(seconds=0.01) for _ in range(3)))  # they have no room
    assert vain == []
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert len(vain) == AT_ONCE


async def test_pipeline_with_a_hanging_engine_leaves_time_for_the_lookup(
    wording: Wording,
) -> None:
    hanging, actions = Hanging(), Hanging()
    engine = RasaClient(["http://rasa"], SECRET, max_concurrent=1, transport=PatientTransport(hanging))
    turns = pipeline(engine, wording, max_chars=100, degraded_mode=_over(actions, wording))
    began = time.monotonic()
    async with asyncio.timeout(60):  # neither would ever answer
        turn = await turns.answer(
            TurnContext("m", "c", "web", "fr", "carte perdue", None, (), (), 1, Deadline.after(1.6, engine=0.2))
        )
    assert (turn.outcome, hanging.asked, actions.asked) == (Outcome.FALLBACK, ["/webhooks/guichet/turns"], ["/webhook"])
    assert time.monotonic() - began > 0.2


async def test_pipeline_with_a_silent_action_server_skips_the_lookup(wording: Wording) -> None:
    def rasa(_: httpx.Request) -> httpx.Response:
        return httpx.Response(503, json={"title": "Dialogue", "cause": "actions_silent", "waited_seconds": 3.2})

    hanging = Hanging()
    engine = RasaClient(["http://rasa"], SECRET, max_concurrent=1, transport=httpx.MockTransport(rasa))
    turns = pipeline(engine, wording, max_chars=100, degraded_mode=_over(hanging, wording))
    turn = await turns.answer(TurnContext("m", "c", "web", "fr", "carte perdue", None, (), (), 1, Deadline.after(60)))
    assert (turn.outcome, hanging.asked) == (Outcome.FALLBACK, [])

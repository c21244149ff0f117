"""The steps of a turn, with an engine of our own making and no I/O."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable

import httpx
import pytest

from conversations.deadline import Deadline
from conversations.engine.rasa_client import EngineRequest, EngineUnavailable, RasaClient
from conversations.steps.too_many_attempts import MAX_ATTEMPTS
from conversations.turn_context import TurnContext
from conversations.wording import Wording
from core.channels import CHANNELS
from core.languages import LANGUAGES
from core.languages.detection import detect
from core.reply_form import FORM
from core.turns import NoticeBlock, Outcome, TextBlock, Turn
from tests.unit.conversations.pipeline_words import WORDS
from tests.unit.conversations.pipelines import pipeline

_WORDING = Wording({(name, channel, language): name for name in WORDS for channel in CHANNELS for language in LANGUAGES})
_BY_LANGUAGE = Wording(
    {(name, channel, language): f"{name} {language}" for name in WORDS for channel in CHANNELS for language in LANGUAGES}
)
_ANSWER = {"outcome": "small_talk", "blocks": [{"type": "text", "text": "Bonjour."}]}

Handler = Callable[[httpx.Request], httpx.Response]


class Rasa:
    """Answers from a list, the last one for ever; keeps what it was asked."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self._answers = list(answers)
        self.asked: list[dict[str, object]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(json.loads(request.content))
        answer = self._answers[min(len(self.asked), len(self._answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer


def _ok() -> httpx.Response:
    return httpx.Response(200, json=_ANSWER)


def _engine(rasa: Handler) -> RasaClient:
    return RasaClient(["http://rasa"], "secret", max_concurrent=1, transport=httpx.MockTransport(rasa))


def _context(text: str = "bonjour", **changes: object) -> TurnContext:
    values: dict[str, object] = {
        "message_id": "m",
        "conversation": "c",
        "channel": "sms",
        "language": "fr",
        "text": text,
        "payload": None,
        "masked": (),
        "offered": (),
        "attempts": 1,
        "deadline": Deadline.after(5),
    }
    return TurnContext(**(values | changes))  # type: ignore[arg-type]


async def _answer(rasa: Handler, context: TurnContext, **options: object) -> Turn:
    return await pipeline(_engine(rasa), _WORDING, max_chars=100, **options).answer(context)


async def test_engine_request_has_channel_language_and_message_id() -> None:
    rasa = Rasa(_ok())
    turn = await _answer(rasa, _context("bonjour"))
    assert turn.outcome == Outcome.SMALL_TALK
    assert rasa.asked == [
        {
            "conversation": "c",
            "message_id": "m",
            "channel": "sms",
            "language": "fr",
            "text": "bonjour",
            "payload": None,
            "enquiry": False,
            "number": "",
            "form": FORM,
        }
    ]


@pytest.mark.parametrize(("found", "asked"), [("en", "en"), ("tr", "tr"), ("de", "fr")])
async def test_reply_language_is_that_of_the_message_where_there_is_wording(found: str, asked: str) -> None:
    rasa = Rasa(_ok())
    await _answer(rasa, _context("lost my passport"), detect=lambda text, expected: found)
    assert rasa.asked[0]["language"] == asked


def _english(text: str, expected: str) -> str:
    return "en" if "passport" in text else "fr" if text.startswith(("et ", "bonjour")) else expected


@pytest.mark.parametrize(
    ("text", "more", "asked"),
    [
        ("Renew", {"payload": "/choose", "last_written_language": "en"}, "en"),
        ("2", {"offered": ("/a", "/b"), "chosen_payload": "/b", "last_written_language": "en"}, "en"),
        ("à l'étranger", {"chosen_payload": "/b", "last_written_language": "es"}, "es"),  # a label in the page's language
        ("•••", {"masked": ("phone",), "number_hint": "•• 42", "last_written_language": "en"}, "en"),
        ("Renew", {"payload": "/choose"}, "fr"),
        ("et maintenant ?", {"last_written_language": "en"}, "fr"),
    ],
)
async def test_reply_language_of_a_button_is_the_last_written_one(text: str, more: dict[str, object], asked: str) -> None:
    rasa = Rasa(_ok())
    await _answer(rasa, _context(text, **more), detect=_english)
    assert rasa.asked[0]["language"] == asked


@pytest.mark.parametrize(
    ("text", "more", "said"),
    [
        ("9", {"offered": ("/a", "/b"), "last_written_language": "en"}, "gateway_choice_unknown en"),
        ("1", {"choices_not_shown": True, "last_written_language": "en"}, "gateway_choice_unshown en"),
        ("•••", {"masked": ("phone",), "last_written_language": "en"}, "gateway_personal_data_only en"),
        ("passport " * 20, {}, "gateway_too_long en"),
        ("bonjour", {"attempts": MAX_ATTEMPTS + 1, "last_written_language": "en"}, "gateway_fallback en"),
        ("9", {"offered": ("/a", "/b")}, "gateway_choice_unknown fr"),
    ],
)
async def test_reply_language_of_a_fixed_text_is_the_last_written_one(text: str, more: dict[str, object], said: str) -> None:
    turns = pipeline(_engine(Rasa(_ok())), _BY_LANGUAGE, max_chars=100, detect=_english)
    (block,) = (await turns.answer(_context(text, **more))).blocks
    assert isinstance(block, TextBlock)
    assert block.text == said


async def test_turn_records_a_change_of_language() -> None:
    async def commands(context: TurnContext) -> Turn | None:
        return Turn(outcome=Outcome.COMMAND) if context.text == "MORE passport" else None

    async def spoken(context: TurnContext) -> str:
        return (await _answer(Rasa(_ok()), context, detect=_english, sms_commands=commands)).spoken

    assert await spoken(_context("lost my passport")) == "en"
    assert await spoken(_context("lost my passport", last_written_language="en")) == ""
    assert await spoken(_context("bonjour, ma carte", last_written_language="en")) == "fr"
    assert await spoken(_context("Renew", payload="/choose", last_written_language="en")) == ""
    assert await spoken(_context("MORE passport")) == ""  # a keyword is nobody's language


@pytest.mark.parametrize(
    ("text", "spoken", "heard"),
    [
        ("price", "en", ""),
        ("documentos", "es", ""),
        ("merci", "en", "fr"),
        ("price", "", ""),
        ("je voudrais un passeport pour mon fils", "en", "fr"),
        ("I earn 1500 euros", "en", ""),
        ("naci en Madrid", "es", ""),
        ("perdi mi pasaporte", "es", ""),
        ("et pour mon fils", "en", "fr"),
        ("combien ça coûte ?", "es", "fr"),
    ],
)
async def test_reply_language_of_a_short_message_is_the_last_written_one(text: str, spoken: str, heard: str) -> None:
    turn = await _answer(Rasa(_ok()), _context(text, last_written_language=spoken), detect=detect)
    assert turn.spoken == heard


@pytest.mark.parametrize(
    ("context", "outcome", "text"),
    [
        (_context(" \n\u00a0", channel="web"), Outcome.SMALL_TALK, "gateway_blank"),
        (_context("", channel="sms"), Outcome.SMALL_TALK, "gateway_text_only"),
        (_context("x" * 101), Outcome.NO_ANSWER, "gateway_too_long"),
        (_context("3", offered=("/a", "/b")), Outcome.CHOICES, "gateway_choice_unknown"),
        (_context("1", choices_not_shown=True), Outcome.CHOICES, "gateway_choice_unshown"),
        (_context("••• !", masked=("phone",)), Outcome.PERSONAL_DATA, "gateway_personal_data_only"),
        (_context(attempts=MAX_ATTEMPTS + 1), Outcome.FALLBACK, "gateway_fallback"),
    ],
)
async def test_step_that_ends_the_turn_needs_no_engine(context: TurnContext, outcome: Outcome, text: str) -> None:
    rasa = Rasa(_ok())
    aside = outcome == Outcome.CHOICES  # what was offered before can still be chosen
    assert await _answer(rasa, context) == Turn(outcome=outcome, blocks=(TextBlock(text=text),), aside=aside)
    assert rasa.asked == []


async def test_masked_data_notice_is_above_the_answer() -> None:
    turn = await _answer(Rasa(_ok()), _context("appelez ••• pour ma carte", masked=("phone",)))
    assert turn.blocks[0] == NoticeBlock(text="gateway_personal_data")
    assert len(turn.blocks) == 2


async def test_engine_request_has_the_hint_of_a_kept_number() -> None:
    rasa = Rasa(_ok())
    turn = await _answer(rasa, _context("•••", masked=("phone",), number_hint="•• 42"))
    assert [(asked["text"], asked["number"]) for asked in rasa.asked] == [("•••", "•• 42")]
    assert len(turn.blocks) == 1  # the form asked for it: no notice
    both = await _answer(rasa, _context("••• ou •••", masked=("email", "phone"), number_hint="•• 42"))
    assert isinstance(both.blocks[0], NoticeBlock)


async def test_number_instead_of_a_yes_reaches_the_form_without_a_notice() -> None:
    rasa = Rasa(httpx.Response(200, json=_ANSWER | {"outcome": "handoff_offline"}))
    turn = await _answer(rasa, _context("•••", masked=("phone",), number_for_yes_or_no=True))
    assert [asked["text"] for asked in rasa.asked] == ["•••"]
    assert len(turn.blocks) == 1  # no notice of masking above


async def test_number_with_a_question_instead_of_a_yes_has_the_notice() -> None:
    turn = await _answer(
        Rasa(_ok()), _context("•••, combien coûte un passeport ?", masked=("phone",), number_for_yes_or_no=True)
    )
    assert isinstance(turn.blocks[0], NoticeBlock)


async def test_engine_request_has_the_payload_of_a_named_option_or_button() -> None:
    rasa = Rasa(_ok())
    await _answer(rasa, _context("2", offered=("/a", "/b"), chosen_payload="/b"))
    await _answer(rasa, _context("Carte", payload="/c"))
    assert [(asked["text"], asked["payload"]) for asked in rasa.asked] == [(None, "/b"), (None, "/c")]


@pytest.mark.parametrize("first", [httpx.Response(503), httpx.ConnectError("refused"), httpx.ReadError("cut")])
async def test_engine_request_after_a_temporary_failure_is_repeated(first: httpx.Response | Exception) -> None:
    rasa = Rasa(first, _ok())
    assert (await _answer(rasa, _context())).outcome == Outcome.SMALL_TALK
    assert [asked["message_id"] for asked in rasa.asked] == ["m", "m"]


@pytest.mark.parametrize("answer", [httpx.Response(401), httpx.Response(422), httpx.Response(200, json={"outcome": "?"})])
async def test_engine_request_when_refused_gives_the_fallback_at_once(answer: httpx.Response) -> None:
    rasa = Rasa(answer)
    assert (await _answer(rasa, _context())).outcome == Outcome.FALLBACK
    assert len(rasa.asked) == 1


async def test_turn_after_the_deadline_is_the_fallback() -> None:
    rasa = Rasa(httpx.Response(503))
    assert (await _answer(rasa, _context(deadline=Deadline.after(0.01)))).outcome == Outcome.FALLBACK


async def test_step_that_fails_gives_the_fallback() -> None:
    async def commands(context: TurnContext) -> Turn | None:
        if context.text == "boom":
            raise RuntimeError("a step of somebody else's")
        return Turn(outcome=Outcome.COMMAND) if context.text == "STOP" else None

    rasa = Rasa(_ok())
    assert (await _answer(rasa, _context("STOP"), sms_commands=commands)).outcome == Outcome.COMMAND
    assert (await _answer(rasa, _context("boom"), sms_commands=commands)).outcome == Outcome.FALLBACK
    assert (await _answer(rasa, _context("autre"), sms_commands=commands)).outcome == Outcome.SMALL_TALK


async def test_turn_when_cancelled_raises() -> None:
    async def stuck(_context: TurnContext) -> Turn | None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await _answer(Rasa(_ok()), _context(), sms_commands=stuck)


async def test_engine_after_five_failed_connections_is_skipped_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    rasa = Rasa(httpx.ConnectError("refused"))
    engine = _engine(rasa)
    request = EngineRequest(conversation="c", message_id="m", channel="web", language="fr", text="x")
    began = time.monotonic()
    for _ in range(5):
        with pytest.raises(EngineUnavailable):
            await engine.turn(request, deadline=Deadline.after(0.001).at)
    monkeypatch.setattr(time, "monotonic", lambda: began)  # however slow the machine is, two seconds have not passed
    with pytest.raises(EngineUnavailable, match="breaker"):
        await engine.turn(request, deadline=began + 5)
    assert len(rasa.asked) == 5


async def test_engine_gone_for_five_seconds_fails_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rasa = Rasa(httpx.ConnectError("refused"))
    engine = _engine(rasa)
    request = EngineRequest(conversation="c", message_id="m", channel="sms", language="fr", text="x")
    with pytest.raises(EngineUnavailable):
        await engine.turn(request, deadline=Deadline.after(0.001).at)
    later = time.monotonic() + 6
    monkeypatch.setattr(time, "monotonic", lambda: later)  # stands still: whoever waited would wait for ever
    with pytest.raises(EngineUnavailable, match="ConnectError"):
        await engine.turn(request, deadline=later + 12)
    assert len(rasa.asked) == 2


async def test_engine_with_failing_turns_stays_available() -> None:
    rasa = Rasa(*[httpx.Response(503)] * 8, _ok())
    engine = _engine(rasa)
    request = EngineRequest(conversation="c", message_id="m", channel="web", language="fr", text="x")
    for _ in range(8):
        with pytest.raises(EngineUnavailable):
            await engine.turn(request, deadline=Deadline.after(0.001).at)
    assert (await engine.turn(request, deadline=Deadline.after(5).at)).outcome == Outcome.SMALL_TALK


@pytest.mark.parametrize(("text", "here"), [("perdu mon passeport", True), ("perdu mon passeport " * 100, False)])
async def test_message_reading_of_a_long_text_leaves_the_event_loop_free(text: str, here: bool) -> None:
    threads: list[bool] = []

    def detect(text: str, expected: str) -> str:
        threads.append(threading.get_ident() == loop)
        return expected

    loop = threading.get_ident()
    await pipeline(_engine(Rasa(_ok())), _WORDING, max_chars=5000, detect=detect).answer(_context(text))
    assert threads == [here]


async def test_wish_for_a_human_misunderstood_by_the_engine_is_fulfilled() -> None:
    waiting = httpx.Response(200, json={"outcome": "handoff_waiting", "blocks": [{"type": "text", "text": "Un instant."}]})
    rasa = Rasa(_ok(), waiting)
    turn = await _answer(rasa, _context("Allô ? Il y a quelqu'un ?"))
    assert turn.outcome == Outcome.HANDOFF_WAITING
    assert [(asked["message_id"], asked.get("enquiry", False)) for asked in rasa.asked] == [("m", False), ("m-answer", True)]


async def test_greeting_is_sent_to_the_engine_once() -> None:
    rasa = Rasa(_ok())
    await _answer(rasa, _context("bonjour"))
    assert len(rasa.asked) == 1

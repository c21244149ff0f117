"""Cards in the language of the message, with the words of the domain."""

from __future__ import annotations

from datetime import date

import httpx
import pytest

from conversations.engine.rasa_client import RasaClient
from conversations.turn_pipeline import TurnPipeline
from core.turns import AnswerBlock, Frame, Source
from tests.unit.conversations.pipelines import pipeline
from tests.unit.conversations.test_care import WORDING, context

CARD = AnswerBlock(
    entry="F1",
    entry_version=1,
    snapshot="s",
    title="Passeport",
    body="86 €.",
    source=Source(name="service-public.fr", url="https://exemple.fr"),
    verified_on=date(2020, 7, 21),
)
ANSWERED = {"outcome": "answered", "blocks": [CARD.model_dump(mode="json")], "entry": "F1", "entry_version": 1}


def _turns(found: str) -> TurnPipeline:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=ANSWERED))
    engine = RasaClient(["http://rasa"], "secret", max_concurrent=1, transport=transport)
    return pipeline(engine, WORDING, max_chars=200, detect=lambda text, expected: found)


@pytest.mark.parametrize(
    ("language", "open_page", "verified_on", "case"),
    [
        ("en", "Open the page", "Verified on {date}", "Your situation"),
        ("es", "Abrir la página", "Verificada el {date}", "Su situación"),
        ("ar", "فتح الصفحة", "تم التحقق في {date}", "وضعيتكم"),
    ],
)
async def test_framing_in_another_language_labels_the_card_in_it(
    language: str, open_page: str, verified_on: str, case: str
) -> None:
    for asked in (context("passport"), context("Renew", payload="/choose", last_written_language=language)):
        (card,) = (await _turns(language).answer(asked)).blocks
        assert isinstance(card, AnswerBlock)
        assert card.frame is not None
        assert card.frame.language == language
        words = card.frame.words
        assert (words["open_page"], words["verified_on"], words["case"]) == (open_page, verified_on, case)


async def test_framing_in_the_language_of_the_conversation_changes_nothing() -> None:
    assert (await _turns("fr").answer(context("passeport"))).blocks == (CARD,)
    assert (await _turns("en").answer(context("passport", language="en"))).blocks == (CARD,)


def test_card_without_a_frame_keeps_the_older_form() -> None:
    assert "frame" not in CARD.model_dump(mode="json")
    framed = CARD.model_copy(update={"frame": Frame(language="en", words={})})
    assert AnswerBlock.model_validate(framed.model_dump(mode="json")) == framed

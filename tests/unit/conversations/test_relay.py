"""The telephone relay beside the administration's number, in every text that gives it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from channels.sms.encoding import measure
from channels.sms.rendering import SmsRenderer
from cli.demonstration import PHONE
from conversations.additions.relay import ANSWER_BY_MAIL, RelayLine, with_relay
from conversations.wording import Wording
from core.channels import CHANNELS
from core.database.models import Conversation, Message
from core.languages import LANGUAGES
from core.settings import Settings
from core.turns import AnswerBlock, ChoicesBlock, Option, Outcome, PlaceBlock, ReplyBlock, Source, TextBlock, Turn

_ADDRESS = "https://relais.valbourg.example/"
_HOURS = "Du lundi au vendredi de 8 h 30 à 12 h et de 13 h 30 à 17 h"
_SETTINGS = Settings(
    contact_phone=PHONE,
    contact_email="accueil@valbourg.example",
    opening_hours=_HOURS,
    relay_url=_ADDRESS,
    relay_means="Relais téléphonique : texte, LSF, LfPC",
    relay_hours="du lundi au vendredi de 9 h à 17 h",
)
_WORDING = Wording.load(Path("domain.yml")).filled_from(_SETTINGS)
_SMS = {"sms": SmsRenderer(_WORDING)}
_VALUES = {
    "day": "mercredi 12 novembre",
    "time": "8 h 30",
    "service": "Guichet",
    "organisation": "Ville de Valbourg (démonstration)",
    "hours": _HOURS,
}
_TEMPLATES: dict[tuple[str, str, str], str] = {
    (name, channel, language): text
    for channel in CHANNELS
    for language in LANGUAGES
    for name, text in Wording.load(Path("domain.yml")).group("", channel=channel, language=language).items()
    if "{contact}" in text
}


def _text(name: str, channel: str, language: str) -> str:
    template = _TEMPLATES[name, channel, language]
    contact = _SETTINGS.contact_ways if name == "utter_opening_hours" else _SETTINGS.contact
    return re.sub(r"\{(\w+)\}", lambda match: {"contact": contact, **_VALUES}.get(match[1], "xxxxxxxx"), template)


def _added(*blocks: ReplyBlock, channel: str = "web", language: str = "fr") -> Sequence[ReplyBlock]:
    return with_relay(blocks, _WORDING, _SMS, channel=channel, language=language)


@pytest.mark.parametrize(("name", "channel", "language"), sorted(_TEMPLATES))
def test_relay_below_every_text_with_the_number_fits_two_segments(name: str, channel: str, language: str) -> None:
    blocks = _added(TextBlock(text=_text(name, channel, language)), channel=channel, language=language)
    assert isinstance(blocks[-1], TextBlock)
    assert _ADDRESS in blocks[-1].text
    assert blocks[-1].text.startswith({"fr": ("Personnes sourdes", "Sourds"), "en": ("Deaf", "Deaf")}[language])
    if channel == "sms":
        rendered = _SMS["sms"](blocks, language=language)
        assert measure(rendered.text).segments <= 2
        assert PHONE in rendered.text


def test_relay_on_the_website_has_means_and_hours() -> None:
    *_, line = _added(TextBlock(text=f"Appelez le {PHONE}."))
    assert isinstance(line, TextBlock)
    assert line.text == (
        "Personnes sourdes ou malentendantes\u00a0: Relais téléphonique : texte, LSF, LfPC "
        f"(du lundi au vendredi de 9 h à 17 h), {_ADDRESS}"
    )


def test_relay_in_a_long_sms_drops_the_hours_then_the_line() -> None:
    long = "Voici une phrase. " * 11
    given = f"{long}Contact : {PHONE}, {_HOURS}."
    (text, line) = _added(TextBlock(text=given), channel="sms")
    assert isinstance(text, TextBlock)
    assert text.text == f"{long}Contact : {PHONE}."
    assert isinstance(line, TextBlock)
    full = TextBlock(text=f"{'Voici une phrase. ' * 15}{PHONE}")
    assert _added(full, channel="sms") == (full,)


def test_relay_is_placed_below_places_pages_and_choice_texts() -> None:
    place = PlaceBlock(name="Mairie", kind="mairie", commune="99999", phone=PHONE, source=Source(name="Ville", url=""))
    page = AnswerBlock(
        entry="e", entry_version=1, snapshot="s", title="t", body=f"Tél. {PHONE}", source=place.source, locale="fr"
    )
    choices = ChoicesBlock(purpose="menu", text=f"Contact : {PHONE}", options=(Option(label="Rappel", payload="/a"),))
    assert [block.type for block in _added(place)] == ["place", "text"]
    assert [block.type for block in _added(page)] == ["answer", "text"]
    assert [block.type for block in _added(page, channel="sms")] == ["answer"]
    assert [block.type for block in _added(choices)] == ["text", "text", "choices"]


def test_relay_without_number_or_setting_adds_nothing() -> None:
    assert [block.type for block in _added(TextBlock(text="Bonjour."))] == ["text"]
    without = Wording.load(Path("domain.yml")).filled_from(Settings(contact_phone=PHONE, relay_url="", relay_means=""))
    blocks = (TextBlock(text=PHONE),)
    assert with_relay(blocks, without, _SMS, channel="web", language="fr") == blocks


async def test_relay_is_in_the_language_of_the_conversation() -> None:
    turn = Turn(outcome=Outcome.NO_ANSWER, blocks=(TextBlock(text=f"Contact: {PHONE}."),))
    conversation = Conversation(id="c", channel="web", language="fr", spoken="es")
    changed = await RelayLine(_WORDING, _SMS)(cast(AsyncSession, None), conversation, cast(Message, None), turn)
    assert isinstance(changed.blocks[-1], TextBlock)
    assert changed.blocks[-1].text.startswith("Personas sordas")
    calm = Turn(outcome=Outcome.SMALL_TALK, blocks=(TextBlock(text="Bonjour."),))
    assert await RelayLine(_WORDING, _SMS)(cast(AsyncSession, None), conversation, cast(Message, None), calm) is calm


async def _offers(turn: Turn, *, channel: str = "web", offers_mail: bool = True) -> list[str]:
    """The payloads that are offered with ``turn`` once the relay was added."""
    line = RelayLine(_WORDING, _SMS, offers_mail=lambda: offers_mail)
    about = Conversation(id="c", channel=channel, language="fr")
    turn = await line(cast(AsyncSession, None), about, Message(), turn)
    return [option.payload for block in turn.blocks if isinstance(block, ChoicesBlock) for option in block.options]


async def test_below_the_relay_the_website_offers_the_answer_by_mail() -> None:
    refusal = Turn(outcome=Outcome.NO_ANSWER, blocks=(TextBlock(text=f"Appelez le {PHONE}."),))
    assert await _offers(refusal) == [ANSWER_BY_MAIL]
    assert await _offers(refusal, offers_mail=False) == []
    assert await _offers(refusal, channel="sms") == []
    assert await _offers(refusal.model_copy(update={"blocks": (TextBlock(text="Je ne sais pas."),)})) == []
    assert await _offers(refusal.model_copy(update={"outcome": Outcome.FALLBACK})) == [], "the form would not answer"
    menu = ChoicesBlock(purpose="menu", options=(Option(label="Par e-mail", payload=ANSWER_BY_MAIL),))
    offered = refusal.model_copy(update={"blocks": (*refusal.blocks, menu)})
    assert await _offers(offered) == [ANSWER_BY_MAIL], "once"

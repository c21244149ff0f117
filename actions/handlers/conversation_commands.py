"""``action_move``: what the worker carries out, since the record is its own: repeat, another language, to a phone, erase."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.handlers.answer_enquiry import AnswerEnquiry
from actions.situation.places import COUNTRY
from actions.situation.reading import said
from core.settings import Settings
from core.text.folding import unaccented
from core.turns import Outcome
from retrieval.contracts import Retriever

_MOVES = {"repeat": "repeat", "erase_now": "erase", "send_by_sms": "to_phone"}
_PICKED = "speak_"  # a button's intent, with the code of a language
# How people name the languages that we have words in.
_TONGUES = {
    **dict.fromkeys(("francais", "french", "frances", "الفرنسية", "بالفرنسية"), "fr"),
    **dict.fromkeys(("english", "anglais", "ingles", "الانجليزية", "بالانجليزية"), "en"),
    **dict.fromkeys(("espanol", "espagnol", "spanish", "castellano", "الاسبانية"), "es"),
    **dict.fromkeys(("arabe", "arabic", "العربية", "بالعربية"), "ar"),
    **dict.fromkeys(("portugues", "portugais", "portuguese"), "pt"),
    **dict.fromkeys(("turc", "turkish", "turkce"), "tr"),
    **dict.fromkeys(("ukrainien", "ukrainian", "украінськоі", "украінською", "украінську"), "uk"),
}
# Who names none says it in the one that they want.
_TELLING = {
    "en": ("i", "don", "do", "not", "speak", "understand", "my", "bad"),
    "es": ("no", "hablo", "entiendo", "comprendo", "frances"),
    "ar": ("لا", "افهم", "اتكلم", "الفرنسية"),
    "pt": ("nao", "falo", "entendo", "compreendo", "percebo", "frances"),
    "tr": ("fransızca", "fransizca", "bilmiyorum", "anlamıyorum", "anlamiyorum", "konusmuyorum", "konusamıyorum"),
    "uk": ("не", "розумію", "розмовляю", "говорю", "понимаю", "французьку", "французькою", "французски", "французский"),
}


class Move(Action):  # type: ignore[misc]
    """Says which move is asked for, and no word; asks which language where it cannot tell.

    A country is no language: what only looks like one ("en Espagne") is an enquiry.
    """

    def __init__(self, settings: Settings, retriever: Retriever) -> None:
        self._enquiry = AnswerEnquiry(settings, retriever)

    def name(self) -> str:
        return "action_move"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        intent = str((tracker.latest_message.get("intent") or {}).get("name"))
        if intent in _MOVES:
            dispatcher.utter_message(json_message={"outcome": Outcome.SMALL_TALK, "move": _MOVES[intent]})
            return []
        picked = intent.removeprefix(_PICKED)
        text = str(tracker.latest_message.get("text") or "")
        language = picked if intent != picked else _wanted(text)
        if not language and COUNTRY in said(text):
            events: list[dict[str, Any]] = await self._enquiry.run(dispatcher, tracker, domain)
            return events
        if language:
            dispatcher.utter_message(json_message={"outcome": Outcome.SMALL_TALK, "language": language})
        else:
            dispatcher.utter_message(response="utter_languages", json_message={"outcome": Outcome.SMALL_TALK})
        return []


def _wanted(text: str) -> str:
    """Returns the language that ``text`` names (not the French that somebody does not speak), or is written in."""
    words = re.findall(r"[^\W_]+", _plain(text))
    counts = {language: sum(word in telling for word in words) for language, telling in _TELLING.items()}
    best = max(counts, key=lambda language: counts[language])
    if counts[best] > 1:
        return best
    return next((_TONGUES[word] for word in words if word in _TONGUES), "")


def _plain(text: str) -> str:
    return unaccented(text.lower().replace("إ", "ا").replace("أ", "ا"))

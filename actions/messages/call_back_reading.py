"""The meaning of a message while the call-back form is being filled in. Pure.

Words decide, not the classifier: "lundi matin" or "le 06 …" are answers here, and enquiries elsewhere.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.text.folding import unaccented
from core.yaml_text import table

CONSENT, NUMBER, TIME, SUBJECT, CONFIRMED = (
    "call_back_consent",
    "call_back_number",
    "call_back_time",
    "call_back_subject",
    "call_back_confirmed",
)
SLOTS = (CONSENT, NUMBER, TIME, SUBJECT, CONFIRMED)
BY = "call_back_by"  # "mail": the answer is to come by e-mail, and ``NUMBER`` has the hint of an address
OWN = "own"  # the number from which the SMS came
_LONGEST = {TIME: 100, SUBJECT: 200}  # characters that are stored
_FEW_WORDS = 6
_LIKE_ADDRESS = re.compile(r"\A[\w.+-]+\.[a-z]{2,}\Z|\barobas|\(at\)")  # without its sign, or spelt out

_WORDS = table(Path(__file__).with_name("call_back_words.yml"))


def _pattern(name: str) -> re.Pattern[str]:
    """Returns one expression for the alternatives under ``name``, for ``search``; those for the start are anchored."""
    listed = _WORDS[name]
    return re.compile("|".join([*listed.get("anywhere", ()), *(rf"\A(?:{start})" for start in listed.get("start", ()))]))


_CANCEL, _YES, _NO, _OWN = _pattern("cancel"), _pattern("affirm"), _pattern("deny"), _pattern("own_number")
_TIME, _ASKS, _ABOUT, _INSTEAD = _pattern("time"), _pattern("question"), _pattern("about"), _pattern("instead")
_BY_MAIL = _pattern("by_mail")
# Addressed to the bot, not to the form.
_SMALL_TALK = frozenset({"greet", "thank", "goodbye", "help", "ask_if_bot", "ask_human", "choose", "choose_case"})


@dataclass(frozen=True, slots=True)
class Said:
    """A message during the form. ``number``: the visible part of a number or an address in it that was stored; empty if none
    was. ``by_mail``: the form asks for an e-mail address.
    """

    text: str
    intent: str = ""
    number: str = ""
    identified_by_number: bool = False
    by_mail: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """The meaning: ``filled`` slots, or ``cancelled``, or ``unclear`` (ask again, after the ``response`` with the reason).

    None of them: the message is not for the form, but a question in between.
    """

    filled: dict[str, Any] | None = None
    cancelled: bool = False
    unclear: str = ""


def read(said: Said, asked: str) -> Reading:
    """Returns the meaning of ``said`` after the question for the slot ``asked``."""
    text = _fold(said.text)
    if comes_too_soon(said, asked):
        said = replace(said, intent="")  # the classifier knows no numbers: an intent that it finds in one is no consent
    moment = asked == TIME and _TIME.search(text)  # the classifier takes "n'importe quand" for a refusal
    if _CANCEL.search(text) or (said.intent == "cancel" and not moment):
        return Reading(cancelled=True)
    if said.number and asked != CONSENT:  # also at a later step: "non, le numéro c'est …"
        return Reading(filled={NUMBER: said.number})
    if said.intent in _SMALL_TALK and not _TIME.search(text):  # "demain" alone resembles a goodbye
        return Reading()
    answer = {CONSENT: _consent, NUMBER: _number, TIME: _time, SUBJECT: _subject, CONFIRMED: _confirmed}[asked]
    return answer(said, text)


def wants_mail(text: str) -> bool:
    """Decides whether ``text`` asks for the answer by e-mail."""
    folded = _fold(text)
    return bool(_BY_MAIL.search(folded)) and not _is_question(folded)


def comes_too_soon(said: Said, asked: str) -> bool:
    """Decides whether a number or an address is given when consent is asked for."""
    return asked == CONSENT and _has_number(said, _fold(said.text))


def _consent(said: Said, text: str) -> Reading:
    if _yes(said, text):
        return Reading(filled={CONSENT: True})
    if _no(said, text):
        return Reading(cancelled=True)
    if _has_number(said, text) and not _is_question(text) and len(text.split()) <= 2 * _FEW_WORDS:
        # It was not stored, and is asked for after the yes.
        return Reading(unclear="utter_call_back_mail_consent_first" if said.by_mail else "utter_call_back_consent_first")
    return Reading()


def _number(said: Said, text: str) -> Reading:
    if said.by_mail:
        given = "@" in text or _has_number(said, text) or _yes(said, text) or _no(said, text) or _LIKE_ADDRESS.search(text)
        return Reading(unclear="utter_call_back_mail_wrong") if given else Reading()
    if said.identified_by_number and (_yes(said, text) or _OWN.search(text)):
        return Reading(filled={NUMBER: OWN})
    if _TIME.search(text) and not _is_question(text) and len(text.split()) <= _FEW_WORDS:
        return Reading(filled={TIME: _kept(said, TIME)})  # given before it is asked for
    if _has_number(said, text) or _only_digits(text) or _yes(said, text) or _no(said, text) or _OWN.search(text):
        return Reading(unclear="utter_call_back_number_wrong")
    return Reading()


def _time(said: Said, text: str) -> Reading:
    if _TIME.search(text) and not (_ASKS.search(text) and text.endswith("?")):
        return Reading(filled={TIME: _kept(said, TIME)})
    if _yes(said, text) or _no(said, text):
        return Reading(unclear="utter_call_back_time_wrong")
    if _is_question(text) or len(text.split()) > _FEW_WORDS:
        return Reading()
    return Reading(filled={TIME: _kept(said, TIME)})


def _subject(said: Said, text: str) -> Reading:
    """Takes any message for the subject, also a question: it is the reason for the call."""
    if _yes(said, text) and len(text.split()) <= _FEW_WORDS:
        return Reading(filled={SUBJECT: ""})  # the question asked last
    if _INSTEAD.search(text) and _TIME.search(text) and not said.by_mail:
        return Reading(filled={TIME: _kept(said, TIME)})
    if _no(said, text) and len(text.split()) == 1:
        return Reading(unclear="utter_call_back_subject_wrong")
    return Reading(filled={SUBJECT: _kept(said, SUBJECT)})


def _confirmed(said: Said, text: str) -> Reading:
    if _yes(said, text) and not _TIME.search(text):
        return Reading(filled={CONFIRMED: True})
    if said.identified_by_number and _OWN.search(text):
        return Reading(filled={NUMBER: OWN})
    if _is_question(text):
        return Reading()
    if found := _ABOUT.search(text):
        return Reading(filled={SUBJECT: said.text[found.end() :].strip(" :,.")[: _LONGEST[SUBJECT]] or ""})
    if _TIME.search(text) and not said.by_mail:
        return Reading(filled={TIME: _kept(said, TIME)})
    return Reading(unclear="utter_call_back_mail_what_to_change" if said.by_mail else "utter_call_back_what_to_change")


def _yes(said: Said, text: str) -> bool:
    return said.intent == "affirm" or bool(_YES.search(text))


def _no(said: Said, text: str) -> bool:
    return said.intent == "deny" or bool(_NO.search(text))


def _has_number(said: Said, text: str) -> bool:
    """Decides whether the message contains a number, masked or of four digits or more."""
    return "•" in said.text or sum(character.isdigit() for character in text) >= 4


def _only_digits(text: str) -> bool:
    """Decides whether the message is an incomplete number ("12", "06 1"), also one too short to identify."""
    return bool(text) and any(map(str.isdigit, text)) and not any(map(str.isalpha, text))


def _is_question(text: str) -> bool:
    return text.endswith("?") or bool(_ASKS.search(text))


def _kept(said: Said, slot: str) -> str:
    return " ".join(said.text.split())[: _LONGEST[slot]]


def _fold(text: str) -> str:
    """Returns ``text`` in lower case, without accents. Its length does not change if accents are single characters."""
    return unaccented(unicodedata.normalize("NFC", text).replace("’", "'").casefold()).strip()

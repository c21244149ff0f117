"""Step: commands that the worker carries out, since it owns the record: repeat, another language, to a phone, erase."""

import re

from actions.policy.about_the_matter import adds_to_question, is_told
from actions.replies.utterance import Reply, Utterance, say
from actions.situation.places import COUNTRY
from actions.situation.reading import facts_in
from actions.turn.turn import Turn
from core.turns import Outcome
from retrieval.terms.analysis import fold

_COMMANDS = {"repeat": "repeat", "erase_now": "erase", "send_by_sms": "to_phone"}
_PICKED = "speak_"  # intent of a button, followed by the code of a language
# Citizens' names for the languages that the service speaks.
_LANGUAGES_BY_NAME = {
    **dict.fromkeys(("francais", "french", "frances", "الفرنسية", "بالفرنسية"), "fr"),
    **dict.fromkeys(("english", "anglais", "ingles", "الانجليزية", "بالانجليزية"), "en"),
    **dict.fromkeys(("espanol", "espagnol", "spanish", "castellano", "الاسبانية"), "es"),
    **dict.fromkeys(("arabe", "arabic", "العربية", "بالعربية"), "ar"),
    **dict.fromkeys(("portugues", "portugais", "portuguese"), "pt"),
    **dict.fromkeys(("turc", "turkish", "turkce"), "tr"),
    **dict.fromkeys(("ukrainien", "ukrainian", "украінськоі", "украінською", "украінську"), "uk"),
}
# A message that names no language is written in the wanted one.
_WORDS_OF = {
    "en": ("i", "don", "do", "not", "speak", "understand", "my", "bad"),
    "es": ("no", "hablo", "entiendo", "comprendo", "frances"),
    "ar": ("لا", "افهم", "اتكلم", "الفرنسية"),
    "pt": ("nao", "falo", "entendo", "compreendo", "percebo", "frances"),
    "tr": ("fransızca", "fransizca", "bilmiyorum", "anlamıyorum", "anlamiyorum", "konusmuyorum", "konusamıyorum"),
    "uk": ("не", "розумію", "розмовляю", "говорю", "понимаю", "французьку", "французькою", "французски", "французский"),
}


def conversation_command(turn: Turn) -> Reply | None:
    """Names the requested command, and utters nothing; asks for the language if it is not clear.

    Passes for a country, which is no language ("en Espagne"), and for what a page may ask of people.
    """
    if turn.intent in _COMMANDS:
        return _to_worker(move=_COMMANDS[turn.intent])
    if turn.typed and (is_told(turn) or adds_to_question(turn)):  # "faut parler français ?", "elle est espagnole"
        return None
    picked = turn.intent.removeprefix(_PICKED)
    language = picked if turn.intent != picked else _language_wanted(turn.text)
    if language:
        return _to_worker(language=language)
    if COUNTRY in facts_in(turn.text):
        return None
    return Reply((say("utter_languages", {"outcome": Outcome.SMALL_TALK}),))


def _to_worker(**command: str) -> Reply:
    return Reply((Utterance(None, {"outcome": Outcome.SMALL_TALK, **command}),))


def _language_wanted(text: str) -> str:
    """Returns the language that ``text`` asks for, or is written in ("je ne parle pas français" does not ask for French)."""
    words = re.findall(r"[^\W_]+", fold(text))
    counts = {language: sum(word in known for word in words) for language, known in _WORDS_OF.items()}
    best = max(counts, key=lambda language: counts[language])
    if counts[best] > 1:
        return best
    return next((_LANGUAGES_BY_NAME[word] for word in words if word in _LANGUAGES_BY_NAME), "")

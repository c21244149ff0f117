"""Keywords that the service itself obeys when they are a whole message. Pure; the dialogue engine never sees them."""

import re
from enum import StrEnum

from core.text.folding import unaccented


class Keyword(StrEnum):
    """The command of a keyword."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    CONTACT = "contact"
    MORE = "more"
    FRENCH = "french"
    ENGLISH = "english"
    LANGUAGE = "language"
    ERASE = "erase"


# STOP and START include the words that operators and providers obey by themselves: their meaning must be the same here.
_STOP = "stop,stopall,stop all,stop sms,arret,arreter,desabonner,desabonnement,unsubscribe,cancel,end,quit,optout,revoke"
_WORDS = {
    **dict.fromkeys(_STOP.split(","), Keyword.STOP),
    **dict.fromkeys(("start", "debut", "reprendre", "oui stop", "unstop"), Keyword.START),
    **dict.fromkeys(("aide", "help", "info", "infos"), Keyword.HELP),
    **dict.fromkeys(("contact", "contacts"), Keyword.CONTACT),
    **dict.fromkeys(("suite", "la suite", "more", "next"), Keyword.MORE),
    **dict.fromkeys(("francais", "french", "en francais"), Keyword.FRENCH),
    **dict.fromkeys(("english", "anglais", "in english"), Keyword.ENGLISH),
    **dict.fromkeys(("langue", "language"), Keyword.LANGUAGE),
    **dict.fromkeys(("effacer", "erase"), Keyword.ERASE),
}
CHOOSE_LANGUAGE = frozenset({Keyword.FRENCH, Keyword.ENGLISH, Keyword.LANGUAGE})
_NOISE = re.compile(r"[^a-z0-9]+")


def keyword(text: str) -> Keyword | None:
    """Returns the keyword that ``text`` is, whatever its case, accents and punctuation; ``None`` for any other text."""
    folded = unaccented(text.casefold(), "NFKD").casefold()  # casefold again: a sign ("™") may stand for capital letters
    return _WORDS.get(_NOISE.sub(" ", folded).strip())


def language_after(command: Keyword | None, present: str) -> str:
    """Returns the language in which a conversation in ``present`` continues after the keyword."""
    if command is Keyword.LANGUAGE:
        return "fr" if present == "en" else "en"
    return {Keyword.FRENCH: "fr", Keyword.ENGLISH: "en"}.get(command, present) if command else present

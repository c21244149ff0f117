"""Recognises a message that refuses the reply before it, from the record's data: button, masked text, reply.

The record does not keep the engine's intent. If the engine took a typed message for a refusal and nothing else, the reply shows
it. A refusal that also names a subject ("non pas ça, la perte de papiers") is recognised by its words.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from conversations.wording import Wording
from core.text.folding import fold

_BUTTON = "/none_of_these"  # "Aucune de ces réponses", pressed, or typed by its label or number
_REPLIES = ("utter_deny", "utter_none_of_these")
_LEAD = r"\A\W*+(?:(?:non|nan|nn|no|nope|ah|oh|euh|ben|mais|merci|desolee?|pardon|erreur|sorry)\b\W*+){0,6}"
_NEVER = r"(?:pas?|nullement)\s+(?:du tou?t?\s+)?"
_IS_NOT = r"(?:(?:ce )?n'(?:est|etait)|c'?\s?(?:est|etait)|c)\s+(?:vraiment\s+|toujours\s+)?" + _NEVER
_NAMED = r"(?:fiche|page|reponse|document|sujet|question|kestion|objet|demande)\b"
_REFUSED = "|".join(
    (
        _IS_NOT + r"(?:(?:ca|cela|sa|bon)\b|[cs]e (?:que|ke|qui)\b|(?:l[ea']|m[ao]n?)\s?(?:bon+e?\s+)?" + _NAMED + ")",
        r"pas (?:du tout |exactement |vraiment |tout a fait )?(?:ca|cela|sa|cel[lu]+[ie]-(?:la|ci)|ceux-la|cette "
        + _NAMED
        + ")",
        r"(?:ca|cela|sa)\s+(?:ne |n')?(?:repond|correspond|m'aide|aide|me convient|convient) pas?\b",
        r"(?:(?:ca|cela|sa)\s+)?(?:n'a |na |a )?(?:rien a voir|aucun rapport)\b|(?:ca|cela|sa) n'a pas de rapport\b",
        r"(?:vous etes )?a cote(?: de la plaque| du sujet)?\W*$|hors sujet\W*$|mauvaise? " + _NAMED,
        r"aucune?(?: d'entre | de (?:ces|ceux|celles|vos)\b| des (?:deux|trois)\b| ne (?:me )?(?:convient|correspond)\b)",
        r"rien de (?:tout )?(?:ca|cela|sa)\b|ni l'une? ni l'autre\b",
        r"(?:je )?(?:n'ai |ai )?(?:pas|ne) demande\b|je (?:ne )?parl[ea]i?s? pas? d",
        r"je (?:cherchais|parlais|voulais) (?:d')?autre chose\b|c'est autre chose\b",
        r"(?:vous|tu|t)\b.?(?:ne )?(?:n'|m')?(?:avez|as) (?:pas compris|mal compris)\b",
        r"vous (?:vous )?(?:trompez|repondez a cote)\b",
        r"(?:that'?s |it'?s |that is |it is |it isn't |no ){0,3}not (?:that|it|right|what i|my question)\b",
        r"none of (?:these|those|them)\b",
        r"neither\b|wrong (?:answer|page)\b|no es eso\b|ningun[ao]?\b",
    )
)
_REFUSAL = re.compile(rf"{_LEAD}(?:{_REFUSED})")
_POLITE = re.compile(r"\b(?:merci|besoin|ca ira|ca va aller|c'?est bon|sans facon|thanks?|thx|gracias)\b")


def refuses(text: str, payload: str, *, answered_as_refusal: bool) -> bool:
    """Decides whether a message (masked ``text``, or ``payload`` of a button) refuses the reply before it.

    ``answered_as_refusal``: whether the assistant answered it as a refusal; "non merci" and "ça ira" are still no refusals. Nor
    are the buttons "Non" (``/deny``): only the call-back form has them.
    """
    if payload:
        return payload.startswith(_BUTTON)
    folded = fold(text)
    return _REFUSAL.match(folded) is not None or (answered_as_refusal and _POLITE.search(folded) is None)


def is_reply_to_refusal(blocks: Iterable[Mapping[str, Any]], refusal_texts: Collection[str]) -> bool:
    """Decides whether a reply is one of those to a refusal; ``refusal_texts``: their texts, in every channel and language."""
    return any(block.get("text") in refusal_texts for block in blocks)


def replies_to_refusals(domain: Path) -> frozenset[str]:
    """Returns the texts that answer a refusal, from the present domain. Raises ``WordingError``."""
    return Wording.load(domain).variations(*_REPLIES)

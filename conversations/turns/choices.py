"""Typed choices: the meaning of "2", "le deuxième", "oui" or a button's label depends on the last offer."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.text.folding import compatible, unaccented
from core.text.yes_no import is_bare_yes

# For texts with single spaces only (``_normalise``).
_WISH = r"(?:je (?:veux|prends|choisis) |i (?:want|choose) )?"
_AFTER = r" ?(?:one)? ?(?:svp|stp|s'il vous pla[iî]t|merci|please)? ?[.!]*+"
# "2", "2.", "(2)", "n°2", "le 2", "choix 2", "option 2", "2 svp", and nothing else around it.
_NUMBER = re.compile(
    rf"{_WISH}(?:le|la|the|n°|no|num[ée]ro|choix|option|number|r[ée]ponse)? ?[(\[]? ?(\d{{1,2}}) ?[)\].!]*+{_AFTER}",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    rf"{_WISH}(?:(?:le|la|the) )?([a-zèé]+|\d{{1,2}}(?:ers?|ère|[eè]me|e|st|nd|rd|th))(?: (?:choix|option))?{_AFTER}",
    re.IGNORECASE,
)
_BEFORE_LABEL = re.compile(r"^(?:je (?:veux|prends|choisis)|plutot|c'est|i (?:want|choose)|it's) ")
_AFTER_LABEL = re.compile(r" (?:svp|stp|s'il vous plait|s'il te plait|merci|please|thanks|thank you)$")
# "je sais pas trop", "aucune idée", "peu importe", "les deux": after a question about the case they all mean "I do not know".
_CANNOT_TELL = re.compile(
    r"(?:(?:ben|bah|euh|heu|non|mais|oui|alors|ok|desolee?|franchement|honnetement|sorry|well) ){0,6}"
    r"(?:(?:je |j' ?|j )?(?:ne |n'en |n' |en )?(?:le |l')?(?:sais|sait|ses|c) (?:pas|rien|plus)"
    r"|jsp|jsais pas|chais pas|chepa|aucune idee|pas d'idee|pas la moindre idee|(?:je ne |je |j' |c'est )?(?:suis )?pas sure?"
    r"|(?:peu )?importe|n'importe|ca depend|ca m'est egal|comme vous voulez|les deux|tous les deux|toutes les deux|tous|toutes"
    r"|i (?:do not|don't|dont) know|idk|not sure|i'm not sure|no idea|both|either|any|it depends|does not matter|doesn't matter"
    r"|no (?:lo )?se|ni idea|depende|los dos|las dos|ambos|لا اعرف|لا ادري|لست متاكدا?)"
    r"(?: (?:trop|du tout|vraiment|moi|encore|exactement|lequel|laquelle|quoi (?:choisir|repondre|dire)"
    r"|(?:lequel|laquelle) (?:choisir|c'est)|quel cas|svp|merci|really|yet|which one|which)){0,6}"
)
_CASES = "/choose_case"

_ORDINALS = {
    **dict.fromkeys(("premier", "première", "premiere", "first", "un", "une", "one"), 1),
    **dict.fromkeys(("deuxième", "deuxieme", "second", "seconde", "deux", "two"), 2),
    **dict.fromkeys(("troisième", "troisieme", "third", "trois", "three"), 3),
    **dict.fromkeys(("quatrième", "quatrieme", "fourth", "quatre", "four"), 4),
    **dict.fromkeys(("cinquième", "cinquieme", "fifth", "cinq", "five"), 5),
    **dict.fromkeys(("sixième", "sixieme", "sixth", "six"), 6),
    **dict.fromkeys(("septième", "septieme", "seventh", "sept", "seven"), 7),
    **dict.fromkeys(("huitième", "huitieme", "eighth", "huit", "eight"), 8),
    **dict.fromkeys(("neuvième", "neuvieme", "ninth", "neuf", "nine"), 9),
    **dict.fromkeys(("dixième", "dixieme", "tenth", "dix", "ten"), 10),
    **dict.fromkeys(("dernier", "dernière", "derniere", "last"), -1),
}


def option_by_number(text: str, offered: Sequence[str] | None) -> str | None:
    """Returns the payload that ``text`` picks from ``offered`` (number 1 first), or ``None`` if it picks none.

    A "yes" picks a single offer; among several it picks none.
    """
    if not offered:
        return None
    normalised = _normalise(text)
    if len(offered) == 1 and is_bare_yes(normalised):
        return offered[0]
    number = _number(normalised)
    if number == -1:
        return offered[-1]
    return offered[number - 1] if 1 <= number <= len(offered) else None


def is_number(text: str) -> bool:
    """Decides whether ``text`` is a number and nothing else: "3", "le deuxième"."""
    return _number(_normalise(text)) != 0


def option_in_blocks(text: str, blocks: Iterable[Mapping[str, Any]]) -> str | None:
    """Returns the payload that a bare number ``text`` picks from the ``blocks`` of a reply event; ``None`` if it picks none.

    For readers who see the choices numbered through the whole reply: the plain page, ``./guichet ask``.
    """
    if not is_number(text):
        return None
    return option_by_number(text, [option["payload"] for block in blocks for option in block.get("options", ())])


def option_by_label(text: str, options: Sequence[tuple[str, str]]) -> str | None:
    """Returns the payload of the option (label, payload) whose label ``text`` is, ignoring case, accents and punctuation.

    A "please" around it is ignored; if two options have the same label, none is picked.
    """
    wanted = _plain(text)
    bare = _AFTER_LABEL.sub("", _BEFORE_LABEL.sub("", wanted))
    for normalised in (wanted, bare):
        payloads = {payload for label, payload in options if _plain(label) == normalised}
        if normalised and payloads:
            return payloads.pop() if len(payloads) == 1 else None
    return None


def unsure_option(text: str, offered: Iterable[str]) -> str | None:
    """Returns the payload of ``offered`` that means "I do not know", if ``text`` says so in any words; else ``None``."""
    if not _CANNOT_TELL.fullmatch(_plain(text).replace("أ", "ا")):
        return None
    unsure = [payload for payload in offered if _is_unsure(payload)]
    return unsure[0] if len(unsure) == 1 else None


def _is_unsure(payload: str) -> bool:
    """Decides whether ``payload`` names a question and none of its cases (``action_choose_case``)."""
    if not payload.startswith(_CASES):
        return False
    try:
        return set(json.loads(payload.removeprefix(_CASES))) == {"entry", "fork"}
    except ValueError:
        return False


def is_unknown_number(text: str, offered: Sequence[str] | None, *, not_shown: bool = False) -> bool:
    """Decides whether ``text`` is a number that was not ``offered``: a slip, not a question.

    ``not_shown``: there are choices, but no space was left to show them.
    """
    match = _NUMBER.fullmatch(_normalise(text)) if offered or not_shown else None
    return match is not None and not 1 <= int(match[1]) <= len(offered or ())


def _normalise(text: str) -> str:
    return " ".join(compatible(text).replace("’", "'").split())


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[\w']+", unaccented(_normalise(text).lower())))


def _number(normalised: str) -> int:
    """Returns the number that ``normalised`` names, -1 for the last, 0 for none."""
    if match := _NUMBER.fullmatch(normalised):
        return int(match[1])
    match = _ORDINAL.fullmatch(normalised)
    if not match:
        return 0
    word = match[1].lower()
    digits = re.match(r"\d+", word)
    return int(digits[0]) if digits else _ORDINALS.get(word, 0)

"""Seeded changes of a reply's words, each of which its proof must find, as by an error or by somebody who deceives."""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Callable, Mapping
from typing import Any

from core.proof.verify import shown_texts

type Json = dict[str, Any]
type Change = Callable[[random.Random, str], str]

_NOT_PROVED = re.compile(
    r"\]\([^)]*\)|https?://\S+|\(\d+ sur \d+\)"
)  # addresses are compared as such; the count of a list is not
_SENTENCE = re.compile(r"[^.!?\n|]{20,}[.!?]")
_OTHERS = (
    "La demande est gratuite.",
    "Vous devez vous présenter en personne au consulat.",
    "Le silence de l'administration pendant 2 mois vaut rejet.",
    "Aucun document n'est demandé.",
)


def _on_match(pattern: str, new: Callable[[random.Random, str], str]) -> Change:
    """Returns a change that rewrites one match of ``pattern``; it returns the text as it was if there is none."""

    def change(rng: random.Random, text: str) -> str:
        hidden = [one.span() for one in _NOT_PROVED.finditer(text)]
        found = [one for one in re.finditer(pattern, text) if not any(a <= one.start() < b for a, b in hidden)]
        if not found:
            return text
        one = rng.choice(found)
        return text[: one.start()] + new(rng, one[0]) + text[one.end() :]

    return change


def _other_digit(rng: random.Random, digit: str) -> str:
    return rng.choice([one for one in "0123456789" if one != digit])


def _other_word(rng: random.Random, word: str) -> str:
    return rng.choice([one for one in ("gratuit", "jamais", "toujours", "préfet", "interdit") if one != word])


def _other_page(rng: random.Random, text: str) -> str:
    sentences = list(_SENTENCE.finditer(text))
    at = rng.choice(sentences).end() if sentences else len(text)
    return f"{text[:at]} {rng.choice(_OTHERS)}{text[at:]}"


CHANGES: Mapping[str, Change] = {
    "digit": _on_match(r"\d", _other_digit),
    "word": _on_match(r"\b[^\W\d_]{3,}\b", _other_word),
    "word dropped": _on_match(r"(?<=\w )[^\W\d_]{4,} (?=\w)", lambda *_: ""),
    "negation removed": _on_match(r"(?<=\w )(?:ne |n['’]|pas |jamais |aucune? )(?=\w)", lambda *_: ""),
    "negation added": _on_match(r"\b(?:est|peut|doit|sont|peuvent|doivent|devez|pouvez)\b", lambda _, verb: f"{verb} pas"),
    "sentence of another page": _other_page,
}


def changed(reply: Json, rng: random.Random) -> tuple[str, Json] | None:
    """Returns the name of a change and the changed copy of ``reply``: in a card, in the text, or in both alike.

    ``None`` if the reply has no card or extract.
    """
    cards = [(pointer, shown) for pointer, shown, card in shown_texts(reply) if card]
    for name in rng.sample(sorted(CHANGES), len(CHANGES)):
        pointer, shown = rng.choice(cards or [("", "")])
        new = CHANGES[name](rng, shown)
        if new != shown:
            other = copy.deepcopy(reply)
            where = rng.choice(("card", "text", "both"))
            if where != "text" or shown not in reply["text"]:
                holder: Any = other
                *path, last = pointer.split("/")[1:]
                for step in path:
                    holder = holder[int(step) if step.isdigit() else step]
                holder[last] = new
            if where != "card":
                other["text"] = other["text"].replace(shown, new)
            return f"{name}, {where}", other
    return None

"""Messages as they come from telephones: the same question without accents, in SMS writing, with slips, in capitals,
unpunctuated.

Everything depends on a seed and the text only: the same question always gets the same noise.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from core.text.folding import unaccented

SLIP_EVERY = 14  # letters between two slips, on average: one or two in a sentence, as on a telephone
_WORD = re.compile(r"\w+|\W+")

# The rows of an AZERTY keyboard: a finger slips to a neighbouring key.
_ROWS = ("azertyuiop", "qsdfghjklm", "wxcvbn")
_NEIGHBOURS = {
    letter: [
        other
        for at, row in enumerate(_ROWS)
        if abs(at - line) <= 1
        for place, other in enumerate(row)
        if abs(place - column) <= 1 and other != letter
    ]
    for line, letters in enumerate(_ROWS)
    for column, letter in enumerate(letters)
}

# Abbreviations of whole words.
_SHORT = {
    "bonjour": "bjr", "bonsoir": "bsr", "salut": "slt", "merci": "mrc", "pour": "pr", "dans": "ds", "avec": "av", "sans": "ss",
    "vous": "vs", "nous": "ns", "tout": "tt", "tous": "ts", "toujours": "tjs", "beaucoup": "bcp", "quand": "qd", "que": "ke",
    "qui": "ki", "quoi": "koi", "quel": "kel", "quelle": "kel", "quels": "kel", "quelles": "kel", "comment": "cmt",
    "pourquoi": "pk", "combien": "cb", "parce": "pcq", "est": "é", "c'est": "c", "suis": "sui", "fait": "fé", "faire": "fer",
    "faut": "fo", "peux": "peu", "veux": "veu", "dois": "doi", "j'ai": "g", "temps": "tps", "rendez-vous": "rdv", "même": "mm",
    "quelque": "qq", "quelqu'un": "qqn", "problème": "pb", "maintenant": "mnt", "aujourd'hui": "ajd", "demande": "dem",
    "téléphone": "tel", "numéro": "num", "appartement": "appart", "renouveler": "renouvlé", "beau": "bo", "nouveau": "nouvo",
    "svp": "svp", "plus": "+", "moins": "-", "un": "1", "une": "1",
}  # fmt: skip
_SOUNDS = (("eau", "o"), ("au", "o"), ("qu", "k"), ("ph", "f"), ("ss", "s"), ("er ", "é "), ("ez ", "é "), ("ait ", "é "))


def without_accents(text: str, chance: random.Random) -> str:
    """Returns the text without accents and cedillas."""
    return unaccented(text)


def sms(text: str, chance: random.Random) -> str:
    """Returns the text with all known abbreviations, and spelling by sound in a word out of four."""
    text = re.sub(r"\bj'ai\b|\bc'est\b", lambda found: _SHORT[found[0].lower()], text, flags=re.IGNORECASE)
    text = re.sub(r"rendez[- ]vous", "rdv", text, flags=re.IGNORECASE)
    written = []
    for part in _WORD.findall(text):
        short = _SHORT.get(part.lower())
        written.append(short if short else _by_sound(part) if len(part) > 4 and chance.random() < 0.25 else part)
    return "".join(written).lower()


def slips(text: str, chance: random.Random) -> str:
    """Returns the text with slips: a letter doubled, left out, exchanged with the next, or replaced by its neighbour on an
    AZERTY keyboard.
    """
    letters = list(text)
    at = 0
    while at < len(letters):
        if letters[at].lower() in _NEIGHBOURS and chance.random() < 1 / SLIP_EVERY:
            kind = chance.choice(("neighbour", "missing", "double", "swap"))
            if kind == "neighbour":
                letters[at] = chance.choice(_NEIGHBOURS[letters[at].lower()])
            elif kind == "missing":
                letters[at] = ""
            elif kind == "double":
                letters[at] *= 2
            elif at + 1 < len(letters) and letters[at + 1].isalpha():
                letters[at], letters[at + 1] = letters[at + 1], letters[at]
                at += 1
        at += 1
    return "".join(letters)


def upper(text: str, chance: random.Random) -> str:
    """Returns the text IN CAPITALS."""
    return text.upper()


def unpunctuated(text: str, chance: random.Random) -> str:
    """Returns the text without punctuation, including apostrophes and hyphens."""
    return " ".join(re.sub(r"[^\w\s]", " ", text).split())


def everything(text: str, chance: random.Random) -> str:
    """Returns the text in SMS writing with slips, without accents or punctuation."""
    for noise in (sms, slips, without_accents, unpunctuated):
        text = noise(text, chance)
    return text


Noise = Callable[[str, random.Random], str]
NOISES: dict[str, Noise] = {
    "accents": without_accents,
    "sms": sms,
    "slips": slips,
    "upper": upper,
    "punctuation": unpunctuated,
    "all": everything,
}


def noisy(text: str, kind: str, seed: int = 1) -> str:
    """Returns ``text`` with the noise ``kind`` of ``NOISES``."""
    return NOISES[kind](text, random.Random(f"{seed} {kind} {text}"))  # noqa: S311 - reproducible, no secret


def _by_sound(word: str) -> str:
    sounded = f"{word.lower()} "
    for written, heard in _SOUNDS:
        sounded = sounded.replace(written, heard)
    return sounded.strip()

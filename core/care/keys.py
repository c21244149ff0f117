"""Words as they sound: spelling mistakes, SMS writing and lost accents leave a word's key as it is. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from core.text.folding import unaccented
from core.text.slang import DANGER

_MARKS = "\u0640"  # Arabic tatweel, which only widens a word
_ARABIC = str.maketrans("أإآٱىةؤئ", "ااااي" + "هوي")
# Turkish has an i without a dot, and a capital one with it, which lower() takes apart; one Ukrainian apostrophe is a letter to
# regular expressions. Telephones write all of them as their neighbours.
_TYPED = str.maketrans({"ı": "i", "İ": "i", "ʼ": "'", "’": "'", "œ": "oe", "æ": "ae"})
_WORD = re.compile(r"[^\W_]+")

_GLUED_I = re.compile(r"j(?=[bcdfghklmnpqrstvwxz])(\w{2,})")

_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ph", "f"), ("sc(?=[eiy])", "s"), ("ch", "X"), ("qu|q|ck", "k"), ("gu(?=[eiy])", "g"), ("g(?=[eiy])", "j"),
        ("c(?=[eiy])", "s"), ("c", "k"), ("h", ""), ("y", "i"), ("z", "s"), ("eau|au", "o"), ("oeu|oe", "eu"),
        ("[ae]i(?![mn])", "e"), ("e[mn](?=[bcdfgjklpqrstvzX])", "an"), (r"(\S)\1+", r"\1"),
    )
)  # fmt: skip
_ENDING = re.compile(r"(?:aient|ees|ent|ait|ais|ai|ee|es|er|ez|e)$")
_SILENT = re.compile(r"[stxd]{1,2}$")
_SHORT = 3  # letters; shorter words have no ending to lose


def fold(text: str) -> str:
    """``text`` in lower case without accents, its words apart by one space, SMS words spelled out."""
    composed = unicodedata.normalize("NFKC", text).translate(_TYPED).lower().translate(_TYPED)
    words: list[str] = []
    for word in _WORD.findall(composed.replace(_MARKS, "")):
        plain = word if word.isascii() else _bare(word)
        spelled = DANGER.get(word) or DANGER.get(plain)
        if spelled is None:
            spelled = _apart(plain) if "j" in plain else plain
        words.extend(spelled.split())
    return " ".join(words)


def _apart(plain: str) -> str:
    """Returns a word with an "I" glued to it as two, each spelled out."""
    return " ".join(DANGER.get(part, part) for part in _GLUED_I.sub(r"je \1", plain).split())


def key(word: str, *, whole: bool = True) -> str:
    """Returns the key of a folded word; without ``whole``, of the beginning of one, whose end is not to be cut."""
    return _as_heard(_stem(word) if whole else word)


def keys(words: Iterable[str]) -> str:
    """The keys of folded ``words``, apart by one space: heard all at once, since each sound costs the same for one of them."""
    return _as_heard(" ".join(map(_stem, words)))


def _stem(word: str) -> str:
    if len(word) <= _SHORT:
        return word
    # What stands before a written ending is heard ("agresse"), what ends a word is not ("coups").
    cut = _ENDING.sub("", word)
    heard = cut if cut != word else _SILENT.sub("", word)
    return heard if len(heard) > 1 else word


def _as_heard(stems: str) -> str:
    for pattern, sound in _SOUNDS:
        stems = pattern.sub(sound, stems)
    return stems


def _bare(text: str) -> str:
    return unaccented(text.translate(_ARABIC))

"""Phonetic keys of words: different spellings in SMS, and mistakes, get one key ("kelkun" is "quelqu'un").

Coarser than ``core.care.keys``, which patterns rely on: here a key is one feature among many, together with letters.
"""

import re
from functools import lru_cache

from core.text.folding import fold
from core.text.slang import DIALOGUE

_WORD = re.compile(r"[^\W_]+")
_KNOWN = 20_000  # words whose key is cached: the vocabulary of a dialogue is smaller
_SHORT = 3  # letters; shorter words have no ending to drop

_GLUED_I = re.compile(r"j(?=[bcdfgklmnpqrstvwxz])(\w{2,})")

_SOUND_RULES = tuple(
    (re.compile(letters), sound)
    for letters, sound in (
        ("ph", "f"), ("sc(?=[eiy])", "s"), ("ch", "x"), ("qu|q|ck", "k"), ("gu(?=[eiy])", "g"), ("g(?=[eiy])", "j"),
        ("c(?=[eiy])", "s"), ("c", "k"), ("h", ""), ("y", "i"), ("z", "s"), ("eau|au", "o"), ("oeu|oe", "eu"),
        ("[ae]i(?![mn])", "e"), ("[ae][mn](?=[bcdfgjklpqrstvx])", "an"), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip
_ENDING = re.compile(r"(?:aient|ees?|ent|ait|ais|ai|es|ers?|ez|e)$")
_SILENT = re.compile(r"[stxd]{1,2}$")


def phonetic_keys(text: str) -> str:
    """Returns the keys of ``text``'s words, one space between them."""
    return " ".join(key for word in _WORD.findall(fold(text)) for key in _keys_of(word))


@lru_cache(maxsize=_KNOWN)
def _keys_of(word: str) -> tuple[str, ...]:
    """Returns the keys of the words for which a folded word stands."""
    whole = DIALOGUE.get(word)
    if whole is None and (glued := _GLUED_I.fullmatch(word)):
        whole = f"je {DIALOGUE.get(glued[1], glued[1])}"
    return tuple(_key(part) for part in (whole or word).split())


def _key(word: str) -> str:
    stem = word
    if len(word) > _SHORT:
        # A written ending is mute, or one of several spellings of a sound; the letters before it are spoken.
        cut = _ENDING.sub("", word)
        stem = cut if cut != word else _SILENT.sub("", word)
        stem = stem if len(stem) > 1 else word
    for pattern, sound in _SOUND_RULES:
        stem = pattern.sub(sound, stem)
    return stem

"""Words as they are heard: what SMS spelling and mistakes write in many ways has one key ("kelkun" is "quelqu'un").

Coarser than ``core.care.keys``, which patterns rely on: here a key is one feature among many, and letters stand beside it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.components.folding import fold

_WORD = re.compile(r"[^\W_]+")
_KNOWN = 20_000  # words whose key is kept: a dialogue's vocabulary is smaller
_SHORT = 3  # letters; shorter words have no ending to lose

# What the sound does not tell: words that are glued, or that only their consonants are left of.
_WRITTEN_OUT = {
    "bjr": "bonjour", "bsr": "bonsoir", "slt": "salut", "stp": "s il te plait", "svp": "s il vous plait", "pls": "please",
    "plz": "please", "mrc": "merci", "mci": "merci", "pr": "pour", "pk": "pourquoi", "pq": "pourquoi", "qd": "quand",
    "tt": "tout", "ts": "tous", "tjr": "toujours", "tjrs": "toujours", "tjs": "toujours", "bcp": "beaucoup", "rn": "rien",
    "qqn": "quelqu un", "kelkun": "quelqu un", "kelqun": "quelqu un", "qqch": "quelque chose", "kelke": "quelque", "ds": "dans",
    "av": "avec", "avc": "avec", "ac": "avec", "vs": "vous", "ns": "nous", "mtn": "maintenant", "msg": "message",
    "rdv": "rendez vous", "tel": "telephone", "num": "numero", "auj": "aujourd hui", "dc": "donc", "cb": "combien",
    "cmt": "comment", "koman": "comment", "comen": "comment", "coman": "comment", "dmd": "demande", "tps": "temps",
    "g": "j ai", "jai": "j ai", "c": "c est", "ct": "c etait", "ya": "il y a", "yatil": "y a t il", "t": "t es", "k": "que",
    "esk": "est ce que", "eske": "est ce que", "es": "est", "keske": "qu est ce que", "kes": "qu est", "kesk": "qu est ce que",
    "chui": "je suis", "chuis": "je suis", "jsui": "je suis", "jsuis": "je suis", "jveu": "je veux", "jveux": "je veux",
    "jve": "je veux", "jvx": "je veux", "ve": "veux", "pe": "peux", "jpe": "je peux", "fo": "faut", "o": "au", "e": "et",
    "d": "de", "l": "le", "mn": "mon", "mm": "meme", "u": "you", "thx": "thanks",
}  # fmt: skip
_GLUED_I = re.compile(r"j(?=[bcdfgklmnpqrstvwxz])(\w{2,})")

_SOUNDS = tuple(
    (re.compile(written), heard)
    for written, heard in (
        ("ph", "f"), ("sc(?=[eiy])", "s"), ("ch", "x"), ("qu|q|ck", "k"), ("gu(?=[eiy])", "g"), ("g(?=[eiy])", "j"),
        ("c(?=[eiy])", "s"), ("c", "k"), ("h", ""), ("y", "i"), ("z", "s"), ("eau|au", "o"), ("oeu|oe", "eu"),
        ("[ae]i(?![mn])", "e"), ("[ae][mn](?=[bcdfgjklpqrstvx])", "an"), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip
_ENDING = re.compile(r"(?:aient|ees?|ent|ait|ais|ai|es|ers?|ez|e)$")
_SILENT = re.compile(r"[stxd]{1,2}$")


def sounds(text: str) -> str:
    """Returns the keys of ``text``'s words, one space between them."""
    return " ".join(heard for word in _WORD.findall(fold(text)) for heard in _heard(word))


@lru_cache(maxsize=_KNOWN)
def _heard(word: str) -> tuple[str, ...]:
    """Returns the keys of what a folded word stands for."""
    whole = _WRITTEN_OUT.get(word)
    if whole is None and (glued := _GLUED_I.fullmatch(word)):
        whole = f"je {_WRITTEN_OUT.get(glued[1], glued[1])}"
    return tuple(_key(part) for part in (whole or word).split())


def _key(word: str) -> str:
    stem = word
    if len(word) > _SHORT:
        # A written ending is mute or one of many ways to write it, but what stands before it is heard.
        cut = _ENDING.sub("", word)
        stem = cut if cut != word else _SILENT.sub("", word)
        stem = stem if len(stem) > 1 else word
    for pattern, heard in _SOUNDS:
        stem = pattern.sub(heard, stem)
    return stem

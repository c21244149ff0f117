"""Words by their sound: spelling mistakes, SMS writing and missing accents do not change a word's key. Pure functions."""

import re
from collections.abc import Iterable

from core.text.folding import compatible, unaccented
from core.text.slang import DANGER

_MARKS = "\u0640"  # Arabic tatweel, which only widens a word
_ARABIC = str.maketrans("أإآٱىةؤئ", "ااااي" + "هوي")
# Turkish has a dotless i and a dotted capital I, which lower() decomposes; a Ukrainian apostrophe is a letter to regular
# expressions. People type the plain characters instead.
_TYPED = str.maketrans({"ı": "i", "İ": "i", "ʼ": "'", "’": "'", "œ": "oe", "æ": "ae"})
_WORD = re.compile(r"[^\W_]+|[.!?…؟](?=\s)|\n")
SENTENCE_END = "."  # stands between the sentences of a folded text; never first or last

_GLUED_I = re.compile(r"j(?=[bcdfghklmnpqrstvwxz])(\w{2,})")

_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ph", "f"), ("sc(?=[eiy])", "s"), ("ch", "X"), ("qu|q|ck", "k"), ("gu(?=[eiy])", "g"), ("g(?=[eiy])", "j"),
        ("c(?=[eiy])", "s"), ("c", "k"), ("h", ""), ("y", "i"), ("z", "s"), ("eau|au", "o"), ("oeu|oe", "eu"),
        ("[ae]i(?![mn])", "e"), ("e[mn](?=[bcdfgjklpqrstvzX])", "an"), (r"([^\W\d])\1+", r"\1"),
    )
)  # fmt: skip
_ENDING = re.compile(r"(?:aient|ees|ent|ait|ais|ai|ee|es|er|ez|e)$")
_SILENT = re.compile(r"[stxd]{1,2}$")
_SHORT = 3  # letters; shorter words have no ending to lose
# Frequent words that sound like a word of a danger ("laisse", "mère"), and are nearly never written for it.
_KEPT = {word: f"{word}=" for word in ("les", "maire", "mai", "loyer")}


def fold(text: str) -> str:
    """Returns ``text`` in lower case without accents, with single spaces between words and SMS words written in full.
    ``SENTENCE_END`` stands between its sentences.
    """
    composed = compatible(text).translate(_TYPED).lower().translate(_TYPED)
    words: list[str] = []
    for word in _WORD.findall(composed.replace(_MARKS, "").strip()):
        if not word[0].isalnum():
            if words and words[-1] != SENTENCE_END:
                words.append(SENTENCE_END)
            continue
        plain = word if word.isascii() else _bare(word)
        spelled = DANGER.get(word) or DANGER.get(plain)
        if spelled is None:
            spelled = _apart(plain) if "j" in plain else plain
        words.extend(spelled.split())
    return " ".join(words[:-1] if words[-1:] == [SENTENCE_END] else words)


def words_of(folded: str) -> list[str]:
    """Returns the words of a folded text, without the ends of its sentences."""
    return [word for word in folded.split() if word != SENTENCE_END]


def _apart(plain: str) -> str:
    """Returns a word to which an "I" is glued as two words, each written in full."""
    return " ".join(DANGER.get(part, part) for part in _GLUED_I.sub(r"je \1", plain).split())


def key(word: str, *, whole: bool = True) -> str:
    """Returns the key of a folded word. Without ``whole``, ``word`` is the beginning of a word and keeps its ending."""
    return _as_heard(_stem(word) if whole else word)


def keys(words: Iterable[str]) -> str:
    """Returns the keys of folded ``words``, with single spaces between them. One call for all is as quick as for one."""
    return _as_heard(" ".join(map(_stem, words)))


def _stem(word: str) -> str:
    if word in _KEPT or len(word) <= _SHORT:
        return _KEPT.get(word, word)
    # What stands before a written ending is pronounced ("agresse"); what ends a word is not ("coups").
    cut = _ENDING.sub("", word)
    spoken = cut if cut != word else _SILENT.sub("", word)
    return spoken if len(spoken) > 1 else word


def _as_heard(stems: str) -> str:
    for pattern, sound in _SOUNDS:
        stems = pattern.sub(sound, stems)
    return stems


def _bare(text: str) -> str:
    return unaccented(text.translate(_ARABIC))

"""Recognises a message that asks the same question again in other words. Pure: compares letters, without index or model."""

import re

from core.text.folding import unaccented

# Share of common letters (Dice, on groups of three) from which two messages ask the same. Chosen on all four sets of
# tests/evaluation/dialogues, in which nobody rewords: none of 601 next messages reaches it, and there is no held-out figure. Of
# pairs of questions by different people about one page, 36 in 100 reach it in questions/messages.jsonl, which was used for the
# choice, too, and 14 in 100 of the 536 pairs of the *_held_out sets, which were not. A rewording without a common word is not
# recognised.
SAME_QUESTION = 0.4
_LETTERS = 3
_WORD = re.compile(r"\w+")
_CONTINUATION = re.compile(r"\A\W*+(?:et|and|y)\b")  # "et pour un mineur ?" continues the subject: it rewords nothing
# Words that say nothing about the subject; those of one or two letters are dropped anyway, numbers stay.
_STOP_WORDS = frozenset(
    _WORD.findall("""
    les des une est que qui quoi pas par sur aux son ses mon mes vos nos ont ete pour avec dans sans sous chez entre comment
    combien quand quel quelle quels quelles cette ces cela tout tous toute toutes plus mais donc alors aussi faire fait faut
    dois doit peut peux puis suis sont avoir etre savoir voudrais veux souhaite bonjour bonsoir merci svp vous nous elle ils
    elles leur votre notre the and for are you how what when where which can have does with from this that your need want
    would please
    """)
)


def rewords(question: str, message: str) -> bool:
    """Decides whether ``message`` asks ``question`` again in other words.

    The same words again are no rewording: the citizen may want to see the answer once more.
    """
    first, second = _folded(question), _folded(message)
    if _WORD.findall(first) == _WORD.findall(second) or _CONTINUATION.match(second):
        return False
    return letters_in_common(question, message) >= SAME_QUESTION


def letters_in_common(one: str, other: str) -> float:
    """Returns the share (0 to 1) of groups of three letters common to both texts, in words that name a subject."""
    first, second = _groups(one), _groups(other)
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


def _groups(text: str) -> set[str]:
    words = [word for word in _WORD.findall(_folded(text)) if (len(word) > 2 or word.isdigit()) and word not in _STOP_WORDS]
    padded = (f" {word} " for word in words)
    return {word[at : at + _LETTERS] for word in padded for at in range(len(word) - _LETTERS + 1)}


def _folded(text: str) -> str:
    return unaccented(text.lower())

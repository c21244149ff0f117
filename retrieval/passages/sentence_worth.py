"""The relevance of a page's sentences to a question. Used if a part is too long to be shown whole."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.entry import Entry
from core.opening_sentences import opening_rank
from retrieval.passages.choice import Asked
from retrieval.terms.analysis import fold, terms

# bonus of an editors' opening sentence; each further one gets slightly less (ADR 0063)
OPENING_WORTH = 1.0
OPENING_STEP = 0.1
ASPECT_WORTH = 0.7  # bonus of a sentence with a general aspect that is asked for: an amount, a time, a place


# "Par téléphone : 34 00, coût d'un appel local": a contact tells no cost or time of what is asked for.
_CONTACT = re.compile(r"\W{0,6}par (?:telephone|messagerie|courriel|courrier electronique|mail|sms|fax|telecopie)\b\W{0,6}:")


def sentence_worth(asked: Asked, sentences: Sequence[str]) -> list[float]:
    """Returns, for each of ``sentences``, the share (0 to 1) of the question's words that it holds, by rarity, and a bonus if
    it states the cost, time or place that is asked for.

    The words that ask for these ("montant", "délai") are left out: the sentence that answers states an amount, not the word.
    """
    content = asked.without_aspect_words()
    return [content.share(set(terms(sentence))) + ASPECT_WORTH * _aspects_in(asked, sentence) for sentence in sentences]


def opening_worth(entry: Entry, sentence: str) -> float:
    """Returns the bonus of ``sentence`` if it opens ``entry`` (``core.opening_sentences``); 0 for any other."""
    rank = opening_rank(entry, sentence)
    return 0.0 if rank is None else max(OPENING_WORTH - OPENING_STEP * rank, 0.0)


def _aspects_in(asked: Asked, sentence: str) -> float:
    """Returns the share of the general aspects asked for that ``sentence`` states."""
    general = [aspect.text for aspect in asked.aspects if aspect.text]
    if not general:
        return 0.0
    folded = fold(sentence)
    if _CONTACT.match(folded):
        return 0.0
    return sum(pattern.search(folded) is not None for pattern in general) / len(general)

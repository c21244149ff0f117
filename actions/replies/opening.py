"""Opens an answer with what its page says for everyone, where it is not sure which part of the page answers."""

from __future__ import annotations

from actions.cards import Card, nothing_asked, opened
from actions.replies.extract import extract
from actions.replies.style import Style
from actions.subject import Subject
from actions.whole import shown, stand_in
from core.decision_trace import note
from core.entry import Entry, passages
from core.text.markdown import plain
from retrieval.contracts import Retriever

# From this likelihood on a part is shown alone. Of 373 questions with the facts that answer them, the page given, the first 600
# characters of its card state these for .40 with the introduction before parts that are less likely, for .38 with it before
# every part, and for .35 without it (ADR 0054).
CLEAR = 0.8
MAX_CHARS = 180  # so that what answers still begins within the first 300 characters


def opened_card(retriever: Retriever, subject: Subject | None, entry: Entry, card: Card, passage: int, style: Style) -> Card:
    """Returns ``card``, below the page's introduction where it is not clear which part of the page is asked for."""
    text = "" if style.by_sms or not is_open(retriever, subject, entry) else opening(entry, passage)
    if not style.by_sms:
        note("introduction", first=bool(text))
    return opened(card, text, entry, style) if text else card


def is_open(retriever: Retriever, subject: Subject | None, entry: Entry) -> bool:
    """Decides whether no part of ``entry`` clearly answers what was asked first of it."""
    if subject is None or not subject.query or subject.latest or subject.entry != entry.id:
        return False
    return retriever.part_likelihood(entry, subject.query) < CLEAR


def opening(entry: Entry, passage: int) -> str:
    """Returns the first whole sentences of the introduction of ``entry``, to stand before passage number ``passage``.

    Empty where the passage is the introduction itself, where the page has none that holds for everyone, and where not even its
    first sentence fits.
    """
    first = stand_in(entry, 0)
    known = passages(entry)
    if passage == first or known[first].cases or known[first].headings or not known[passage].headings:
        return ""
    text = extract(shown(entry, first), nothing_asked, MAX_CHARS, strict=True).text
    return text if len(plain(text, links=False)) <= MAX_CHARS else ""

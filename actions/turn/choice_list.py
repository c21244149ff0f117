"""Choice lists: pages of which the citizen chooses one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from actions.cases.dialogue_state import Focus, packed
from actions.replies.cards import entry_option, theme_option
from actions.replies.labels import labels_for
from actions.replies.mini_cards import mini_card
from actions.replies.page_parts import page_question
from actions.replies.utterance import Reply
from actions.situation.reading import facts_in, passing
from actions.turn.turn import Turn
from core.decision_trace import note
from core.entry import Entry, passages
from core.turns import Option
from retrieval.contracts import Hit, RetrievalResult
from retrieval.terms.analysis import fold

CHOICES = 4  # themes offered
MINI_CARDS = 3
# Pages offered, by channel: on the website the first ones are mini cards; by SMS only the first has an extract.
MOST_PAGES, MOST_PAGES_PAID = 6, 3


class _Page(NamedTuple):
    """A page to offer, with the passage that was found."""

    entry: Entry
    passage: int = 0


def offer(turn: Turn, hits: Sequence[Hit], query: str, result: RetrievalResult) -> Reply:
    """Asks which of the first entries in ``hits``, found with ``result``, is meant."""
    pages = [_Page(entry, hit.passage) for hit in hits if (entry := turn.search.entry_of(hit))]
    return _choose_among(turn, _without_doubles(pages), query, result.snapshot, result.confidence)


def offer_again(turn: Turn) -> Reply | None:
    """Offers again the entries from which this page was chosen; ``None`` if there were none."""
    focus = turn.focus
    pages = [_Page(entry) for one in (focus.offered if focus else ()) if (entry := turn.search.entry(one))]
    return _choose_among(turn, pages, focus.query, turn.snapshot, None) if focus and pages else None


def themes(turn: Turn, hits: Sequence[Hit]) -> list[Option]:
    """Returns the widest themes of the entries in ``hits`` as buttons, the first few in order."""
    entries = [entry for hit in hits if (entry := turn.search.entry_of(hit))]
    names = dict.fromkeys(entry.theme[0] for entry in entries if entry.theme)
    return [theme_option(name) for name in list(names)[:CHOICES]]


def _without_doubles(pages: Sequence[_Page]) -> list[_Page]:
    """Returns the ``pages`` to offer: of several with the same title, theme and audience, only the longest."""
    kept: dict[tuple[object, ...], _Page] = {}
    for page in pages:
        same = kept.setdefault(_as_offered(page.entry), page)
        if _length(page.entry) > _length(same.entry):
            kept[_as_offered(page.entry)] = page
    return [page for page in pages if kept[_as_offered(page.entry)] is page]


def _as_offered(entry: Entry) -> tuple[object, ...]:
    """Returns the properties by which a citizen can distinguish pages."""
    return fold(entry.title), entry.theme, entry.audiences


def _length(entry: Entry) -> int:
    """Returns how many characters ``entry`` has."""
    return sum(len(passage.markdown) for passage in passages(entry))


def _choose_among(turn: Turn, pages: Sequence[_Page], query: str, snapshot: str, confidence: float | None) -> Reply:
    pages = pages[: MOST_PAGES_PAID if turn.style.pays_by_segment else MOST_PAGES]
    labels = labels_for([page.entry for page in pages])
    options = [entry_option(label, page.entry.id, page.passage) for label, page in zip(labels, pages, strict=True)]
    with_extracts = 1 if turn.style.pays_by_segment else MINI_CARDS
    note("offered", pages=len(pages), extracts=min(len(pages), with_extracts))
    cards = [
        with_extract(turn, option, page.entry, query, snapshot)
        for option, page in zip(options, pages[:with_extracts], strict=False)
    ]
    offered = tuple(page.entry.id for page in pages)
    turn = turn.about(Focus(entry="", query=query, opened_by=turn.opened_by, continued_by=turn.continued_by, offered=offered))
    return turn.reply(turn.replies.choose(cards + options[with_extracts:], snapshot=snapshot, confidence=confidence))


def with_extract(turn: Turn, option: Option, entry: Entry, query: str, snapshot: str) -> Option:
    """Returns ``option``, a button of ``entry``, with the part of the page that would answer ``query``."""
    focus = Focus(entry=entry.id, query=query, facts=packed(passing(facts_in(query))))
    best = partial(turn.retriever.best_passage, entry, query)
    case_of, excluded_at = partial(turn.case, focus), partial(turn.excluded, focus)
    asked = page_question(turn.retriever, entry, focus, case_of, excluded_at, best)
    return mini_card(option, best(), snapshot, turn.style, asked)

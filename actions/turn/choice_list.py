"""Choice lists: pages of which the citizen chooses one."""

from collections.abc import Sequence

from actions.cases.dialogue_state import Focus, packed
from actions.messages.aspects import Aspect, passages_on
from actions.replies.cards import entry_option, theme_option
from actions.replies.labels import labels_for
from actions.replies.mini_cards import mini_card
from actions.replies.page_question import page_question
from actions.replies.utterance import Reply
from actions.situation.matching import borne_out
from actions.situation.reading import Facets, demanded, facts_in, passing
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
# A page to offer, and the passage that was found.
type _Page = tuple[Entry, int]


def offer(turn: Turn, hits: Sequence[Hit], query: str, result: RetrievalResult) -> Reply:
    """Asks which of the first entries in ``hits``, found with ``result``, is meant."""
    pages = [(entry, hit.passage) for hit in hits if (entry := turn.search.entry_of(hit))]
    return _choose_among(turn, _without_doubles(pages), query, result.snapshot, result.confidence)


def offer_again(turn: Turn) -> Reply | None:
    """Offers again the entries from which this page was chosen; ``None`` if there were none."""
    focus = turn.focus
    pages = [(entry, 0) for one in (focus.offered if focus else ()) if (entry := turn.search.entry(one))]
    return _choose_among(turn, pages, focus.query, turn.snapshot, None) if focus and pages else None


def offer_in_context(turn: Turn, both: RetrievalResult, aspect: Aspect | None, facts: Facets) -> Reply | None:
    """Offers the same pages with what they say to the message and the question before it; ``None`` if none was offered, or if
    none says anything about the ``aspect`` that the message asks for.

    First come those that do, in the order in which ``both``, the search for the two, found them; before them, the pages found
    that are by their titles for the situation ``facts`` ("je suis étudiant").
    """
    offered = turn.focus.offered if turn.focus else ()
    found = [hit.entry_id for hit in both.hits]
    own = [hit.entry_id for hit in both.hits if facts and borne_out(demanded(hit.title), facts)]
    ranked = sorted(offered, key=lambda one: found.index(one) if one in found else len(found))
    entries = [entry for one in dict.fromkeys((*own, *ranked)) if (entry := turn.search.entry(one))]
    about = {entry.id: passages_on(entry, aspect) if aspect else [0] for entry in entries}
    if not any(about.values()):
        return None
    note("offered_in_context")
    pages = [(entry, (about[entry.id] or [0])[0]) for entry in sorted(entries, key=lambda entry: not about[entry.id])]
    turn = turn.with_stated_facts().with_text_in_context()
    return _choose_among(turn, pages, turn.text, both.snapshot, both.confidence)


def themes(turn: Turn, hits: Sequence[Hit]) -> list[Option]:
    """Returns the widest themes of the entries in ``hits`` as buttons, the first few in order."""
    entries = [entry for hit in hits if (entry := turn.search.entry_of(hit))]
    names = dict.fromkeys(entry.theme[0] for entry in entries if entry.theme)
    return [theme_option(name) for name in list(names)[:CHOICES]]


def _without_doubles(pages: Sequence[_Page]) -> list[_Page]:
    """Returns the ``pages`` to offer: of several with the same title, theme and audience, only the longest."""

    def as_seen(entry: Entry) -> tuple[object, ...]:
        return fold(entry.title), entry.theme, entry.audiences

    def length(page: _Page) -> int:
        return sum(len(passage.markdown) for passage in passages(page[0]))

    kept: dict[tuple[object, ...], _Page] = {}
    for page in pages:
        seen = as_seen(page[0])
        kept[seen] = max(kept.get(seen, page), page, key=length)
    return [page for page in pages if kept[as_seen(page[0])] is page]


def _choose_among(turn: Turn, pages: Sequence[_Page], query: str, snapshot: str, confidence: float | None) -> Reply:
    most, with_extracts = (MOST_PAGES_PAID, 1) if turn.style.pays_by_segment else (MOST_PAGES, MINI_CARDS)
    pages = pages[:most]
    note("offered", pages=len(pages), extracts=min(len(pages), with_extracts))
    options: list[Option] = []
    for number, (label, (entry, passage)) in enumerate(zip(labels_for([entry for entry, _ in pages]), pages, strict=True)):
        option = entry_option(label, entry.id, passage)
        options.append(with_extract(turn, option, entry, query, snapshot) if number < with_extracts else option)
    offered = tuple(entry.id for entry, _ in pages)
    turn = turn.with_focus(
        Focus(entry="", query=query, opened_by=turn.opened_by, continued_by=turn.continued_by, offered=offered)
    )
    return turn.reply(turn.replies.choose(options, snapshot=snapshot, confidence=confidence))


def with_extract(turn: Turn, option: Option, entry: Entry, query: str, snapshot: str) -> Option:
    """Returns ``option``, a button of ``entry``, with the part of the page that would answer ``query``."""
    focus = Focus(entry=entry.id, query=query, continued_by=turn.continued_by, facts=packed(passing(facts_in(query))))
    asked = page_question(turn.retriever, entry, focus, turn.user, turn.settings)
    return mini_card(option, turn.retriever.best_passage(entry, query), snapshot, turn.style, asked)

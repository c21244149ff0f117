"""Steps: a message continues the question before it, or turns to another subject."""

from actions.cases.dialogue_state import Focus
from actions.messages.aspects import names_nothing
from actions.messages.follow_up_classifier import context_features, stands_alone
from actions.messages.follow_up_parser import pattern
from actions.messages.plain_words import plain
from actions.messages.topic_switch import corrected, is_return, turned_to
from actions.replies.style import PAGES
from actions.situation.reading import flat
from actions.turn.earlier_question import earlier_question
from actions.turn.turn import Turn
from core.decision_trace import note
from core.entry import Entry
from retrieval.contracts import RetrievalResult
from retrieval.terms.analysis import terms

# From this confidence on the search for a message has found something.
FOUND = 0.6


def continues(turn: Turn) -> bool:
    """Decides whether the message continues the question before it, rather than being a question of its own.

    A message with a sure answer is one of its own, and so is one that finds a page at least as surely alone; "asdfgh" means
    none of the pages found before. "J'ai dit …", with words said before, and "combien ça coûte ?", which names no subject,
    always continue.
    """
    if not turn.question_before:
        return False
    alone = turn.search.pages(turn.text, PAGES)
    if alone.unknown:
        return False
    if _repeats_itself(turn) or names_nothing(turn.text):
        return True
    if alone.decision == "answered" or _names_a_page(turn.text, alone):
        return False
    both = turn.search.glimpse(turn.in_context, PAGES)
    if alone.confidence >= max(FOUND, both.confidence) or _only_names_another_page(turn, alone, both):
        return False  # "comment refaire mon passeport ?", after a question about the papers of a car
    return not stands_alone(context_features(turn.text, turn.question_before, alone, both))


def _names_a_page(text: str, alone: RetrievalResult) -> bool:
    """Decides whether ``text`` asks the same for something that is the whole title of a page ("et pour un passeport ?")."""
    named = set(terms(text))
    return pattern("same_for").match(plain(text)) is not None and any(named == set(terms(hit.title)) for hit in alone.hits)


def _only_names_another_page(turn: Turn, alone: RetrievalResult, both: RetrievalResult) -> bool:
    """Decides whether the message only names a thing ("et la carte grise ?", after a question about a vote): all of it is in
    the title of the page found for it alone, and nothing of it in the title of the page found for ``both``, nor anywhere on the
    page in focus.
    """
    entry, named = turn.entry_in_focus(), set(terms(turn.text))
    if entry is None or not (named and alone.hits and both.hits) or not pattern("and_a_thing").match(plain(turn.text)):
        return False
    in_title = named <= set(terms(alone.hits[0].title)) and named.isdisjoint(terms(both.hits[0].title))
    return in_title and not turn.retriever.spoken(entry, named)


def continues_on_page(turn: Turn, entry: Entry) -> RetrievalResult | None:
    """Returns the result for the message and the question before it if ``entry`` is found first for both; else ``None``."""
    if not continues(turn):
        return None
    both = turn.search.glimpse(turn.in_context, PAGES)
    return both if both.hits and both.hits[0].entry_id == entry.id else None


def question_in_context(turn: Turn) -> Turn | None:
    """Asks the message and the question before it as one question."""
    if not continues(turn):
        return None
    note("in_context", query=turn.question_before)
    return turn.with_stated_facts().with_text_in_context()


def topic_switch(turn: Turn) -> Turn | None:
    """Continues with the new question, without the previous subject. If it returns to an earlier question, it continues that
    one.
    """
    before = turn.focus.query if turn.focus else ""
    query = turned_to(turn.text) or ("" if _repeats_itself(turn) else corrected(turn.text, before))
    if not query:
        return None
    earlier = earlier_question(turn.events, query) if is_return(turn.text) else None
    note("turned", query=query, earlier=earlier.text if earlier else "")
    return turn.with_focus(Focus(entry=earlier.entry, query=earlier.text) if earlier else None).with_text(query)


def _repeats_itself(turn: Turn) -> bool:
    """Decides whether "j'ai dit …" repeats words of the question or of the page in focus: they were not heard, and the subject
    stays.
    """
    folded, entry, focus = flat(turn.text), turn.entry_in_focus(), turn.focus
    found = pattern("said_before").search(folded)
    if entry is None or focus is None or found is None:
        return False
    repeated = set(terms(folded[found.end() :]))
    said = {*terms(f"{focus.opened_by} {focus.query} {focus.latest}"), *turn.retriever.spoken(entry, repeated)}
    return 2 * len(repeated & said) > len(repeated)

"""Steps: a message that does not name its subject; and the last one, which searches for the answer to a new question."""

from collections.abc import Sequence

from actions.cases.dialogue_state import Focus
from actions.messages.aspects import names_nothing
from actions.policy.offices import with_office
from actions.replies.cards import entry_option
from actions.replies.labels import is_vague
from actions.replies.style import PAGES
from actions.replies.utterance import Reply
from actions.situation.denied_words import contradicted
from actions.turn.choice_list import MINI_CARDS, offer, themes
from actions.turn.page_answer import open_page
from actions.turn.presenter import SearchContext
from actions.turn.turn import Turn
from core.decision_trace import note
from retrieval.contracts import Hit, RetrievalResult
from retrieval.terms.analysis import terms

_MOST_NEAREST = 3  # titles shown when there is no answer


def missing_subject(turn: Turn) -> Reply | None:
    """Asks for the subject of a question that names none ("c'est payant ?")."""
    if turn.focus is not None or not names_nothing(turn.text):
        return None
    note("names_nothing")
    return _clarify(turn, (), turn.search.pages(turn.text, PAGES))


def new_question(turn: Turn) -> Reply:
    """Shows the page that answers, offers those that may, or says that there is none; below it, the office where the citizen
    can do it.

    The model for out-of-scope questions never overrules a page that was found.
    """
    turn = turn.with_stated_facts()
    return with_office(turn, _looked_up(turn))


def _looked_up(turn: Turn) -> Reply:
    result = in_fitting_order(turn.search.pages(turn.text, PAGES), turn.text)
    nearest = result.hits or result.rejected
    bare = _is_bare_subject(result, result.understood or turn.text, nearest)
    note("bare_subject", yes=bare)
    if bare:
        return offer(turn, nearest, turn.text, result)
    sure = result.decision == "answered"
    if sure or _just_offered(turn, result):
        note("sure" if sure else "offered_before")
        return _open_first(turn, result)
    if result.scope == "fragment":
        note("fragment")
        return _clarify(turn, nearest, result)
    if result.hits:
        note("likely")
        return offer(turn, result.hits, turn.text, result)
    # What continues a question for an administration is one, too, and so is what is asked while its page is talked about.
    if result.scope == "outside" and not turn.opened_by and turn.entry_in_focus() is None:
        note("outside")
        return turn.reply(turn.replies.refuse("utter_out_of_scope", snapshot=result.snapshot, confidence=result.confidence))
    note("nothing_found")
    return _nothing_found(turn, result, nearest)


def in_fitting_order(result: RetrievalResult, text: str) -> RetrievalResult:
    """Returns ``result`` with the pages last whose titles affirm what ``text`` denies ("sans enfant").

    If the search was sure of such a page, it is not sure of the one that is first now: pages are offered.
    """
    last = contradicted([hit.title for hit in result.hits], text)
    if not last:
        return result
    order = sorted(range(len(result.hits)), key=lambda number: number in last)
    return result.model_copy(
        update={
            "hits": tuple(result.hits[number] for number in order),
            "decision": result.decision if order[0] == 0 else "choices",
        }
    )


def _is_bare_subject(result: RetrievalResult, understood: str, nearest: Sequence[Hit]) -> bool:
    """Decides whether the message only names a subject ("carte"), however sure the search is of a page.

    Two words with a sure answer are more than a name. The question counts as it was understood: "je me suis fait virer"
    becomes "licenciement".
    """
    if result.decision == "answered" and len(set(terms(understood))) > 1:
        return False
    return is_vague(understood, [hit.title for hit in nearest])


def _just_offered(turn: Turn, result: RetrievalResult) -> bool:
    """Decides whether the pages to offer are those that were offered last: who asks on below them gets no second list."""
    focus = turn.focus
    if focus is None or focus.entry or not focus.offered:
        return False
    return tuple(hit.entry_id for hit in result.hits[:MINI_CARDS]) == focus.offered[:MINI_CARDS]


def _open_first(turn: Turn, result: RetrievalResult) -> Reply:
    """Answers from the first page."""
    best = result.hits[0]
    entry = turn.search.entry_of(best)
    if entry is None or entry.version != best.version:
        raise LookupError("another snapshot became active in between")  # the worker repeats the turn
    return open_page(turn, entry, best.passage, turn.text, SearchContext(result.confidence, result.hits[1:]))


def _nothing_found(turn: Turn, result: RetrievalResult, nearest: Sequence[Hit]) -> Reply:
    """Says that there is no answer, with the nearest titles. By SMS this is one segment."""
    shown = () if turn.style.pays_by_segment or result.unknown else nearest[:_MOST_NEAREST]
    titles = [entry_option(hit.title, hit.entry_id, hit.passage) for hit in shown]
    return turn.reply(
        turn.replies.refuse("utter_no_answer", snapshot=result.snapshot, confidence=result.confidence, nearest=titles)
    )


def _clarify(turn: Turn, hits: Sequence[Hit], result: RetrievalResult) -> Reply:
    """Takes a fragment for a question about the page in focus; else asks for the subject.

    ``result`` is the search result for it; the themes of ``hits`` are offered too.
    """
    entry = turn.entry_in_focus()
    if entry is not None:
        return open_page(turn, entry, turn.retriever.best_passage(entry, turn.text), turn.text)
    turn = turn.with_focus(Focus(entry="", query=turn.text))
    options = themes(turn, hits)
    return turn.reply(turn.replies.menu("utter_clarify", options, snapshot=result.snapshot, confidence=result.confidence))

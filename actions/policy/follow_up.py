"""Step: the message is a follow-up on the page in focus."""

from actions.messages.aspects import Aspect, passages_on
from actions.messages.follow_up_parser import FollowUp, Kind, as_follow_up, pattern
from actions.messages.plain_words import plain
from actions.policy.another_situation import answer_for_situation, answer_where_spoken_of
from actions.policy.easy_words import page_in_short
from actions.policy.neighbour_page import answer_from_neighbour, has_neighbour_for
from actions.policy.subject_change import continues_on_page
from actions.replies.utterance import Reply
from actions.turn.page_answer import answer_from, open_page
from actions.turn.presenter import SearchContext, show_rest
from actions.turn.repeat_detection import left_to_read
from actions.turn.resolution import applies
from actions.turn.turn import Turn
from core.entry import Entry, passages


def follow_up(turn: Turn) -> Reply | None:
    """Answers from the page, or from its nearest neighbour; passes if the message begins a new subject."""
    offered = turn.focus.offered if turn.focus and not turn.focus.entry else ()
    entry = turn.entry_in_focus() or (turn.search.entry(offered[0]) if offered else None)
    found = as_follow_up(turn.text, entry) if entry else None
    if entry is None or found is None or (offered and not _asks_only_to_explain(turn.text, found)):
        return None  # while nothing is chosen, only "pas compris" is about the first page
    # Of no kind, or with words that neither its kind nor the title explains: only the search can tell what it is about.
    if found.kind is None or (found.unexplained_terms and not offered):
        return _answer_continuation(turn, entry)
    match found.kind:
        case Kind.EXPLAIN:
            return page_in_short(turn, entry)
        case Kind.MORE:
            return _read_more(turn, entry)
        case Kind.ASPECT:
            return _answer_aspect(turn, entry, found, found.aspect) if found.aspect else None
        case Kind.SITUATION:
            return (
                answer_for_situation(turn, entry, found)
                or (None if _has_neighbour(turn, entry, found) else answer_where_spoken_of(turn, entry, found.facts))
                or answer_from_neighbour(turn, entry, found, same_question=True)
            )


def _asks_only_to_explain(text: str, found: FollowUp) -> bool:
    """Decides whether ``text`` says "pas compris" and asks no question of its own besides ("par quoi je commence ?")."""
    return found.kind is Kind.EXPLAIN and not (found.unexplained_terms and pattern("asks").search(plain(text)))


def _has_neighbour(turn: Turn, entry: Entry, found: FollowUp) -> bool:
    """Decides whether the message asks for another situation ("et par une personne seule ?") for which there is a page."""
    return found.has_anaphora and has_neighbour_for(turn, entry, found.facts)


def _answer_continuation(turn: Turn, entry: Entry) -> Reply | None:
    """Answers a message that continues the question before it, if the page is found first for both."""
    both = continues_on_page(turn, entry)
    if both is None:
        return None
    start = turn.retriever.best_passage(entry, turn.text)
    return open_page(turn.with_stated_facts(), entry, start, turn.text, SearchContext(others=both.hits))


def _answer_aspect(turn: Turn, entry: Entry, found: FollowUp, aspect: Aspect) -> Reply:
    """Answers "combien ?", "où ?" … from the page's text about it, also for another situation in the message."""
    orders = passages_on(entry, aspect)
    if orders:
        start = next((order for order in orders if applies(turn, entry, order)), orders[0])
        turn = turn.with_focus_changes(aspect=aspect.name, start=start)
    if found.facts and (reply := answer_for_situation(turn, entry, found)):
        return reply
    if not orders:
        return answer_from_neighbour(turn, entry, found)
    return answer_from(turn.with_focus_changes(latest=turn.text), entry, start, SearchContext(named=True))


def _read_more(turn: Turn, entry: Entry) -> Reply:
    """Shows the rest of the passage shown last, else the next one that applies, else the page's address."""
    focus = turn.focus_on(entry)
    count = len(passages(entry))
    shown = focus.shown if focus.shown is not None and focus.shown < count else 0
    if focus.pieces and left_to_read(entry, shown, focus.pieces):
        return show_rest(turn, entry, shown)
    following = next((order for order in range(shown + 1, count) if applies(turn, entry, order)), None)
    if following is None:
        return turn.reply(turn.replies.no_more(entry, snapshot=turn.snapshot))
    return answer_from(turn.with_focus_changes(start=following, aspect=""), entry, following)

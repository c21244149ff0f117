"""Step: the message is a follow-up on the page in focus."""

from actions.messages.aspects import Aspect, aspects, passages_on
from actions.messages.follow_up_parser import FollowUp, Kind, as_follow_up, pattern
from actions.messages.plain_words import plain
from actions.policy.another_situation import answer_for_situation, answer_where_spoken_of, first_for, is_for_others
from actions.policy.easy_words import page_in_short
from actions.policy.neighbour_page import answer_from_neighbour, has_neighbour_for
from actions.policy.subject_change import continues_on_page
from actions.replies.style import PAGES
from actions.replies.utterance import Reply
from actions.turn.choice_list import offer_in_context
from actions.turn.page_answer import answer_from, open_page
from actions.turn.presenter import SearchContext, show_rest
from actions.turn.repeat_detection import left_to_read
from actions.turn.resolution import applies
from actions.turn.turn import Turn
from core.entry import Entry, passages


def follow_up(turn: Turn) -> Reply | None:
    """Answers from the page, or from its nearest neighbour; passes if the message begins a new subject."""
    entry = turn.entry_in_focus()
    if entry is None:
        return _below_list(turn)
    found = as_follow_up(turn.text, entry)
    # Of no kind, or with words that neither its kind nor the title explains: only the search can tell what it is about.
    if found.kind is None or found.unexplained_terms:
        return _answer_continuation(turn, entry)
    match found.kind:
        case Kind.EXPLAIN:
            return page_in_short(turn, entry)
        case Kind.MORE:
            return _read_more(turn, entry)
        case Kind.ASPECT:
            return _answer_aspect(turn, entry, found, found.aspect) if found.aspect else None
        case Kind.SITUATION:
            return _answer_situation(turn, entry, found)


def _below_list(turn: Turn) -> Reply | None:
    """Answers a message in few words below a list, of which nothing is chosen: what each of the pages says about what it asks
    for, or for the situation that it tells, unless one page surely answers; "pas compris" is about the first page.
    """
    offered = turn.focus.offered if turn.focus else ()
    entry = turn.search.entry(offered[0]) if offered else None
    if entry is None:
        return None
    found = as_follow_up(turn.text, entry)
    if found.kind in (Kind.ASPECT, Kind.SITUATION) and not found.unexplained_terms:
        both = turn.search.glimpse(turn.in_context, PAGES)
        return None if both.decision == "answered" else offer_in_context(turn, both, found.aspect, found.facts)
    return page_in_short(turn, entry) if _asks_only_to_explain(turn.text, found) else None


def _asks_only_to_explain(text: str, found: FollowUp) -> bool:
    """Decides whether ``text`` says "pas compris" and asks no question of its own besides ("par quoi je commence ?")."""
    return found.kind is Kind.EXPLAIN and not (found.unexplained_terms and pattern("asks").search(plain(text)))


def _answer_situation(turn: Turn, entry: Entry, found: FollowUp) -> Reply | None:
    """Answers for another situation; "et pour un bébé ?" asks of it what was asked of the page last."""
    asks_the_same = pattern("same_for").match(plain(turn.text)) is not None
    asked = aspects().get(turn.focus_on(entry).aspect) if asks_the_same else None
    orders = passages_on(entry, asked) if asked else []
    if reply := answer_for_situation(turn, entry, found, orders or None):
        return reply
    is_for_it = first_for((entry.title,), found.facts) is not None
    if is_for_it or not (found.has_anaphora and has_neighbour_for(turn, entry, found.facts)):
        if asked and orders and not is_for_others(entry.title, found.facts):
            return _answer_aspect(turn, entry, found, asked)
        if reply := answer_where_spoken_of(turn, entry, found.facts):
            return reply
    return answer_from_neighbour(turn, entry, found, same_question=True)


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
    if found.facts and (reply := answer_for_situation(turn, entry, found, orders or None)):
        return reply
    if not orders:
        return answer_from_neighbour(turn, entry, found)
    return answer_from(turn.with_stated_facts().with_focus_changes(latest=turn.text), entry, start, SearchContext(named=True))


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

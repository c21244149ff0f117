"""Step: none of the offered pages is meant, according to a button or a "no"."""

from actions.messages.follow_up_parser import pattern
from actions.messages.plain_words import plain
from actions.messages.topic_switch import named_instead, tells
from actions.policy.about_the_matter import adds_to_question
from actions.policy.follow_up import follow_up
from actions.policy.new_question import new_question
from actions.replies.style import PAGES
from actions.replies.utterance import Reply
from actions.turn.choice_list import offer, themes
from actions.turn.turn import Turn
from core.entry import Entry
from retrieval.terms.analysis import fold, terms

_LOOKED_AT = 100  # pages


def none_of_these(turn: Turn) -> Reply | None:
    """Offers the themes that may contain the question, rephrasing, and a human; for a chosen theme, its pages.

    A refusal that names something else is a question about that.
    """
    refused = turn.intent == "deny"
    # "Son père est pas d'accord" refuses nothing; and nothing was offered yet that could be refused.
    if refused and (adds_to_question(turn) or (turn.focus is None and tells(turn.text))):
        return None
    if refused and (instead := named_instead(turn.text)):
        return _answer_instead(turn.with_text(instead))
    if theme := turn.button.get("theme", ""):
        return _offer_pages_of(turn, theme)
    if refused and (turn.focus is None or turn.focus.entry):
        return _offer_others(turn) or turn.reply(turn.replies.acknowledge("utter_deny"))
    return _offer_themes(turn)


def _answer_instead(turn: Turn) -> Reply:
    """Answers the question about what is named instead; the refused page or list is left out.

    "Plutôt pour mon fils" is still about the same subject.
    """
    if turn.text.lower().startswith(("pour ", "for ")) and (reply := follow_up(turn)):
        return reply
    return new_question(turn.with_focus(None))


def _offer_others(turn: Turn) -> Reply | None:
    """Leaves the page in focus and offers the other ones for the question, if the message says that it is the wrong page."""
    focus = turn.focus
    query = ((focus.opened_by if focus.entry else "") or focus.query) if focus else ""
    if focus is None or not query or pattern("not_that").search(plain(turn.text)) is None:
        return None
    result = turn.search.pages(query, PAGES)
    hits = [hit for hit in result.hits if hit.entry_id != focus.entry]
    return offer(turn, hits, query, result) if hits else turn.with_focus(None).reply(turn.replies.acknowledge("utter_deny"))


def _offer_themes(turn: Turn) -> Reply:
    query = turn.focus.query if turn.focus else ""
    result = turn.search.pages(query, _LOOKED_AT) if query else None
    options = themes(turn, (result.hits or result.rejected) if result else ())
    return turn.reply(turn.replies.menu("utter_none_of_these", options, snapshot=turn.snapshot))


def _offer_pages_of(turn: Turn, theme: str) -> Reply:
    query = turn.focus.query if turn.focus else ""
    result = turn.search.pages(theme if set(terms(query)) <= set(terms(theme)) else query, _LOOKED_AT)
    refused = {entry.title for one in (turn.focus.offered if turn.focus else ()) if (entry := turn.search.entry(one))}
    refused_titles = set(map(fold, refused))  # a page may have a duplicate
    hits = [
        hit
        for hit in result.hits or result.rejected
        if fold(hit.title) not in refused_titles and _is_in(turn.search.entry(hit.entry_id), theme)
    ]
    if hits:
        return offer(turn, hits, query, result)
    return turn.reply(turn.replies.refuse("utter_no_answer", snapshot=result.snapshot, confidence=result.confidence))


def _is_in(entry: Entry | None, theme: str) -> bool:
    return entry is not None and theme in entry.theme

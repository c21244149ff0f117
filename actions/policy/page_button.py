"""Steps: a button names a page, or a case or a part of one; and the answers to these."""

from actions.cases.case_tree import Fork, counterparts, fork_at, passages_under, read, steps_to, written
from actions.cases.dialogue_state import Focus
from actions.policy.offices import chosen_place
from actions.replies.cards import whole_fork_card
from actions.replies.utterance import Reply
from actions.turn.page_answer import answer_from, open_page
from actions.turn.presenter import SearchContext, ask, show, show_rest
from actions.turn.repeat_detection import left_to_read
from actions.turn.resolution import asking_again, with_choice
from actions.turn.turn import Turn
from core.entry import Address, Entry, passages


def page_button(turn: Turn) -> Reply:
    """Shows the entry of ``/choose{"entry", "passage"}``, or says that it no longer exists.

    A button with a commune in place of an entry is answered by ``offices``.
    """
    name = turn.button.get("entry", "")
    result = chosen_place(turn, name)
    if isinstance(result, Reply):
        return result
    turn = result or turn
    entry = turn.search.entry(name)
    if entry is None:
        return _say_entry_gone(turn)
    focus = turn.focus
    passage = int(turn.button.get("passage", 0))
    query = focus.query if focus and entry.id in focus.offered else ""
    if query and focus and not focus.entry:  # offered as a choice: the search's passage need not answer best
        passage = turn.retriever.best_passage(entry, query)
    known = passages(entry)
    return open_page(turn, entry, passage if passage < len(known) and not known[passage].defines else 0, query)


def case_button(turn: Turn) -> Reply:
    """Answers ``/choose_case{"entry", …}``.

    The other values: a ``case``; a ``fork`` from option number ``page`` on, or with all its cases ("I do not know"); another
    ``passage`` of the page, if the case is known; the ``rest`` of a part.

    A button may be older than the present version of the entry: if its address does not exist, the entry starts again.
    """
    entry = turn.search.entry(turn.button.get("entry", ""))
    if entry is None:
        return _say_entry_gone(turn)
    try:
        return _answer_case_button(turn, entry, turn.focus_on(entry))
    except (LookupError, ValueError):
        return open_page(turn, entry, 0, "")


def _answer_case_button(turn: Turn, entry: Entry, focus: Focus) -> Reply:
    """Answers ``case_button`` on ``entry``. Raises ``LookupError`` or ``ValueError`` if the button names nothing in it."""
    button = turn.button
    if "case" in button:
        return answer_for_case(turn, entry, read(button["case"]))
    if "rest" in button:  # from where it was cut, or all of it for a citizen who returns to it later
        order = _order_in(entry, button["rest"])
        pieces = focus.pieces if focus.shown == order and left_to_read(entry, order, focus.pieces) else ()
        return show_rest(turn.with_focus(focus.model_copy(update={"shown": order, "pieces": pieces})), entry, order)
    if "passage" in button:  # the same question, answered from another part
        passage = _order_in(entry, button["passage"])
        if turn.focus is not focus:  # the button is older than the page in focus
            return open_page(turn, entry, passage, "", SearchContext(named=True))
        turn = turn.with_focus_changes(start=passage, aspect="", asked=None)
        return answer_from(turn, entry, passage, SearchContext(named=True))
    fork = fork_at(entry, read(button.get("fork", "")))
    if "page" in button:
        return ask_case_again(turn, entry, fork, int(button["page"]))
    card = whole_fork_card(entry, fork, turn.snapshot, focus.start, turn.style)
    return show(turn.with_focus(focus.model_copy(update={"asked": None, "shown": None})), entry, card, back=True)


def _order_in(entry: Entry, value: str) -> int:
    """Returns ``value`` as the number of a passage. Raises ``LookupError`` if the entry has no such passage."""
    if not 0 <= int(value) < len(passages(entry)):
        raise LookupError(f"{entry.id} has no passage {value}")
    return int(value)


def _say_entry_gone(turn: Turn) -> Reply:
    return turn.reply(turn.replies.refuse("utter_entry_gone", snapshot=turn.snapshot))


def answer_for_case(turn: Turn, entry: Entry, address: Address) -> Reply:
    """Answers for the citizen's case at ``address``. Raises ``LookupError`` if the entry has no such case."""
    steps = steps_to(entry, address)
    if not steps or (*steps[-1].fork.address, steps[-1].case) != address:
        raise LookupError("there is no case at this address")
    focus = with_choice(turn.focus_on(entry), [written((*step.fork.address, step.case)) for step in steps])
    label = steps[-1].fork.labels[steps[-1].case]
    turn = turn.with_focus(focus).with_user(turn.user.with_choice(label, focus.query))
    inside = passages_under(entry, address)
    start = focus.start if focus.start in inside else turn.best(entry, counterparts(entry, focus.start, inside))
    return answer_from(turn, entry, start)


def ask_case_again(turn: Turn, entry: Entry, fork: Fork, page: int = 0) -> Reply:
    """Asks again at ``fork``, whatever was chosen or said, from option number ``page`` on."""
    turn = turn.with_focus(asking_again(turn.focus_on(entry), fork))
    return ask(turn, entry, fork, page=page)

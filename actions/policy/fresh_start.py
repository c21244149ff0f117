"""Steps: one question back ("retour", "comme avant"); the service is to forget the citizen's situation, or everything."""

from actions.cases.case_tree import steps_to
from actions.cases.dialogue_state import DialogueState, UserFacts
from actions.messages.follow_up_parser import pattern
from actions.messages.plain_words import plain
from actions.messages.topic_switch import asked_besides, corrected
from actions.policy.about_the_matter import is_told
from actions.policy.page_button import ask_case_again
from actions.replies.utterance import Reply
from actions.turn.choice_list import offer_again
from actions.turn.resolution import place_in
from actions.turn.turn import Turn


def start_again(turn: Turn) -> Reply | None:
    """Resets every slot, unless the message also asks a question, or for the other one of two pages ("l'autre").

    "Merci. Une autre chose : mes enfants devront-ils payer ?" is a question, not a request to start again.
    """
    passes = asked_besides(turn.text) or is_told(turn) or (turn.focus and pattern("the_other").fullmatch(plain(turn.text)))
    return None if passes else Reply(tuple(turn.replies.acknowledge("utter_start_again")), resets=True)


def forget_situation(turn: Turn) -> Reply:
    """Forgets the facts about the citizen, and the page with the cases chosen in it."""
    return Reply(tuple(turn.replies.acknowledge("utter_forgotten")), DialogueState(None, UserFacts()))


def go_back(turn: Turn) -> Reply | None:
    """Asks the last question about the citizen's case again; before the first one, offers the pages again."""
    if corrected(turn.text, "") or is_told(turn):  # "je me suis trompé, c'est la carte grise"
        return None
    entry = turn.entry_in_focus()
    if entry is None:
        return turn.reply(turn.replies.acknowledge("utter_back_at_start"))
    try:
        steps = steps_to(entry, place_in(entry, turn.focus_on(entry)))
    except LookupError:  # the entry has changed in the meantime
        steps = ()
    if steps:
        return ask_case_again(turn, entry, steps[-1].fork)
    return offer_again(turn) or turn.reply(turn.replies.acknowledge("utter_back_at_start"))

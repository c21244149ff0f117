"""Step: courtesies, unless they also ask something; help, insults, "are you a machine?", unless a page answers the message."""

from actions.messages.courtesies import asks_beside_courtesy
from actions.policy.about_the_matter import adds_to_question, is_about_page
from actions.policy.subject_change import FOUND
from actions.replies.style import PAGES
from actions.replies.utterance import Reply, say
from actions.turn.turn import Turn
from core.text.wants_human import wants_human
from core.turns import Outcome
from retrieval.terms.analysis import terms

_RESPONSES = {
    **{"greet": "utter_greet", "thank": "utter_thank", "goodbye": "utter_goodbye", "affirm": "utter_affirm"},
    **{"help": "utter_help", "ask_if_bot": "utter_ask_if_bot", "insult": "utter_insult"},
}
_FEW_TERMS = 1  # a message this short is a courtesy, whatever page has its words


def small_talk(turn: Turn) -> Reply | None:
    """Answers with the response of the intent; passes if a page is found, or a human is asked for.

    One word never decides: "mon chat a griffé quelqu'un" is no question to the chatbot.
    """
    if wants_human(turn.text) or adds_to_question(turn) or is_about_page(turn) or finds_page(turn):
        return None
    return _sentence(turn)


def courtesy(turn: Turn) -> Reply | None:
    """Returns the courtesy; passes if the message asks something besides ("ok merci, et c'est versé quand"), or for a human."""
    if wants_human(turn.text) or asks_beside_courtesy(turn.text):
        return None
    return _sentence(turn)


def _sentence(turn: Turn) -> Reply:
    return Reply((say(_RESPONSES.get(turn.intent, "utter_help"), {"outcome": Outcome.SMALL_TALK}),))


def finds_page(turn: Turn) -> bool:
    """Decides whether pages answer a message that sounds like one to the service: "c un rottweiler, ya une loi ?".

    Of 168 messages to the service four reach ``FOUND`` by mistake.
    """
    if len(set(terms(turn.text))) <= _FEW_TERMS:
        return False
    found = turn.search.glimpse(turn.text, PAGES)
    return found.decision == "answered" or (bool(found.hits) and found.confidence >= FOUND)

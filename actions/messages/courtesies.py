"""Finds the question in a message that is otherwise a courtesy: "ok merci, et c'est versé quand". Pure."""

from actions.messages.aspects import asked_in
from actions.messages.follow_up_parser import pattern
from actions.messages.plain_words import plain
from actions.messages.several_questions import questions_in


def asks_beside_courtesy(text: str) -> bool:
    """Decides whether ``text``, which sounds like a greeting, thanks, a goodbye or a yes, also asks something."""
    left = pattern("courtesy_question").sub(" ", plain(text)).strip()
    return asked_in(left)[0] is not None or bool(questions_in(left)) or pattern("goes_on").search(left) is not None

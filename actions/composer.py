"""Composes the reply to a message: the steps in the order in which they are tried (sections 2 and 3 of docs/answers.md)."""

from collections.abc import Callable, Mapping

from actions import metrics
from actions.policy.about_administration import about_administration
from actions.policy.another_administration import another_administration
from actions.policy.conversation_commands import conversation_command
from actions.policy.easy_words import easy_words
from actions.policy.follow_up import follow_up
from actions.policy.fresh_start import forget_situation, go_back, start_again
from actions.policy.new_question import missing_subject, new_question
from actions.policy.none_of_these import none_of_these
from actions.policy.offices import office, with_own_offices
from actions.policy.page_button import case_button, page_button
from actions.policy.reply_to_question import reply_to_question, the_other
from actions.policy.request_for_human import human_intent, request_for_human
from actions.policy.small_talk import courtesy, small_talk
from actions.policy.subject_change import question_in_context, topic_switch
from actions.policy.town_page import with_town_page
from actions.policy.wordless_message import wordless_message
from actions.replies.utterance import Reply
from actions.turn.turn import Turn

# A step ends the turn with a reply, continues with a changed turn, or leaves the turn unchanged (``None``).
type Step = Callable[[Turn], Reply | Turn | None]
type FamilyStep = Callable[[Turn], Reply | None]

# The first step for each custom action that Rasa's rules name for an intent. If it passes, the message is treated as a
# question.
FAMILY_STEPS: Mapping[str, FamilyStep | None] = {
    "action_answer_enquiry": None,
    "action_show_entry": page_button,
    "action_choose_case": case_button,
    "action_go_back": go_back,
    "action_none_of_these": none_of_these,
    "action_simplify": easy_words,
    "action_move": conversation_command,
    "action_start_again": start_again,
    "action_forget_situation": forget_situation,
    "action_reach_human": human_intent,
    "action_courtesy": courtesy,
    "action_small_talk": small_talk,
    "action_about": about_administration,
}  # and "action_care": actions.policy.danger

# For every question, and for unclear messages.
STEPS: tuple[Step, ...] = (
    request_for_human,
    wordless_message,
    office,
    topic_switch,
    reply_to_question,
    the_other,
    follow_up,
    missing_subject,
    question_in_context,
    another_administration,
    new_question,
)


def compose(turn: Turn, family_step: FamilyStep | None = None) -> Reply:
    """Returns the reply of the first step that ends ``turn``: ``family_step``, then ``STEPS``; with the town's own page, and
    with links that lead to the citizen's own office.

    Errors of the search are not caught: the turn fails, and the worker says so.
    """
    if family_step:
        reply = family_step(turn)
        if reply is not None:
            return _with_places(turn, reply)
        metrics.INTENTS_OVERRULED.labels(turn.intent).inc()
    for step in STEPS:
        result = step(turn)
        if isinstance(result, Reply):
            return _with_places(turn, result)
        turn = result or turn
    raise AssertionError("the last step ends every turn")


def _with_places(turn: Turn, reply: Reply) -> Reply:
    return with_own_offices(turn, with_town_page(turn, reply))

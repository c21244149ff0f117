"""Step: a message asks two questions."""

from actions.cases.dialogue_state import Focus
from actions.messages.several_questions import questions_in, quoted
from actions.replies.cards import Card
from actions.replies.utterance import Reply
from actions.turn.choice_list import CHOICES
from actions.turn.page_answer import unasked_card
from actions.turn.turn import Turn
from core.decision_trace import note
from core.entry import Entry


def several_questions(turn: Turn) -> Reply | None:
    """Answers two questions with one card each; passes if one of them has no answer of its own."""
    questions = questions_in(turn.text)
    if len(questions) < 2:
        return None
    note("two_questions")
    turn = turn.hearing()
    answers: list[tuple[Entry, Focus, Card]] = []
    for question in questions:
        place = _place_of_answer(turn, question, answers[0][0] if answers else None)
        if place is None:
            note("one_question")
            return None
        entry, start = place
        focus = Focus(entry=entry.id, query=question, start=start)
        answers.append((entry, focus, unasked_card(turn, entry, focus, start)))
    turn = turn.about(answers[0][1])
    return turn.reply(
        *(
            turn.replies.answer_part(entry, card, quoted(focus.query), first=number == 0, language=turn.language)
            for number, (entry, focus, card) in enumerate(answers)
        )
    )


def _place_of_answer(turn: Turn, question: str, first: Entry | None) -> tuple[Entry, int] | None:
    """Returns the page and the passage that answer ``question``; none on the page ``first``, which answers the other one."""
    hits = turn.search.pages(question, CHOICES).hits
    entry = turn.search.entry_of(hits[0]) if hits else None
    if entry is None or (first and entry.id == first.id):
        return None
    return entry, hits[0].passage

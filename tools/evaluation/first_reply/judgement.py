"""Judges one reply: its contents by the grades of their pages, and whether they state the facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from channels.sms.encoding import segments
from core.channels import traits_of
from core.turns import Outcome
from tools.evaluation.first_reply.contents import in_hand
from tools.evaluation.first_reply.files import ANSWERS, GradedQuestion
from tools.evaluation.first_reply.folding import folded, states

_READ = 600  # folded characters of a content in which the facts must occur on the web
_USEFUL = 2  # the least grade of a page that helps
Why = Literal["", "misleading", "wrong page", "wrong part", "no content"]


class Judged(BaseModel):
    """The reply to one question.

    ``contents`` and ``buttons`` are entries, ``grades`` and ``button_grades`` theirs (0 if there is none). ``states`` tells for
    each content whether it states all facts. ``sure``: one page is shown as the answer. ``graded``: the page of the first
    content has a grade. ``chars`` counts characters until the end of the first content; ``segments`` those of the SMS. ``text``
    is what the citizen saw, including buttons and mini cards.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    question: str
    theme: str = ""
    outcome: str
    text: str = ""
    contents: tuple[str, ...] = ()
    grades: tuple[int, ...] = ()
    states: tuple[bool, ...] = ()
    buttons: tuple[str, ...] = ()
    button_grades: tuple[int, ...] = ()
    sure: bool = False
    graded: bool = True
    has_facts: bool = False
    answerable: bool = True
    chars: int = 0
    segments: int = 0

    @property
    def first_right(self) -> bool:
        return self.grades[:1] == (ANSWERS,)

    @property
    def first_useful(self) -> bool:
        return bool(self.grades) and self.grades[0] >= _USEFUL

    @property
    def says(self) -> bool:
        """Decides whether the first content answers: from the right page, and with all facts if they are known."""
        return self.first_right and self.states[0]

    @property
    def says_3(self) -> bool:
        """Decides whether any of the contents answers in this sense."""
        return any(grade == ANSWERS and stated for grade, stated in zip(self.grades, self.states, strict=True))

    @property
    def in_two(self) -> bool:
        """Decides whether a page that answers is shown, or is one press away."""
        return ANSWERS in self.grades or ANSWERS in self.button_grades

    @property
    def misleading(self) -> bool:
        """Decides whether an unhelpful page is shown as the answer."""
        return self.sure and not self.first_useful

    @property
    def off(self) -> bool:
        """Decides whether content is shown, and none of it helps."""
        return bool(self.grades) and max(self.grades) < _USEFUL

    @property
    def why(self) -> Why:
        """Returns the fault of the first content; empty if it answers."""
        if self.says:
            return ""
        if self.misleading:
            return "misleading"
        if not self.grades:
            return "no content"
        return "wrong part" if self.first_right else "wrong page"


def judge(asked: GradedQuestion, reply: Mapping[str, Any], channel: str, theme: str = "") -> Judged:
    """Returns the judgement of ``reply`` (as ``ask --json`` prints it) to the question of ``asked``."""
    shown, grades = in_hand(reply, channel), asked.grades
    text, by_segment = str(reply.get("text") or ""), traits_of(channel).pays_by_segment
    sent = folded(text)
    read = [sent if by_segment else folded(content.text)[:_READ] for content in shown.contents]
    must = [[folded(fact) for fact in group] for group in asked.must]
    first = shown.contents[0] if shown.contents else None
    return Judged(
        id=asked.id,
        question=asked.message,
        theme=theme,
        outcome=str(reply["outcome"]),
        text=text,
        contents=tuple(content.entry for content in shown.contents),
        grades=tuple(grades.get(content.entry, 0) for content in shown.contents),
        states=tuple(_states_all(one, must) for one in read),
        buttons=shown.buttons,
        button_grades=tuple(grades.get(entry, 0) for entry in shown.buttons),
        sure=first is not None and first.is_answer and reply["outcome"] != Outcome.CRISIS,
        graded=first is None or first.entry in grades,
        has_facts=bool(must),
        answerable=ANSWERS in grades.values(),
        chars=shown.chars,
        segments=segments(text) if by_segment else 0,
    )


def _states_all(text: str, must: Sequence[Sequence[str]]) -> bool:
    return all(any(states(text, fact) for fact in group) for group in must)

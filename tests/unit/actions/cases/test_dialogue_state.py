"""What is remembered about the citizen between two questions."""

from __future__ import annotations

import pytest

from actions.cases.dialogue_state import UserFacts
from actions.situation.ages import AGE
from actions.situation.reading import facts_in


@pytest.mark.parametrize(
    ("messages", "of", "ages"),
    [
        (["passeport pour mon fils de 8 ans"], "child", {"8"}),
        (["passeport pour mon fils de 8 ans", "et pr moi c le mm prix?"], "self", set()),
        (["passeport pour mon fils de 8 ans", "et pour moi et mon enfant ?"], "child", {"8"}),
        (["passeport pour mon fils de 8 ans", "et pour moi, j'ai 40 ans"], "self", {"40"}),
        (["j'ai 40 ans, mon passeport", "et pour moi ?"], "self", {"40"}),
    ],
)
def test_question_for_oneself_forgets_the_age_of_the_child(messages: list[str], of: str, ages: set[str]) -> None:
    user = UserFacts()
    for text in messages:
        user = user.with_said(facts_in(text), text)
    assert (user.of, set(user.facts.get(AGE, ()))) == (of, ages)

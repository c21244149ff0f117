"""The introduction above an answer of which it is not sure that it is the right part."""

from __future__ import annotations

import pytest

from actions.cards import answer_card
from actions.replies.opening import CLEAR, MAX_CHARS, is_open, opened_card, opening
from actions.replies.style import Style
from actions.subject import Subject
from core.entry import Chapter, Entry, TextBlock
from core.text.markdown import plain
from tests.unit.actions.fakes import BY_SMS, ON_WEB, FakeKnowledge

INTRODUCTION = "La carte est gratuite, sauf en cas de perte ou de vol."
COST = Chapter(heading="Coût", body=(TextBlock(markdown="Elle coûte 25 € après une perte."),))


def page(introduction: str = INTRODUCTION, *body: TextBlock | Chapter, **more: object) -> Entry:
    values: dict[str, object] = {"introduction": introduction, "body": body or (COST,), **more}
    return Entry.model_validate({"id": "O1", "collection": "test", "title": "Carte", **values})


class Likely(FakeKnowledge):
    def __init__(self, likelihood: float) -> None:
        super().__init__()
        self._likelihood = likelihood

    def part_likelihood(self, entry: Entry, query: str) -> float:
        return self._likelihood


ASKED = Subject(entry="O1", query="le prix de la carte")


@pytest.mark.parametrize(
    ("entry", "passage", "text"),
    [
        (page(), 1, INTRODUCTION),
        (page(), 0, ""),  # it is the introduction itself that is shown
        (page(f"{INTRODUCTION} {'Une autre phrase. ' * 30}"), 1, f"{INTRODUCTION} " + "Une autre phrase. " * 7),
        (page(f"Une première phrase {'très ' * 40}longue. {INTRODUCTION}"), 1, INTRODUCTION),
        (page(f"La seule phrase est {'très ' * 40}longue."), 1, ""),
        (page("[Formulaire](https://exemple.fr/f)"), 1, ""),
        (page(INTRODUCTION, TextBlock(markdown="Venez."), COST), 1, ""),  # no heading tells the two apart
        (page(INTRODUCTION, TextBlock(markdown="Venez."), COST), 2, INTRODUCTION),
        (page("", TextBlock(markdown=INTRODUCTION), COST, description="Tout sur la carte et son prix"), 2, INTRODUCTION),
        (page("", COST), 0, ""),  # nothing holds for the whole page
    ],
)
def test_opening_is_what_the_page_says_for_everyone_before_its_parts(entry: Entry, passage: int, text: str) -> None:
    found = opening(entry, passage)
    assert found == text.strip()
    assert len(plain(found, links=False)) <= MAX_CHARS


@pytest.mark.parametrize(
    ("likelihood", "subject", "open_"),
    [
        (CLEAR - 0.01, ASKED, True),
        (CLEAR, ASKED, False),
        (0.1, None, False),
        (0.1, Subject(entry="O1"), False),  # nothing was asked: a button was pressed
        (0.1, Subject(entry="O2", query="le prix"), False),
        (0.1, ASKED.model_copy(update={"latest": "et le délai ?"}), False),  # the introduction was read before
    ],
)
def test_is_open_while_no_part_clearly_answers_the_first_question(
    likelihood: float, subject: Subject | None, open_: bool
) -> None:
    assert is_open(Likely(likelihood), subject, page()) is open_


@pytest.mark.parametrize(("style", "likelihood", "opened"), [(ON_WEB, 0.3, True), (ON_WEB, 0.9, False), (BY_SMS, 0.3, False)])
def test_opened_card_has_the_introduction_above_its_part_on_the_web(style: Style, likelihood: float, opened: bool) -> None:
    entry = page()
    card = answer_card(entry, 1, "s1", style)
    found = opened_card(Likely(likelihood), ASKED, entry, card, 1, style)
    if not opened:
        assert found == card
        return
    assert found.block.body == f"{INTRODUCTION}\n\n**Coût**\n\nElle coûte 25 € après une perte."
    assert found.block.headings == ()
    assert (found.shortened, found.pieces) == (card.shortened, card.pieces)

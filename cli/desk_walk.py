"""The tree of cases for the preview, as a citizen walks through it: the same forks, cards and wording as in the dialogue."""

from collections.abc import Sequence
from typing import NamedTuple

from actions.cases.case_questions import question_for
from actions.cases.case_resolution import guide
from actions.cases.case_tree import Fork, fork_at, read, steps_to
from actions.cases.case_tree import written as address_of
from actions.replies.cards import Card, answer_card, nothing_asked, whole_fork_card
from actions.replies.fork_card import ForkCard, fork_card
from actions.replies.side_by_side import OpenFork
from actions.replies.style import Style
from actions.replies.truncated_description import is_broken
from conversations.wording import Wording
from core.channels import traits_of
from core.dates import format_day, is_old
from core.entry import Address, Entry, located_passages
from core.turns import AnswerBlock, ChoicesBlock, Option, ReplyBlock, TextBlock
from knowledge_base.desk.editor.contracts import Walk


class CardTexts(NamedTuple):
    """The means of wording: the texts, by channel and language, and ``style``, the format of cards."""

    wording: Wording
    channel: str
    language: str
    style: Style

    def say(self, name: str, **values: object) -> str:
        return self.wording.text(name, channel=self.channel, language=self.language, **values)


def starts(entry: Entry) -> list[tuple[int, tuple[str, ...]]]:
    """Returns the passages at which a walk can begin (order, headings): the first under each heading."""
    first: dict[tuple[str, ...], int] = {}
    for passage, _ in located_passages(entry):
        first.setdefault(passage.headings, passage.order)
    return [(order, headings) for headings, order in first.items()]


def reply_after_walk(entry: Entry, walk: Walk, texts: CardTexts) -> tuple[ReplyBlock, ...]:
    """Returns the reply after ``walk`` in ``entry``, which has a text. Ignores addresses that the entry no longer has."""
    located = located_passages(entry)
    start = walk.start if 0 <= walk.start < len(located) else 0
    chosen_cases: dict[Address, int] = {}
    for one in walk.chosen:
        try:
            for step in steps_to(entry, read(one)):
                chosen_cases[step.fork.address] = step.case
        except LookupError:
            continue
    if walk.whole:
        try:
            return (card_with_texts(whole_fork_card(entry, fork_at(entry, read(walk.whole)), "", start, texts.style), texts),)
        except LookupError:
            pass
    return _reply_at_fork(entry, start, chosen_cases, walk.page, texts)


def _reply_at_fork(
    entry: Entry, start: int, chosen_cases: dict[Address, int], page: int, texts: CardTexts
) -> tuple[ReplyBlock, ...]:
    def best(orders: Sequence[int]) -> int:
        return start if start in orders else min(orders)

    found = guide(entry, start, lambda fork: chosen_cases.get(fork.address), best)
    order = found.passage
    if found.asked is not None and order is not None and is_broken(entry, order):
        order = None
    if found.asked is None:
        named = None if found.alike is None else len(found.alike.cases)
        return (card_with_texts(answer_card(entry, order or 0, "", texts.style, named), texts),)
    fork_text = ForkCard(None, complete=False)
    if not page:
        fork_text = fork_card(OpenFork(entry, found.asked, start, nothing_asked), order, "", texts.style)
    blocks: list[ReplyBlock] = [] if fork_text.card is None else [card_with_texts(fork_text.card, texts)]
    if fork_text.card is None and not found.asked.cases:
        blocks.append(TextBlock(text=texts.say("utter_about", title=" › ".join((entry.title, *found.asked.headings)))))
    options = _options(found.asked, page, texts)
    question = texts.say(question_for(found.asked), question=found.asked.question)
    typed = not traits_of(texts.channel).has_buttons
    if fork_text.complete and typed:  # the label of a case
        return tuple(blocks)
    if fork_text.card is not None and typed:
        question = texts.say("utter_other_cases")
        shown = fork_text.others or range(len(found.asked.labels))
        options = [
            Option(label=found.asked.labels[number], payload=f"case {address_of((*found.asked.address, number))}")
            for number in shown
        ]
    if fork_text.complete:
        question = texts.say("utter_each_case")
        options = [option for option in options if not option.payload.startswith("fork ")]  # all cases are shown
    return (*blocks, ChoicesBlock(purpose="cases", options=tuple(options), text=question))


def _options(fork: Fork, page: int, texts: CardTexts) -> list[Option]:
    """Returns the options like ``actions.replies.reply_builder.ReplyBuilder``."""
    most = traits_of(texts.channel).most_cases
    last = len(fork.labels) if len(fork.labels) <= page + most + 1 else page + most
    options = [
        Option(label=label, payload=f"case {address_of((*fork.address, number))}")
        for number, label in list(enumerate(fork.labels))[page:last]
    ]
    if last < len(fork.labels):
        options.append(Option(label=texts.say("utter_option_more"), payload=f"page {last}"))
    options.append(Option(label=texts.say("utter_option_unsure"), payload=f"fork {address_of(fork.address)}"))
    if fork.cases:
        options.append(Option(label=texts.say("utter_option_back"), payload="back"))
    return options


def card_with_texts(card: Card, texts: CardTexts) -> AnswerBlock:
    """Returns ``card`` with the sentence above it and the warning about its age."""
    block, notice = card.block, ""
    if block.verified_on is None:
        notice = texts.say("utter_undated")
    elif is_old(block.verified_on, texts.style.old_after_months, texts.style.today):
        notice = texts.say("utter_old", date=format_day(block.verified_on, texts.language))
    return block.model_copy(update={"text": texts.say("utter_answer", title=block.title), "notice": notice})

"""Cases of real pages are reached by their buttons: no dead end, no empty answer, the right part of the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from actions.cases.case_tree import Fork, forks, passages_under, read, steps_to
from actions.turn.page_answer import leads_to
from core.entry import Address, Cases, Chapter, Entry, passages
from core.settings import Settings
from core.turns import AnswerBlock, Turn
from knowledge_base.sources.service_public.importer import Reading
from tests.unit.actions.fakes import FakeKnowledge
from tests.unit.actions.talk import Talk, options

_QUARTERS = (("web", 0), ("sms", 1))
_DEEPEST = 40  # buttons pressed on the way to one leaf, paging included


class Pages(FakeKnowledge):
    """The real pages; of several passages, the first is the best."""

    def __init__(self, entries: dict[str, Entry]) -> None:
        super().__init__()
        self.entries = entries

    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        return self.entries.get(entry_id)


@pytest.fixture(scope="module")
def pages(service_public: Reading) -> Pages:
    return Pages({entry.id: entry for entry in service_public.entries})


def leaves(entry: Entry) -> Iterator[tuple[Address, tuple[str, ...]]]:
    """The cases with no further fork in them: their addresses, and the labels that lead there."""
    for fork in forks(entry):
        for number, case in enumerate(fork.options):
            if not any(_has_fork(block) for block in case.body):
                yield (*fork.address, number), (*fork.cases, case.label)


def _has_fork(block: object) -> bool:
    return isinstance(block, Cases) or (isinstance(block, Chapter) and any(_has_fork(inner) for inner in block.body))


async def walk(talk: Talk, entry: Entry, leaf: Address, channel: str) -> Turn:
    """From the leaf's own passage to its answer, or to the page that it leads to, by the buttons that are shown.

    An answer may show several cases side by side, or one that was assumed: the buttons under it lead to each.
    """
    start = passages_under(entry, leaf)
    turn = await talk.press(f'/choose{{"entry": "{entry.id}", "passage": {start[0]}}}')
    for _ in range(_DEEPEST):
        shown = options(turn)
        towards = [one.payload for one in shown if '"case"' in one.payload and _leads(one.payload, leaf)]
        more = [one.payload for one in shown if '"page"' in one.payload]
        asked = (talk.slots.get("subject") or {}).get("asked")
        if turn.entry != entry.id or (turn.outcome == "answered" and not towards and not more and asked is None):
            return turn
        if (
            asked is not None and not towards and not more and channel == "sms"
        ):  # a case that stands on the card is not named again: it is typed
            towards = [f'/choose_case{{"entry": "{entry.id}", "case": "{_next_case(asked, leaf)}"}}']
            turn = await talk.press(towards[0])
            continue
        assert turn.outcome in ("answered", "guided"), (entry.id, leaf, turn.outcome)
        assert len({one.payload for one in shown}) == len(shown) >= 1, (entry.id, leaf)
        assert towards or more, (entry.id, leaf, "dead end")
        turn = await talk.press((towards or more)[0])
    raise AssertionError((entry.id, leaf, "no end"))


def _next_case(asked: str, leaf: Address) -> str:
    """Returns the address of the case at the fork ``asked`` that lies on the way to ``leaf``."""
    fork = read(asked)
    assert leaf[: len(fork)] == fork, (asked, leaf)
    return ".".join(map(str, leaf[: len(fork) + 1]))


def _leads(payload: str, leaf: Address) -> bool:
    case = read(payload.rpartition('"case": "')[2].partition('"')[0])
    return leaf[: len(case)] == case


def deciding(entry: Entry, leaf: Address, labels: tuple[str, ...]) -> tuple[str, ...]:
    """The labels of the cases that matter: from where on every case holds the leaf's very text, none is asked or named."""
    found = passages(entry)
    text = found[passages_under(entry, leaf)[0]].markdown

    def same(fork: Fork) -> bool:
        cases = [passages_under(entry, (*fork.address, number)) for number in range(len(fork.options))]
        return all(text in [found[order].markdown for order in orders] for orders in cases)

    idle = [same(step.fork) for step in steps_to(entry, leaf)]
    return labels[: next((depth for depth in range(len(idle)) if all(idle[depth:])), len(labels))]


@pytest.mark.parametrize(
    ("channel", "part", "parts"),
    [("web", 0, 16), ("sms", 1, 16), *(pytest.param(channel, part, 4, marks=pytest.mark.long) for channel, part in _QUARTERS)],
)
async def test_every_leaf_is_reached(pages: Pages, channel: str, part: int, parts: int) -> None:
    """One of ``parts`` of the pages by each channel: all of them take minutes."""
    secret = SecretStr("not a secret")
    settings = Settings(_env_file=None, secret_key=secret, internal_secret=secret, address_key=secret)
    talk = Talk(settings, pages, channel=channel)
    walked, reached, led = set(), 0, 0
    for entry in sorted(pages.entries.values(), key=lambda entry: entry.id)[part::parts]:
        for leaf, labels in leaves(entry):
            talk.slots["subject"] = talk.slots["situation"] = None
            turn = await walk(talk, entry, leaf, channel)
            if pages.entry(leads_to(entry, passages_under(entry, leaf)[0])):  # a crossroad: the page behind it answers or asks
                assert turn.entry in pages.entries, (entry.id, leaf)
                assert turn.entry != entry.id, (entry.id, leaf)
                assert turn.outcome in ("answered", "guided"), (entry.id, leaf)
                led += 1
                continue
            assert turn.outcome == "answered", (entry.id, leaf)
            card = next(block for block in turn.blocks if isinstance(block, AnswerBlock))
            assert card.body.strip(), (entry.id, leaf)
            assert card.cases == deciding(entry, leaf, labels), (entry.id, leaf, card.cases)
            walked.add(entry.id)
            reached += 1
    assert len(walked) >= 1_600 // parts
    assert reached >= 10_000 // parts
    assert led >= 40 // parts

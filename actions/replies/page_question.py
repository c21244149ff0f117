"""A question about one page, and the passages that a reply may use: those of the likeliest parts that hold for the citizen."""

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial

from actions.cases.assumed_case import likely_case
from actions.cases.case_resolution import BestOf, CaseOf, ExcludedAt
from actions.cases.case_tree import Fork, fork_at, steps_to
from actions.cases.dialogue_state import Focus, UserFacts
from actions.cases.known_case import excluded_cases, known_case
from actions.messages.several_questions import questions_in
from actions.replies.extract import Worth
from actions.replies.fitting_items import NO_FIT, Fit, distinguishing_relative, fitting_items, stated_age
from actions.replies.pieces import Piece, is_about_health_crisis, pieces_of
from actions.replies.side_by_side import LABELS
from actions.replies.truncated_description import is_description, shown, stand_in
from actions.situation.matching import excluded, folded_label, is_abroad, is_default
from actions.situation.places import AREA
from actions.situation.reading import demanded
from actions.situation.special_circumstances import circumstances, demanded_circumstances
from core.entry import Address, Entry, Passage, SameEntry, located_passages, passages
from core.opening_sentences import may_hold_opening
from core.settings import Settings
from retrieval.contracts import PageSentence, Retriever
from retrieval.terms.analysis import terms

_LEAST_LIKELY = -3.0  # log-odds of a part, relative to the likeliest one: replies gain nothing from less likely parts
_GENERAL = "cas general"
_NUMBER = re.compile(r"\(\d[\dAB]\d?\)")  # "Oise (60)": "60 %" in a message names no department
_MANY_AREAS = 4  # cases of a fork: more are not shown side by side
BETWEEN = " › "
_WHOLE = 0.5  # weight of the whole message where the best sentence for one of its questions is chosen
_LEAD = 0.01  # log-odds between the best sentences for the questions of one message: the first question leads
# From this likelihood on a part clearly answers. Below it editors' easy words stand above the answer, and more of the other
# parts are offered (ADR 0054).
CLEAR = 0.8


@dataclass(frozen=True, slots=True)
class PageQuestion:
    """A question about a page, and what holds for the citizen who asks."""

    entry: Entry
    worth: Worth  # rates sentences for the question
    odds: Mapping[int, float]  # the log-odds of each part (``Retriever.part_odds``)
    best_of: BestOf  # returns the best of some passages
    holds: Callable[[int], bool]  # decides whether a passage holds for the citizen (``holding``)
    text: str = ""
    # Decides whether a passage holds for most citizens (``likely_case``).
    is_likely: Callable[[int], bool] = lambda _: True

    @property
    def is_clear(self) -> bool:
        """Decides whether one part clearly answers."""
        return not self.odds or 1 / sum(map(math.exp, self.odds.values())) >= CLEAR


@dataclass(frozen=True, slots=True)
class SplitPassage:
    """A passage of a page, split into pieces. ``order`` is its number in the page."""

    order: int
    pieces: Sequence[Piece]
    label: str = ""  # stands before its sentences
    fit: Fit = NO_FIT  # the items and rows that are for the citizen, and those for others
    unlikely: frozenset[int] = frozenset()  # the pieces that do not hold for most citizens who ask this


def page_question(retriever: Retriever, entry: Entry, focus: Focus, user: UserFacts, settings: Settings) -> PageQuestion:
    """Returns the question of ``focus`` about ``entry``, asked by a citizen with the facts ``user``.

    If a message asks several questions, each of them counts beside the whole message: the sentence that answers it best comes
    before others, and the parts that answer it may be shown. The same holds for a message that continues an earlier question.
    """
    query = focus.query
    several = questions_in(query)
    own = (focus.continued_by,) if focus.continued_by else several if len(several) > 1 else ()
    # Cached: several lengths are tried for a text, and the same sentences are rated for each.
    rated = cache(lambda sentences: _rated(partial(retriever.sentence_worth, entry), query, own, sentences))
    return PageQuestion(
        entry,
        worth=lambda sentences: rated(tuple(sentences)),
        odds=_highest_odds(entry, [retriever.part_odds(entry, one) for one in (query, *own)]),
        best_of=partial(retriever.best_passage, entry, query),
        holds=holding(
            entry,
            lambda fork: known_case(fork, focus, user),
            lambda fork: excluded_cases(fork, focus, user),
            set(terms(query)) - set(terms(entry.title)),
        ),
        is_likely=_likely(entry, query, holding(entry, lambda fork: likely_case(fork, entry, focus, user, settings))),
        text=query,
    )


def _likely(entry: Entry, query: str, is_usual: Callable[[int], bool]) -> Callable[[int], bool]:
    """Returns a function that decides whether a passage holds for most citizens who ask ``query``: it ``is_usual``, and not
    for circumstances of few people that neither the question nor the title names.
    """
    known, named = passages(entry), _named_circumstances(entry, query)

    def is_likely(order: int) -> bool:
        labels = (*known[order].headings, *known[order].cases)
        return is_usual(order) and all(demanded_circumstances(label) <= named for label in labels)

    return is_likely


def _rated(
    worth: Callable[[str, Sequence[PageSentence]], Sequence[float]],
    query: str,
    own: Sequence[str],
    sentences: Sequence[PageSentence],
) -> tuple[float, ...]:
    """Returns the worth of ``sentences`` for ``query``; those that best answer its ``own`` questions lead, in order."""
    for_query = worth(query, sentences)
    values, most = list(for_query), max(for_query, default=0.0)
    for number, question in enumerate(own):
        sums = [one + _WHOLE * other for one, other in zip(worth(question, sentences), for_query, strict=True)]
        best = max(range(len(sums)), key=sums.__getitem__)
        values[best] = max(values[best], most + _LEAD * (len(own) - number))
    return tuple(values)


def _highest_odds(entry: Entry, several: Sequence[Mapping[int, float]]) -> dict[int, float]:
    """Returns the highest log-odds of each part of ``entry``, by the order of the passage that has them."""
    lowest_first = sorted((odd, order) for odds in several for order, odd in odds.items())
    by_part = {passages(entry)[order].headings: (order, odd) for odd, order in lowest_first}
    return dict(by_part.values())


def split_passage(entry: Entry, order: int) -> SplitPassage:
    """Returns passage number ``order`` of ``entry``, split into pieces. Its label is its last heading and its cases."""
    return _split(SameEntry(entry), order)


@lru_cache(maxsize=1024)
def _split(same: SameEntry, order: int) -> SplitPassage:
    """Returns the split passage, cached for the pages of recent turns."""
    entry = same.entry
    passage = passages(entry)[order]
    return SplitPassage(order, pieces_of(shown(entry, order)), BETWEEN.join((*passage.headings[-1:], *passage.cases)))


def briefly_labelled(entry: Entry, candidates: Sequence[SplitPassage], named: Sequence[str] = ()) -> list[SplitPassage]:
    """Returns ``candidates`` with shorter labels: their cases, without the first ones if these are ``named`` above the text.

    A heading under another heading ("Renonciation") stands before the cases: without it the text would not be true.
    """
    known = passages(entry)
    labelled: list[SplitPassage] = []
    for candidate in candidates:
        headings, cases = known[candidate.order].headings, known[candidate.order].cases
        own = cases[len(named) :] if cases[: len(named)] == tuple(named) else cases
        labelled.append(replace(candidate, label=LABELS.join((*headings[1:][-1:], *own))))
    return labelled


def candidate_passages(question: PageQuestion, without: Collection[int] = ()) -> list[SplitPassage]:
    """Returns the passages that may answer, in reading order: the introduction, those of likely parts, and those that may have
    one of the page's ``opening`` sentences.

    Left out are passages that do not hold for the citizen, definitions of words, measures of the health crisis unless it is
    asked about, and the passages ``without``.
    """
    entry, known = question.entry, passages(question.entry)
    in_crisis = is_about_health_crisis(f"{entry.title} {question.text}")
    odds = {known[order].headings: odd for order, odd in question.odds.items()}

    def may_answer(passage: Passage) -> bool:
        likely = passage.order == 0 or not odds or odds.get(passage.headings, -math.inf) >= _LEAST_LIKELY
        is_past_measure = not in_crisis and is_about_health_crisis(" ".join((*passage.headings, *passage.cases)))
        return not (passage.defines or is_past_measure) and (likely or may_hold_opening(entry, passage.markdown))

    orders = dict.fromkeys(stand_in(entry, passage.order) for passage in known if may_answer(passage))
    candidates = [
        split_passage(entry, order)
        for order in orders
        if not (known[order].defines or is_description(entry, order)) and order not in without and question.holds(order)
    ]
    if age := stated_age(question.text):  # "Emploi des jeunes de 14 à 16 ans" is not for somebody of 17
        candidates = [one for one in candidates if not excluded(known[one.order].headings, age)] or candidates
    relative = distinguishing_relative([one.pieces for one in candidates], question.text)
    named = _named_circumstances(entry, question.text)

    def unlikely(one: SplitPassage) -> Iterator[int]:
        is_likely = question.is_likely(one.order)
        yield from (at for at, piece in enumerate(one.pieces) if not (is_likely and piece.circumstances <= named))

    return [
        replace(one, fit=fitting_items(one.pieces, question.text, relative), unlikely=frozenset(unlikely(one)))
        for one in candidates
    ]


def _named_circumstances(entry: Entry, query: str) -> frozenset[str]:
    """Returns the circumstances of few people that ``query`` or the title of ``entry`` names."""
    return circumstances(f"{query} ; {entry.title}")


def holding(
    entry: Entry,
    case_of: CaseOf,
    excluded_at: ExcludedAt = lambda _: (),
    words: Collection[str] = (),
) -> Callable[[int], bool]:
    """Returns a function that decides whether a passage of ``entry`` may hold for the citizen, whose cases ``case_of`` returns.

    At a fork that ``case_of`` does not decide, every case may hold except those ``excluded_at`` it and those of
    ``_not_for_most``. ``words``: the terms of the question beyond the page's title.
    """

    @cache
    def cases_at(address: Address) -> Collection[int]:
        fork = fork_at(entry, address)
        known = case_of(fork)
        return {*range(len(fork.labels))} - {*excluded_at(fork)} - _not_for_most(fork, words) if known is None else (known,)

    return lambda order: all(
        case in cases_at(fork.address) for fork, case in steps_to(entry, located_passages(entry)[order][1])
    )


def _not_for_most(fork: Fork, words: Collection[str]) -> set[int]:
    """Returns the cases of ``fork`` that hardly hold for a citizen whose question has ``words``.

    These are: cases abroad, if not all are; beside a "Cas général", and at a fork of areas, the cases that the words do not
    name; and "Autres …", if the words name another case.
    """
    labels = dict(enumerate(fork.labels))
    abroad = {number for number, label in labels.items() if is_abroad(label)}
    named = {number for number, label in labels.items() if {*terms(_NUMBER.sub("", label))} & {*words}}
    general = {number for number, label in labels.items() if folded_label(label) == _GENERAL}
    others = {number for number, label in labels.items() if is_default(label)} - general
    by_area = sum(AREA in demanded(label) for label in labels.values()) >= _MANY_AREAS
    every = labels.keys()
    return (
        (abroad if abroad < every else set())
        | (every - general - named if general or by_area else set())
        | (others - named if named - others else set())
    )

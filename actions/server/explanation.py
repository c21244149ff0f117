"""Explains the reply to a first message: runs the turn on each channel as for a citizen, and returns its steps."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from actions.cases.case_resolution import guide
from actions.cases.dialogue_state import Focus, packed
from actions.composer import compose
from actions.first_reply import first_turn
from actions.messages.topic_switch import turned_to
from actions.replies.cards import entry_option
from actions.replies.dated_amounts import is_dated
from actions.replies.page_question import CLEAR
from actions.replies.truncated_description import stand_in
from actions.replies.utterance import Utterance
from actions.situation.reading import facts_in, passing
from actions.turn.choice_list import with_extract
from actions.turn.turn import Turn
from core.care import load_detector
from core.channels import CHANNELS
from core.decision_trace import DecisionStep, Value, recorded
from core.entry import passages
from core.reply_explanation import Candidate, ReplyDecision, ReplyExplanation, Threshold, Understood
from core.settings import Settings
from core.turns import AnswerBlock, ChoicesBlock, Outcome
from retrieval.contracts import Hit, RetrievalResult, Retriever
from retrieval.decision.decide import LEAST_LOG_ODDS, OUTSIDE_WEIGHT

_MOST = 7  # pages
# Steps of the search that are returned as thresholds.
_SEARCHED = ("by_confidence", "by_scope")
# What a card says about cases that do not fit side by side; removed if one of them is assumed afterwards.
_TOO_LONG = ("first_cases", "for_everyone", "only_asked")


async def explain_reply(settings: Settings, retriever: Retriever, message: str, language: str) -> ReplyExplanation:
    """Returns why ``message``, the first of a conversation, gets its reply, if it is taken for a question.

    Greetings and other messages that the dialogue engine answers itself are explained as if they were questions.
    ``language`` is the one chosen by the citizen. Runs within one turn of ``retriever``. Raises ``LookupError`` while there
    is no snapshot.
    """
    snapshot = retriever.status().snapshot
    alert = load_detector().detect(message)
    query = load_detector().in_page_terms(message) if alert else message
    asked = turned_to(query) or query
    with recorded() as searched:
        found = await asyncio.to_thread(
            retriever.search, asked, locale=language, collection=settings.collection or None, limit=_MOST
        )
    before = (DecisionStep(name="danger", values={"alone": not alert.answer_too}),) if alert else ()
    decisions = {}
    for channel in CHANNELS:
        one = await _decided(first_turn(settings, retriever, query, found.language, channel), found)
        if alert and not alert.answer_too:
            one = ReplyDecision(outcome=Outcome.CRISIS)
        outcome = Outcome.CRISIS if alert else one.outcome
        decisions[channel] = one.model_copy(update={"outcome": outcome, "steps": (*before, *one.steps)})
    candidates = await asyncio.to_thread(_candidates, settings, retriever, asked, found)
    by_scope = next((step.values for step in searched if step.name == "by_scope"), {})
    return ReplyExplanation(
        snapshot=snapshot,
        understood=Understood(
            query=message,
            searched=found.understood or asked,
            language=found.language,
            scope=found.scope,
            outside=float(by_scope["outside"]) if by_scope else None,
            facts=packed(facts_in(asked)),
        ),
        confidence=found.confidence,
        candidates=tuple(candidates),
        thresholds=tuple(_thresholds(retriever, asked, found, searched)),
        decisions=decisions,
    )


async def _decided(turn: Turn, found: RetrievalResult) -> ReplyDecision:
    """Returns the decision for ``turn``, as for a citizen."""
    with recorded() as steps:
        reply = await asyncio.to_thread(compose, turn)
    custom: dict[str, Any] = {}
    for one in reply.utterances:
        custom |= {name: one.custom[name] for name in ("outcome", "entry") if name in one.custom}
    best = found.hits[0].entry_id if found.hits else ""
    taken = [step for step in steps if step.name not in _SEARCHED]
    sure = any(step.name == "sure" for step in taken)
    shown = _seen_in_reply(reply.utterances, turn.settings, followed_from=best if sure else "")
    return ReplyDecision(
        outcome=custom["outcome"],
        entry=custom.get("entry", ""),
        steps=(*_without_what_was_not_shown(taken), *shown),
    )


def _without_what_was_not_shown(steps: Sequence[DecisionStep]) -> Iterator[DecisionStep]:
    """Yields ``steps``. Of a card made before a case was assumed, only the step that the cases do not fit is kept."""
    for number, step in enumerate(steps):
        assumed = number + 1 < len(steps) and steps[number + 1].name == "assumed"
        yield DecisionStep(name="too_long", values=step.values) if assumed and step.name in _TOO_LONG else step


def _seen_in_reply(utterances: Sequence[Utterance], settings: Settings, *, followed_from: str) -> Iterator[DecisionStep]:
    """Yields the steps visible in the reply itself: a link was followed, a case was stated, figures have their date."""
    assumed = next((str(one.values["cases"]) for one in utterances if one.response == "utter_assumed"), "")
    blocks = [one.custom["block"] for one in utterances if "block" in one.custom and one.response != "utter_town_page"]
    cards = [AnswerBlock.model_validate(block) for block in blocks if block["type"] == "answer"]
    for card in cards:
        if followed_from and card.entry != followed_from:
            yield DecisionStep(name="link_followed", values={"title": card.title})
        cases = [case for case in card.cases if case not in assumed.split(", ")]
        if cases:
            yield DecisionStep(name="case_of_part", values={"cases": " › ".join(cases)})
        if card.verified_on and is_dated(card.body, card.verified_on):
            yield DecisionStep(name="dated", values=_day(card.title, card.verified_on, settings))
    lists = [ChoicesBlock.model_validate(block) for block in blocks if block["type"] == "choices"]
    for option in (one for block in lists for one in block.options):
        if option.verified_on and is_dated(option.extract, option.verified_on):
            yield DecisionStep(name="dated", values=_day(option.label, option.verified_on, settings))


def _day(title: str, day: date, settings: Settings) -> dict[str, Value]:
    return {"title": title, "day": day.isoformat(), "months": settings.verified_months}


def _candidates(settings: Settings, retriever: Retriever, query: str, found: RetrievalResult) -> list[Candidate]:
    """Returns the nearest pages, with the part of each that would be shown."""
    turns: dict[str, Turn] = {
        channel: first_turn(settings, retriever, query, found.language, channel).with_stated_facts() for channel in CHANNELS
    }
    hits = (found.hits or found.rejected)[:_MOST]
    made = (_candidate(turns, retriever, query, place, hit, found) for place, hit in enumerate(hits, start=1))
    return [one for one in made if one]


def _candidate(
    turns: Mapping[str, Turn], retriever: Retriever, query: str, place: int, hit: Hit, found: RetrievalResult
) -> Candidate | None:
    """Returns the page of ``hit``; ``None`` if another snapshot became active in the meantime."""
    entry = retriever.entry(hit.entry_id, hit.collection)
    if entry is None or not passages(entry):
        return None
    focus = Focus(entry=entry.id, query=query, facts=packed(passing(facts_in(query))))
    best = partial(retriever.best_passage, entry, query)
    answers = place == 1 and found.decision == "answered"  # an answer starts at the found part, a choice at its best part
    start = hit.passage if answers else best()
    lead = guide(entry, start, partial(turns["web"].case, focus), best)
    shown = passages(entry)[stand_in(entry, start if lead.passage is None else lead.passage)]
    option = entry_option(entry.title, entry.id, hit.passage)
    return Candidate(
        place=place,
        entry_id=entry.id,
        collection=entry.collection,
        title=entry.title,
        score=hit.score,
        headings=shown.headings,
        cases=lead.asked.cases if lead.asked else shown.cases,
        open_cases=tuple(lead.asked.labels) if lead.asked else (),
        extracts={channel: with_extract(turn, option, entry, query, found.snapshot).extract for channel, turn in turns.items()},
    )


def _thresholds(
    retriever: Retriever, query: str, found: RetrievalResult, searched: Sequence[DecisionStep]
) -> Iterator[Threshold]:
    """Yields the thresholds that were applied, each with its value."""
    for step in searched:
        if step.name not in _SEARCHED:
            continue
        values = {name: float(value) for name, value in step.values.items()}
        yield Threshold(sort="answered", value=values["confidence"], least=values["answered"])
        if step.name == "by_scope":
            yield Threshold(sort="found", value=values["weighed"], least=LEAST_LOG_ODDS, weight=OUTSIDE_WEIGHT)
        else:
            yield Threshold(sort="choices", value=values["confidence"], least=values["choices"])
    first = retriever.entry(found.hits[0].entry_id, found.hits[0].collection) if found.hits else None
    if first is not None:
        yield Threshold(sort="part", value=retriever.part_likelihood(first, query), least=CLEAR)

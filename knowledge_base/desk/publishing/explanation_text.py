"""The explanation of a reply in words, for the desk's page and for ``ask --explain``. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from core.decision_trace import DecisionStep
from core.reply_explanation import Candidate, ReplyDecision, ReplyExplanation, Threshold
from core.web.typesetting import decimal, language_name, short_day
from knowledge_base.desk.publishing.contracts import CitizenReply

type Say = Callable[..., str]
_AGE, _AREA = "age", "area"
_AREAS = 4  # departments named individually


@dataclass(frozen=True)
class ExplanationText:
    """An explanation in words. ``understood``: item → reading. ``steps``: channel → sentences. ``thresholds``: name, value,
    threshold, and on which side the value is.

    ``otherwise``: channel → note that the running service replied differently from the explanation.
    """

    understood: list[tuple[str, str]]
    steps: dict[str, list[str]]
    thresholds: list[tuple[str, str, str, str]]
    otherwise: dict[str, str]


def explanation_text(why: ReplyExplanation, replies: Mapping[str, CitizenReply], say: Say, language: str) -> ExplanationText:
    """Returns ``why`` in the words of ``say``, together with the ``replies`` of the running service."""
    otherwise = {}
    for channel, reply in replies.items():
        decision = why.decisions[channel]
        if reply.outcome != decision.outcome or (decision.entry and reply.entry != decision.entry):
            otherwise[channel] = say("told_otherwise", outcome=say(f"came_to_{reply.outcome}"))
    return ExplanationText(
        understood=list(_understood(why, say, language)),
        steps={channel: step_sentences(why, decision, say, language) for channel, decision in why.decisions.items()},
        thresholds=[_threshold(one, say, language) for one in why.thresholds if one.sort != "part" or _asks_for_part(why)],
        otherwise=otherwise,
    )


def step_sentences(why: ReplyExplanation, decision: ReplyDecision, say: Say, language: str) -> list[str]:
    """Returns the steps of ``decision`` as sentences, the outcome last."""
    first = why.candidates[0].title if why.candidates else ""
    known: dict[str, object] = {"confidence": _percent(why.confidence), "first": first}
    known |= {f"least_{one.sort}": _percent(one.least) for one in why.thresholds}
    known |= {f"is_{one.sort}": _percent(one.value) for one in why.thresholds}
    lines = [say(_key(step, why), **{**known, **_step_values(step, language)}) for step in decision.steps]
    return [*lines, say("came_to", outcome=say(f"came_to_{decision.outcome}"))]


def part_of(candidate: Candidate) -> str:
    """Returns the headings and cases that lead to the part shown; empty for the introduction."""
    return " › ".join((*candidate.headings, *candidate.cases))


def _asks_for_part(why: ReplyExplanation) -> bool:
    """Decides whether the certainty about the part of the page mattered."""
    return any(step.name.startswith("page_extract") for decision in why.decisions.values() for step in decision.steps)


def _key(step: DecisionStep, why: ReplyExplanation) -> str:
    """Returns the key of the text for ``step``."""
    match step.name:
        case "danger":
            return "step_danger_alone" if step.values["alone"] else "step_danger_too"
        case "bare_subject":
            return "step_bare_subject" if step.values["yes"] else "step_no_bare_subject"
        case "page_extract":
            return "step_part_alone" if step.values["parts"] == 1 else "step_page_extract"
        case "not_assumed":
            return f"step_not_assumed_{step.values['reason']}"
    return f"step_{step.name}"


def _step_values(step: DecisionStep, language: str) -> dict[str, object]:
    values: dict[str, object] = dict(step.values)
    return values | ({"day": short_day(str(values["day"]), language)} if "day" in values else {})


def _understood(why: ReplyExplanation, say: Say, language: str) -> Iterator[tuple[str, str]]:
    found = why.understood
    yield say("understood_as"), found.searched
    yield say("told_language"), language_name(found.language, language)
    outside = say("told_outside_unasked") if found.outside is None else say("told_outside", value=_percent(found.outside))
    yield say("told_scope"), f"{say(f'scope_{found.scope}')} – {outside}"
    facts = [
        say("told_pair", what=say(f"facet_{facet}"), how=_fact(facet, values, say)) for facet, values in found.facts.items()
    ]
    yield say("told_facts"), " ; ".join(facts) or say("told_no_facts")


def _fact(facet: str, values: tuple[str, ...], say: Say) -> str:
    if facet == _AGE:
        first, last = values[0], values[-1]
        return say("told_age", age=first) if first == last else say("told_ages", first=first, last=last)
    if facet == _AREA:
        return ", ".join(values) if len(values) <= _AREAS else say("told_areas", count=len(values))
    return f" {say('told_or')} ".join(value if value.isdecimal() else say(f"fact_{facet}_{value}") for value in values)


def _threshold(one: Threshold, say: Say, language: str) -> tuple[str, str, str, str]:
    side = say("told_over" if one.reached else "told_under")
    if one.sort == "found":
        name = say("threshold_found", weight=decimal(one.weight or 0, language, 1))
        value, least = (decimal(number, language).replace("-", "\N{MINUS SIGN}") for number in (one.value, one.least))
        return name, value, least, side
    value, least = (say("told_percent", value=_percent(share)) for share in (one.value, one.least))
    return say(f"threshold_{one.sort}"), value, least, side


def _percent(share: float) -> str:
    return f"{100 * share:.0f}"

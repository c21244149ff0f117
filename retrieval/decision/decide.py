"""Decides whether a page was found and whether it answers, by the confidence and the kind of the message."""

from math import log
from typing import NamedTuple, Protocol

from core.decision_trace import note
from retrieval.contracts import Decision, Embedder, Scope, Vectors
from retrieval.decision.confidence import Logistic
from retrieval.decision.courtesy import bare
from retrieval.decision.scope import ScopeModel, features
from retrieval.index.lexical_index import LexicalIndex
from retrieval.query.query import Query, analyse
from retrieval.query.spelling import Vocabulary
from retrieval.query.synonym_lists import SynonymLists
from retrieval.terms.analysis import words

# A page is found if the log-odds of the confidence, less OUTSIDE_WEIGHT times the log-odds of a message outside the scope,
# reach the threshold. Neither number is enough alone: the confidence alone lets half of the messages through that no page
# answers. Chosen on questions and messages that neither model was fitted on (ADR 0054).
OUTSIDE_WEIGHT = 0.5
LEAST_LOG_ODDS = -1.57
_CLOSEST = 1e-4  # the least distance of a probability from 0 and 1


class SearchedPages(Protocol):
    """What the judgement needs of a snapshot: the words of its pages."""

    @property
    def vocabulary(self) -> Vocabulary: ...
    @property
    def lexical(self) -> LexicalIndex: ...


class Judged(NamedTuple):
    """``scope`` is the kind of the message, ``outside`` the probability that it is no matter for an administration."""

    scope: Scope
    outside: float


# The judgement without the model of scope.
ENQUIRY = Judged("enquiry", _CLOSEST)


def judge(
    model: ScopeModel | None, asked: Query, vector: Vectors, pages: SearchedPages, embedder: Embedder, synonyms: SynonymLists
) -> Judged:
    """Returns the judgement on the message ``asked``, also without its words of courtesy. Without a ``model`` it is an
    enquiry.
    """
    if model is None:
        return ENQUIRY
    found = _judged(model, asked, vector, pages)
    if found.scope != "outside":
        return found
    if synonyms.ours(words(asked.text)):
        return ENQUIRY  # local names are unknown to the model; the operator's list vouches for them
    left = bare(asked.text)
    if left == asked.text:
        return found
    asked = analyse(left, pages.vocabulary, synonyms.current)
    return min(found, _judged(model, asked, embedder.embed_queries([asked.text])[0], pages), key=lambda one: one.outside)


def decide(model: Logistic, confidence: float, judged: Judged) -> Decision:
    """Returns what to do with the page found first."""
    if judged is ENQUIRY:
        note("by_confidence", confidence=confidence, **model.thresholds)
        return model.decide(confidence)
    weighed = _log_odds(confidence) - OUTSIDE_WEIGHT * _log_odds(judged.outside)
    note("by_scope", confidence=confidence, outside=judged.outside, weighed=weighed, **model.thresholds)
    if weighed < LEAST_LOG_ODDS:
        return "no_answer"
    return "answered" if confidence >= model.thresholds["answered"] else "choices"


def _judged(model: ScopeModel, asked: Query, vector: Vectors, pages: SearchedPages) -> Judged:
    values = features(asked, vector, pages.lexical.rarity)
    return Judged(model.judge(values), model.probabilities(values)["outside"])


def _log_odds(probability: float) -> float:
    within = min(max(probability, _CLOSEST), 1 - _CLOSEST)
    return log(within / (1 - within))

"""Prints a line of JSON for each regular expression, and each function, whose time grows faster than a citizen's text.

In a process of its own: what is compiled is seen only if it is watched from the first import on.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import random
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from itertools import islice
from typing import Any

from tests.integration.growing_texts import PLAIN, Growing, growing_texts

_PACKAGES = (
    "core.care",
    "core.languages",
    "core.text",
    "actions",
    "bot",
    "analytics",
    "integrators",
    "channels",
    "conversations",
    "places",
    "supervision",
    "retrieval",
)
# These look at pages, at replies, at what operators and our own processes send, or at data for training: not at what a citizen
# wrote. Masking has a test of its own.
_OTHER_TEXTS = (
    "core.text.markdown",
    "actions.replies",
    "actions.turn.repeat_detection",
    "channels.rendering",
    "channels.sms.encoding",
    "channels.sms.providers",
    "channels.web.pages.markup",
    "conversations.wording",
    "places.communes",
    "places.hours.schedule",
    "places.offices.dila",
    "retrieval.evaluation",
    "retrieval.index",
    "retrieval.ranking.page_priors",
    "retrieval.snapshots",
)
_SMALL, _LARGE = 512, 2048  # characters
_GROWTH = 9.0  # fourfold length: fourfold time is linear, sixteenfold quadratic
_FLOOR = 100e-6  # seconds of processor time; below, nothing is measured well, and nothing is quadratic that matters
_GIVEN_UP = 1.0  # the same, for ``_SMALL`` characters

type Found = dict[tuple[str, int], str]


class _TooLong(Exception):
    """A measurement was given up."""


def watched() -> Found:
    """Returns (pattern, flags) → the module that compiled it; from now on, whatever is compiled is added."""
    found: Found = {}
    compile_ = re.compile

    def noting(name: str) -> None:
        original = getattr(re, name)

        def noted(pattern: Any, *more: Any, **named: Any) -> Any:
            module = str(sys._getframe(1).f_globals.get("__name__"))
            if isinstance(pattern, str) and module.startswith(_PACKAGES) and not module.startswith(_OTHER_TEXTS):
                compiled = compile_(pattern, *more) if name == "compile" else compile_(pattern, named.get("flags", 0))
                found.setdefault((compiled.pattern, compiled.flags), module)
            return original(pattern, *more, **named)

        setattr(re, name, noted)

    for name in ("compile", "search", "match", "fullmatch", "sub", "split", "findall", "finditer"):
        noting(name)
    return found


def readers() -> dict[str, Callable[[str], object]]:
    """Returns the functions that read a citizen's text, by name; calling them compiles what they compile at first use."""
    for package in _PACKAGES:
        _imports(package)
    from actions.messages import (
        aspects,
        call_back_reading,
        file_questions,
        follow_up_parser,
        topic_switch,
    )
    from actions.messages.plain_words import plain
    from actions.policy import about_administration, conversation_commands, danger
    from actions.situation.reading import facts_in, without_facts
    from analytics.insights import refusals, rewording
    from bot.citizen_text import neutralise
    from bot.components.phonetic_keys import phonetic_keys
    from conversations.intake.call_back_numbers import number_in
    from conversations.intake.mail_addresses import address_in
    from conversations.keywords import keyword
    from conversations.turns import choices
    from core.care import load_detector
    from core.languages.detection import detect
    from core.text import yes_no
    from core.text.wants_human import wants_human
    from core.yaml_text import table
    from places.communes.index import OWN, load
    from places.hours.requested_time import requested_time
    from places.mentions.finder import find
    from places.offices import request
    from retrieval.decision.courtesy import bare
    from retrieval.passages import aspects as passage_aspects
    from retrieval.query.glossary import french_terms
    from retrieval.query.stems import LANGUAGES
    from retrieval.terms.analysis import terms

    for name, patterns in table(follow_up_parser._FILE).items():
        if isinstance(patterns, list):
            follow_up_parser.pattern(name)
    detector = load_detector()
    offered = ("/a", "/b")
    communes = load(OWN)
    form = partial(call_back_reading.read, asked=call_back_reading.TIME)
    found: dict[str, Callable[[str], object]] = {
        "address_in": address_in,
        "asked_in": aspects.asked_in,
        "asked_of_page": passage_aspects.asked_of_page,
        "bare": bare,
        "call_back": lambda text: form(call_back_reading.Said(text)),
        "mail_back": lambda text: call_back_reading.read(call_back_reading.Said(text, by_mail=True), call_back_reading.NUMBER),
        "unsure_option": lambda text: choices.unsure_option(text, offered),
        "option_by_number": lambda text: choices.option_by_number(text, offered),
        "copy_confirmed": yes_no.says_yes,
        "corrected": lambda text: topic_switch.corrected(text, "passeport"),
        "danger": detector.detect,
        "danger_since": detector.later_sign,
        "idioms": detector.without_idioms,
        "keyword": keyword,
        "language": detect,
        "mourning": detector.mourning_language,
        "option_by_label": lambda text: choices.option_by_label(text, [("Oui", "/a")]),
        "names_nothing": aspects.names_nothing,
        "named_instead": topic_switch.named_instead,
        "neutralise": neutralise,
        "number_in": number_in,
        "office": lambda text: request.request_in(text, ("rennes",)),
        "office_errand": request.errand_in,
        "office_when": lambda text: requested_time(text, date.today()),
        "only_asks_where": file_questions.only_asks_where,
        "only_where": danger.only_where,
        "page_of_file": lambda text: file_questions.asks_a_page(text, page_shown=True),
        "places": lambda text: find(text, communes),
        "plain": plain,
        "refuses": lambda text: refusals.refuses(text, "", answered_as_refusal=True),
        "restated": detector.in_page_terms,
        "rewords": lambda text: rewording.rewords("passeport", text),
        "facts_in": facts_in,
        "sounds": phonetic_keys,
        "terms": terms,
        "turned_to": topic_switch.turned_to,
        "without_facts": without_facts,
        "wanted_language": conversation_commands._language_wanted,
        "wants_erased": about_administration.wants_erased,
        "wants_human": wants_human,
        **{f"glossary_{language}": partial(french_terms, language=language) for language in LANGUAGES},
    }
    for module in list(sys.modules.values()):  # tables that are made at first use
        if str(getattr(module, "__name__", "")).startswith(_PACKAGES):
            for function in list(vars(module).values()):
                if hasattr(function, "cache_info") and function.__module__ == module.__name__ and _needs_nothing(function):
                    function()
    for read in found.values():
        read("Bonjour, j'habite à Paris (75), j'ai 30 ans. C koi les papiers svp ?")
    return found


def _imports(package: str) -> None:
    """Import all modules of ``package``, but for those of ``bot`` that need Rasa, which lives in an environment of its own."""
    folder = importlib.import_module(package)
    for module in pkgutil.walk_packages(folder.__path__, f"{package}."):
        if module.name.endswith("__main__"):
            continue
        try:
            importlib.import_module(module.name)
        except ModuleNotFoundError as error:
            if not (package == "bot" and error.name in ("rasa", "tensorflow")):
                raise


def _needs_nothing(function: Any) -> bool:
    return not inspect.signature(function).parameters


def look(pattern: re.Pattern[str], text: str) -> None:
    """Look for ``pattern`` in all the ways in which one can."""
    for _ in pattern.finditer(text):
        pass
    pattern.match(text)
    pattern.fullmatch(text)


def grows(work: Callable[[str], object], texts: Iterator[Growing]) -> str:
    """Returns the first of ``texts`` for which four times the length takes much more than four times as long; or nothing."""
    for text in texts:
        small = _seconds(work, text.of_length(_SMALL))
        if small < _FLOOR:
            continue
        if small == _GIVEN_UP:
            return repr(text)
        # A second look, and a third: a machine that is busy is slow now and then, a pattern always.
        if all(_ratio(work, text) > _GROWTH for _ in range(3)):
            return repr(text)
    return ""


def _ratio(work: Callable[[str], object], text: Growing) -> float:
    small = min(_seconds(work, text.of_length(_SMALL)) for _ in range(3))
    large = min(_seconds(work, text.of_length(_LARGE), _GIVEN_UP * 20) for _ in range(2))
    return large / small


def _seconds(work: Callable[[str], object], text: str, most: float = _GIVEN_UP) -> float:
    """Returns the seconds of processor time, at most ``most``."""
    signal.setitimer(signal.ITIMER_VIRTUAL, most)
    began = time.thread_time()
    try:
        work(text)
    except _TooLong:
        return most
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return time.thread_time() - began


def _give_up(*_: object) -> None:
    raise _TooLong


@contextmanager
def measuring() -> Iterator[None]:
    """While the block runs, what takes too long is given up."""
    before = signal.signal(signal.SIGVTALRM, _give_up)
    try:
        yield
    finally:
        signal.signal(signal.SIGVTALRM, before)


def main(for_functions: int) -> None:
    """Print what grows, and how much was looked at. Each function is tried with ``for_functions`` of the patterns' texts."""
    found = watched()
    functions = readers()
    looks = [(f"{module}: {pattern[:80]}", pattern, flags) for (pattern, flags), module in found.items()]
    hard = dict.fromkeys(Growing("", again, "") for again in PLAIN)
    made = [text for _, pattern, flags in looks for text in islice(growing_texts(pattern, flags), 100)]
    hard |= dict.fromkeys(random.Random(1).sample(made, for_functions))
    with measuring():
        for name, pattern, flags in looks:
            _tell(name, grows(partial(look, re.compile(pattern, flags)), growing_texts(pattern, flags)))
        for name, function in functions.items():
            _tell(name, grows(function, iter(hard)))
    print(json.dumps({"patterns": len(looks), "functions": len(functions)}))


def _tell(name: str, text: str) -> None:
    if text:
        print(json.dumps({"grows": name, "text": text}))


if __name__ == "__main__":
    main(int(sys.argv[1]))

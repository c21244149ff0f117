"""The words that are both names and everyday words, for ``core/privacy/finders/ordinary.txt``."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import simplemma

from cli.database import run_on_database
from core.privacy.finders.lexicon import fold, name_lists
from core.settings import ROOT, Settings
from knowledge_base.entries.store import published

_LOWER = re.compile(r"(?<![\w'’-])[^\W\d_A-ZÀ-Þ]+(?![\w-])|(?<=['’])[^\W\d_A-ZÀ-Þ]+")
_OTHER_LANGUAGES = ("en", "es", "pt", "it", "de", "tr")
_OWN_TEXTS = ("bot/data/**/*.yml", "domain.yml", "tests/evaluation/questions/*.jsonl", "tests/evaluation/languages/*.jsonl")


def print_words(settings: Settings) -> None:
    """Prints ``word count`` lines: names that pages, own texts, or other languages' small words use in lower case."""
    first, last = name_lists()
    counts = Counter(fold(word) for text in _texts(settings) for word in _LOWER.findall(text))
    for language in _OTHER_LANGUAGES:
        counts.update({fold(word): 20 for word in import_module(f"spacy.lang.{language}.stop_words").STOP_WORDS})
    for name in sorted({*first, *last}):
        count = counts[name] or int(simplemma.is_known(name, "fr"))
        if count:
            print(name, count)


def _texts(settings: Settings) -> list[str]:
    entries = run_on_database(settings.sql_url, published)
    pages = [text for entry in entries for text in _strings(json.loads(entry.model_dump_json()))]
    own = [path.read_text() for pattern in _OWN_TEXTS for path in ROOT.glob(pattern)]
    return pages + own


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _strings(inner)
        case list():
            for inner in value:
                yield from _strings(inner)

"""Checks while writing: what makes a text hard to read, old, or unfit to be public. Pure; they advise and never refuse."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from core.dates import is_old
from core.entry import Block, Cases, Chapter, Entry, TextBlock, part_wordings, passages
from core.opening_sentences import plain_words
from core.privacy.masking import find
from core.text.markdown import plain
from core.yaml_text import load as load_yaml
from knowledge_base.safety import faults

_WORDS_A_SENTENCE = 25  # beyond it, readers lose the thread (rules of FALC ask for far less)
_HARD, _FAIR = 40.0, 60.0
_SHOWN = 5
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)|https?://\S+")
_MARKS = re.compile(r"[*|>#`\\]|^\s*(?:[-•]|\d+[.)])\s+", re.M)
_SENTENCE = re.compile(r"(?<=[.!?…;:])\s+|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_VOWELS = re.compile(r"[aeiouyàâäéèêëîïôöùûüœæ]+")
_SILENT = re.compile(r"(?<=[^\W\d_]{2})(?:es?|ent)$")


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to look at. ``code`` is a word of the part (``check_…``) that ``values`` fill."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def advice(entry: Entry, *, months: int = 18, today: date | None = None) -> list[Advice]:
    """All that is to be said of ``entry``, the gravest first. ``months``: after so many, citizens are told that it is old."""
    return [
        *_personal(entry),
        *_holes(entry),
        *_openings(entry),
        *_dates(entry, months, today or date.today()),
        *_reading(entry),
        *_sentences(entry),
        *_jargon(entry),
    ]


def unsafe_texts(entry: Entry, name: Callable[[str], str]) -> list[Advice]:
    """Returns what would keep ``entry`` from being saved, each thing once in a field. ``name``: of a field, for its reader."""
    found = {(fault.field, fault.kind): fault for fault in reversed([*faults(entry)])}
    shown = [(name("sections" if fault.field == "body" else fault.field), fault) for fault in reversed(found.values())]
    return [Advice(f"holds_{fault.kind}", {"label": label, "excerpt": fault.excerpt}) for label, fault in shown]


def plain_text(entry: Entry) -> str:
    """Returns all words that citizens read, a passage a paragraph, without marks and addresses."""
    texts = [entry.title, *(passage.markdown for passage in passages(entry)), entry.easy_text]
    return "\n".join(_MARKS.sub(" ", _LINK.sub(lambda match: match[1] or " ", text)) for text in texts if text)


def reading_ease(text: str, locale: str = "fr") -> float | None:
    """0 (hard) to 100 (easy): Flesch's formula with Kandel and Moles' factors for French; ``None`` below 30 words.

    Syllables are counted as groups of vowels, without a silent ending in French: right for nine words in ten.
    """
    words = _WORD.findall(text)
    if len(words) < 30:
        return None
    sentences = max(1, sum(bool(_WORD.search(sentence)) for sentence in _SENTENCE.split(text)))
    syllables = sum(_syllables(word.lower(), locale) for word in words)
    length, weight = len(words) / sentences, syllables / len(words)
    score = 207 - 1.015 * length - 73.6 * weight if locale == "fr" else 206.835 - 1.015 * length - 84.6 * weight
    return round(min(100.0, max(0.0, score)), 1)


def _syllables(word: str, locale: str) -> int:
    spoken = _SILENT.sub("", word) if locale == "fr" else re.sub(r"(?<=[^\W\d_]{2})e$", "", word)
    return max(1, len(_VOWELS.findall(spoken)))


def _personal(entry: Entry) -> Iterator[Advice]:
    # What citizens asked is often copied from what one of them wrote, and is indexed though nobody reads it.
    asked = (*entry.wordings, *(one for wordings in part_wordings(entry).values() for one in wordings))
    text = "\n".join((plain_text(entry), *asked))
    kinds = sorted({span.kind for span in find(text)} - {"name", "address", "phone", "email"})
    # An administration's own telephone, e-mail and postal address belong into an entry; numbers of a person never do.
    if kinds:
        yield Advice("check_personal", {"kinds": ", ".join(kinds)})


def _holes(entry: Entry) -> Iterator[Advice]:
    """What citizens would meet empty: no answer, a button or heading without words, or with nothing behind it."""
    if not any(text.strip() for text in (entry.short_answer, entry.easy_text, *(one.markdown for one in passages(entry)))):
        yield Advice("check_nothing_to_say")
        return
    for kind, name, body in _named(entry.body):
        if not name.strip():
            yield Advice(f"check_no_name_{kind}")
        elif not _says_something(body):
            yield Advice(f"check_empty_{kind}", {"name": name.strip()})


def _openings(entry: Entry) -> Iterator[Advice]:
    """What should open the page, and stands nowhere in it."""
    texts = [plain_words(plain(passage.markdown, links=False)) for passage in passages(entry)]
    for words in entry.opening:
        if not any(words in text for text in texts):
            yield Advice("check_opening_gone", {"words": words})


def _named(body: tuple[Block, ...]) -> Iterator[tuple[str, str, tuple[Block, ...]]]:
    """(kind, name, body) of each part and each situation, in order."""
    for block in body:
        inner: list[tuple[str, str, tuple[Block, ...]]] = []
        if isinstance(block, Chapter):
            inner = [("chapter", block.heading, block.body)]
        elif isinstance(block, Cases):
            inner = [("case", case.label, case.body) for case in block.cases]
        for one in inner:
            yield one
            yield from _named(one[2])


def _says_something(body: tuple[Block, ...]) -> bool:
    return any(isinstance(block, TextBlock) and block.markdown.strip() for block in body) or any(
        _says_something(inner) for _, _, inner in _named(body)
    )


def _dates(entry: Entry, months: int, today: date) -> Iterator[Advice]:
    if entry.verified_on is None:
        yield Advice("check_no_date")
    elif entry.verified_on > today:
        yield Advice("check_date_ahead")
    elif is_old(entry.verified_on, months, today):
        yield Advice("check_date_old", {"months": months})
    if not entry.url:
        yield Advice("check_no_source")


def _reading(entry: Entry) -> Iterator[Advice]:
    ease = reading_ease(plain_text(entry), entry.locale)
    if ease is not None:
        level = "hard" if ease < _HARD else "fair" if ease < _FAIR else "easy"
        yield Advice(f"check_reading_{level}", {"score": f"{ease:.0f}"})


def _sentences(entry: Entry) -> Iterator[Advice]:
    long = {  # cases often repeat a sentence: it is named once
        (count, sentence.strip())
        for sentence in _SENTENCE.split(plain_text(entry))
        if (count := len(_WORD.findall(sentence))) > _WORDS_A_SENTENCE
    }
    for count, sentence in sorted(long, reverse=True)[:_SHOWN]:
        yield Advice("check_long", {"count": count, "sentence": sentence[:160] + ("…" if len(sentence) > 160 else "")})


def _jargon(entry: Entry) -> Iterator[Advice]:
    text = plain_text(entry).lower().replace("’", "'")
    for pattern, simpler in _terms().get(entry.locale, ()):
        if match := pattern.search(text):
            yield Advice("check_jargon", {"term": match[0], "plain": simpler})


@cache
def _terms() -> dict[str, tuple[tuple[re.Pattern[str], str], ...]]:
    lists: dict[str, dict[str, str]] = load_yaml((Path(__file__).parent / "jargon.yml").read_text(encoding="utf-8"))
    return {locale: tuple((_pattern(term), plain) for term, plain in terms.items()) for locale, terms in lists.items()}


def _pattern(term: str) -> re.Pattern[str]:
    """``term`` as words of their own; one that ends in a bare ``d`` goes on as de, des, du or d'."""
    after = r"(?=e |es |u |')" if term.endswith((" d", " à d")) else r"(?!\w)"
    return re.compile(rf"(?<!\w){term}{after}")

"""Checks during writing: text that is hard to read, out of date, or unsafe to publish. They advise and never refuse."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from core.dates import is_old
from core.entry import Block, Cases, Chapter, Entry, TextBlock, part_wordings, passages
from core.opening_sentences import in_page
from core.privacy.masking import find
from core.yaml_text import load as load_yaml
from knowledge_base.desk.editor.catalogue import folded
from knowledge_base.entries.safety import faults

_WORDS_A_SENTENCE = 25  # more is hard to follow (the FALC rules for easy reading allow far less)
_HARD, _FAIR = 40.0, 60.0
_SHOWN = 5
_ALIKE = 82.0  # per cent, ignoring word order: "Perte de la carte d'identité" and "Carte d'identité : perte" are 86
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)|https?://\S+")
_MARKS = re.compile(r"[*|>#`\\]|^\s*(?:[-•]|\d+[.)])\s+", re.M)
_SENTENCE = re.compile(r"(?<=[.!?…;:])\s+|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_VOWELS = re.compile(r"[aeiouyàâäéèêëîïôöùûüœæ]+")
_SILENT = re.compile(r"(?<=[^\W\d_]{2})(?:es?|ent)$")


@dataclass(frozen=True, slots=True)
class Advice:
    """One piece of advice. ``code`` is the key of a text of the part (``check_…``), which ``values`` fill."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


def advice(entry: Entry, *, months: int = 18, today: date | None = None) -> list[Advice]:
    """Returns all advice on ``entry``, the most serious first. After ``months``, citizens are told that a text is old."""
    return [
        *_personal(entry),
        *_holes(entry),
        *_chosen_sentences(entry),
        *_dates(entry, months, today or date.today()),
        *_reading(entry),
        *_sentences(entry),
        *_jargon(entry),
    ]


def unsafe_texts(entry: Entry, name: Callable[[str], str]) -> list[Advice]:
    """Returns the faults that would prevent ``entry`` from being saved, each once per field. ``name`` gives a field's label."""
    found = {(fault.field, fault.kind): fault for fault in reversed([*faults(entry)])}
    shown = [(name("sections" if fault.field == "body" else fault.field), fault) for fault in reversed(found.values())]
    return [Advice(f"holds_{fault.kind}", {"label": label, "excerpt": fault.excerpt}) for label, fault in shown]


def duplicates(entry: Entry, found: Iterable[tuple[str, str, str]]) -> Iterator[Advice]:
    """Yields advice on possible duplicates. ``found`` are (collection, id, title) of the nearest entries."""
    for collection, identifier, title in found:
        alike = fuzz.token_sort_ratio(folded(entry.title), folded(title)) >= _ALIKE
        if alike and (collection, identifier) != (entry.collection, entry.id):
            yield Advice("check_duplicate", {"title": title, "url": f"/desk/entries/{collection}/{identifier}"})


def plain_text(entry: Entry) -> str:
    """Returns all words that citizens read, one paragraph per passage, without marks and addresses."""
    texts = [entry.title, *(passage.markdown for passage in passages(entry)), entry.easy_text]
    return "\n".join(_MARKS.sub(" ", _LINK.sub(lambda match: match[1] or " ", text)) for text in texts if text)


def reading_ease(text: str, locale: str = "fr") -> float | None:
    """Returns a reading ease from 0 (hard) to 100 (easy): Flesch's formula with Kandel and Moles' factors for French; ``None``
    below 30 words.

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
    # Wordings are often copied from a citizen's question, and are indexed though nobody reads them.
    questions = (
        *entry.wordings,
        *(one.question for one in entry.questions),
        *(one for wordings in part_wordings(entry).values() for one in wordings),
    )
    text = "\n".join((plain_text(entry), *questions))
    kinds = sorted({span.kind for span in find(text)} - {"name", "address", "phone", "email"})
    # An administration's own telephone, e-mail and postal address belong in an entry; a person's numbers never do.
    if kinds:
        yield Advice("check_personal", {"kinds": ", ".join(kinds)})


def _holes(entry: Entry) -> Iterator[Advice]:
    """Yields advice on empty places: no answer, a button or heading without words, or without content behind it."""
    if not any(text.strip() for text in (entry.short_answer, entry.easy_text, *(one.markdown for one in passages(entry)))):
        yield Advice("check_nothing_to_say")
        return
    for kind, name, body in _named(entry.body):
        if not name.strip():
            yield Advice(f"check_no_name_{kind}")
        elif not _says_something(body):
            yield Advice(f"check_empty_{kind}", {"name": name.strip()})


def _chosen_sentences(entry: Entry) -> Iterator[Advice]:
    """Yields advice on opening sentences, and on sentences that answer a question, that occur nowhere in the page, or only in
    an introduction that the short answer hides.
    """
    for words in entry.opening:
        if not in_page(entry, words):
            hidden = in_page(entry.model_copy(update={"short_answer": ""}), words)
            yield Advice("check_opening_hidden" if hidden else "check_opening_gone", {"words": words})
    for one in entry.questions:
        if not in_page(entry, one.sentence):
            yield Advice("check_question_gone", {"words": one.sentence, "question": one.question})


def _named(body: tuple[Block, ...]) -> Iterator[tuple[str, str, tuple[Block, ...]]]:
    """Yields (kind, name, body) of each part and each situation, in order."""
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
    long = {  # cases often repeat a sentence; it is reported once
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
    """Returns a pattern for ``term`` as separate words. A term that ends in a bare ``d`` continues as de, des, du or d'."""
    after = r"(?=e |es |u |')" if term.endswith((" d", " à d")) else r"(?!\w)"
    return re.compile(rf"(?<!\w){term}{after}")

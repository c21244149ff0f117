"""Checks a topic before it is kept."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from core.privacy.masking import mask
from retrieval.contracts import Topic
from retrieval.terms.analysis import words

FEWEST_EXAMPLES, MOST_EXAMPLES = 3, 40
EXAMPLE = 200  # characters
LENGTHS = {
    "name": 60,
    "name_en": 60,
    "body": 80,
    "address": 200,
    "phone": 30,
    "hours": 150,
    "hours_en": 150,
    "url": 200,
    "sentence": 200,
    "sentence_en": 200,
}
_FEWEST_WORDS = 2


def faults(topic: Topic) -> list[tuple[str, str, str]]:
    """Returns what is wrong, in the order of the form: field, code, and the text that it is about."""
    return list(_faults(topic))


def _faults(topic: Topic) -> Iterator[tuple[str, str, str]]:
    for field in ("name", "body", "sentence"):
        if not words(getattr(topic, field)):
            yield field, "missing", ""
    if len(topic.examples) < FEWEST_EXAMPLES:
        yield "examples", "few_examples", ""
    if len(topic.examples) > MOST_EXAMPLES:
        yield "examples", "many_examples", ""
    for example in topic.examples:
        if len(example) > EXAMPLE:
            yield "examples", "long_example", example[:60]
        elif len(words(example)) < _FEWEST_WORDS:
            yield "examples", "short_example", example
        elif mask(example).text != example:
            yield "examples", "personal", example
    if not (topic.address or topic.phone or topic.url):
        yield "phone", "no_way", ""
    if topic.url and not _is_address(topic.url):
        yield "url", "url", topic.url
    for field, most in LENGTHS.items():
        if len(getattr(topic, field)) > most:
            yield field, "too_long", str(most)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and "." in (parts.hostname or "") and not parts.username

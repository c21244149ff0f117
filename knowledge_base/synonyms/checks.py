"""Checks a group of synonyms: faults that prevent it, and remarks for its author."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.privacy.masking import mask
from retrieval.query.synonyms import Group
from retrieval.terms.analysis import term, words

LONGEST = 120  # characters of one wording
MOST_TERMS, MOST_MEANS = 60, 10
NOTE = 300
_SHORT = 3  # letters: such a word often has another meaning


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: ``code`` of a field, about one of its ``wording``s."""

    field: str
    code: str
    wording: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark that does not prevent a group: ``code``, its ``wording``, and the ``group`` that already has it."""

    code: str
    wording: str
    group: Group | None = None


def faults(group: Group) -> list[Fault]:
    """Returns all faults of ``group``, in the order of the form; empty if it may be saved."""
    found = [*_listed("terms", group.terms, MOST_TERMS), *_listed("means", group.means, MOST_MEANS)]
    for text in group.terms:
        if len(words(text)) == 1 and not term(words(text)[0]) and group.kind != "sms":
            found.append(Fault("terms", "too_common", text))
    if group.terms and group.means and not group.replacing and all(_says(text, group.means) for text in group.terms):
        found.append(Fault("means", "same", group.terms[0]))
    if group.both_ways and group.replacing:
        found.append(Fault("both_ways", "both_and_replaces"))
    if len(group.note) > NOTE:
        found.append(Fault("note", "note_too_long"))
    if mask(group.note).text != group.note:
        found.append(Fault("note", "personal"))
    return found


def remarks(group: Group, built_in: Sequence[Group], operators: Sequence[Group]) -> Iterator[Remark]:
    """Yields remarks on ``group``: words in other lists, and words that often have another meaning."""
    for text in group.terms:
        in_use = [other for other in built_in if other.speaks_of(text)]
        known = words(text)
        if len(known) == 1 and len(known[0]) <= _SHORT and not group.replacing and not in_use:
            yield Remark("short", text)
        for other in in_use:
            yield Remark("known_replaced" if other.replacing and not group.replacing else "known", text, other)
        for other in operators:
            if other.speaks_of(text):
                yield Remark("in_file", text, other)


def _says(text: str, means: tuple[str, ...]) -> bool:
    """Decides whether the search already treats ``text`` like all of ``means``."""
    return all(map(Group(terms=(text,), means=(text,)).speaks_of, means))


def _listed(field: str, texts: tuple[str, ...], most: int) -> Iterator[Fault]:
    if not any(texts):
        yield Fault(field, "missing")
    if len(texts) > most:
        yield Fault(field, "too_many")
    for text in texts:
        if len(text) > LONGEST:
            yield Fault(field, "too_long", text)
        elif text and not words(text):
            yield Fault(field, "no_word", text)
        elif mask(text).text != text:
            yield Fault(field, "personal", text)

"""The index terms of the passages of an entry."""

from dataclasses import dataclass

from core.entry import Entry, part_wordings, passages
from retrieval.terms.analysis import terms


@dataclass(frozen=True)
class PassageTerms:
    """The terms of one passage. ``order`` is its place in ``core.entry.passages``. ``wordings`` are those of its part (of the
    page, for the introduction); only the first passage of a part has them.
    """

    order: int
    heading: frozenset[str]
    case: frozenset[str]
    text: frozenset[str]
    wordings: frozenset[str] = frozenset()

    @property
    def spoken(self) -> frozenset[str]:
        """Returns the terms of the page itself in this passage."""
        return self.heading | self.case | self.text


def passage_terms(entry: Entry) -> tuple[PassageTerms, ...]:
    worded = {(): entry.wordings, **part_wordings(entry)}
    return tuple(
        PassageTerms(
            passage.order,
            frozenset(terms(" ".join(passage.headings))),
            frozenset(terms(" ".join(passage.cases))),
            frozenset(terms(passage.markdown)),
            frozenset(terms("\n".join(worded.pop(passage.headings, ())))),
        )
        for passage in passages(entry)
    )

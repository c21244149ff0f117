"""A group as a form sends and shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from core.text.visible import visible_line
from retrieval.query.synonyms import Group

KINDS: tuple[Literal["everyday", "abbreviation", "renamed", "sms"], ...] = ("everyday", "abbreviation", "renamed", "sms")
QUESTIONS = 5
# One wording per line, or separated by commas; the comma of "1,5 tonne" does not separate.
_BETWEEN = re.compile(r"[\r\n;]|,(?!\d)")


class GroupForm(BaseModel):
    """The fields of the page. ``seen`` is the version shown; ``questions`` are to be tried, one per line."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    terms: str = Field("", max_length=20_000)
    means: str = Field("", max_length=20_000)
    kind: str = Field("everyday", max_length=20)
    both_ways: bool = False
    replaces: bool = False
    note: str = Field("", max_length=5_000)
    questions: str = Field("", max_length=5_000)
    seen: int = Field(0, ge=0, le=2**31 - 1)

    @classmethod
    def of(cls, group: Group | None, seen: int) -> GroupForm:
        """Returns the form for a group before any change."""
        if group is None:
            return cls(seen=seen)
        return cls(
            terms="\n".join(group.terms),
            means="\n".join(group.means),
            kind=group.kind,
            both_ways=group.both_ways,
            replaces=group.replaces,
            note=group.note,
            seen=seen,
        )

    def group(self) -> Group:
        """Returns the group, cleaned. ``faults`` reports what is wrong with it."""
        return Group.model_construct(
            terms=tuple(wordings(self.terms)),
            means=tuple(wordings(self.means)),
            kind=next((one for one in KINDS if one == self.kind), "everyday"),
            both_ways=self.both_ways,
            replaces=self.replaces,
            note=visible_line(self.note),
        )

    def typed_questions(self) -> list[str]:
        """Returns the questions to be tried."""
        return list(dict.fromkeys(filter(None, map(visible_line, self.questions.splitlines()))))[:QUESTIONS]


def form_of(given: Mapping[str, object]) -> GroupForm:
    """Returns the form. Raises ``ValidationError`` for data that no page of the desk sends."""
    return GroupForm.model_validate({name: value for name, value in given.items() if isinstance(value, str)})


def wordings(text: str) -> list[str]:
    """Returns the wordings of a field, each once."""
    return list(dict.fromkeys(filter(None, map(visible_line, _BETWEEN.split(text)))))

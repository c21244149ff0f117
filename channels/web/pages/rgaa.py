"""The criteria of the accessibility standard RGAA 4.1, and the tests that check each of them (``rgaa.yml``)."""

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from core.yaml_text import load

type Finding = Literal["tested", "absent", "unseen"]


class Criterion(BaseModel):
    """``tests``: browser tests that check a part of it. ``absent``: the service has nothing to which it applies."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: str
    name: str
    tests: tuple[str, ...] = ()
    absent: bool = False

    @property
    def finding(self) -> Finding:
        """Returns what is known of it; ``unseen``: a person has to look."""
        if self.absent:
            return "absent"
        return "tested" if self.tests else "unseen"


class Theme(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    theme: str
    criteria: tuple[Criterion, ...]


@cache
def themes() -> tuple[Theme, ...]:
    """Returns the thirteen themes with their criteria."""
    text = Path(__file__).with_name("rgaa.yml").read_text(encoding="utf-8")
    return tuple(Theme.model_validate(one) for one in load(text))


def counts() -> Counter[Finding]:
    """Returns how many criteria there are of each finding."""
    return Counter(criterion.finding for theme in themes() for criterion in theme.criteria)

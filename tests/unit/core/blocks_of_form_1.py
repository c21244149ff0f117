"""Blocks as a process of the version before mini cards reads them: a copy of its models, which forbid unknown fields."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from core.turns import Outcome


class _Block(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TextBlock(_Block):
    type: Literal["text"] = "text"
    text: str


class NoticeBlock(_Block):
    type: Literal["notice"] = "notice"
    text: str


class Source(_Block):
    name: str
    url: str


class Frame(_Block):
    language: str
    words: dict[str, str]


class AnswerBlock(_Block):
    type: Literal["answer"] = "answer"
    text: str = ""
    entry: str
    entry_version: int
    snapshot: str
    locale: str = "fr"
    title: str
    headings: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    body: str
    source: Source
    verified_on: date | None = None
    notice: str = ""
    services: tuple[Source, ...] = ()
    sms_text: str = ""
    part: int = 0
    frame: Frame | None = Field(default=None, exclude_if=lambda frame: frame is None)


class Option(_Block):
    label: str
    payload: str


class ChoicesBlock(_Block):
    type: Literal["choices"] = "choices"
    text: str = ""
    purpose: Literal["entries", "related", "menu", "cases"] = "entries"
    options: tuple[Option, ...]
    shown: int = 0


Block = Annotated[TextBlock | NoticeBlock | AnswerBlock | ChoicesBlock, Field(discriminator="type")]
BLOCKS: TypeAdapter[tuple[Block, ...]] = TypeAdapter(tuple[Block, ...])


class Turn(BaseModel):
    """What a worker reads of an answer of Rasa. Unknown fields beside the blocks never were refused."""

    model_config = ConfigDict(frozen=True)

    outcome: Outcome
    blocks: tuple[Block, ...] = ()


CARD: dict[str, Any] = {
    "type": "answer",
    "text": "Voici.",
    "entry": "F1",
    "entry_version": 3,
    "snapshot": "s1",
    "locale": "fr",
    "title": "Carte d'identité",
    "headings": ["Démarche"],
    "cases": ["Perte"],
    "body": "Faites une déclaration.",
    "source": {"name": "Exemple", "url": "https://exemple.fr/F1"},
    "verified_on": "2020-02-01",
    "notice": "Ancien.",
    "services": [{"name": "Service", "url": "https://exemple.fr/s"}],
    "sms_text": "Déclarez.",
    "part": 1,
    "frame": {"language": "es", "words": {"case": "caso"}},
}
MINI_CARD: dict[str, Any] = {
    "label": "Renoncer",
    "payload": '/choose{"entry": "F1"}',
    "entry": "F1",
    "entry_version": 3,
    "snapshot": "s1",
    "extract": "Vous pouvez renoncer à une succession.",
    "source": {"name": "Exemple", "url": "https://exemple.fr/F1"},
    "verified_on": "2020-02-01",
}
CHOICES: dict[str, Any] = {
    "type": "choices",
    "text": "Lequel ?",
    "purpose": "entries",
    "options": [MINI_CARD, {"label": "Aucune", "payload": "/none_of_these"}],
    "shown": 1,
}
# Of this version: that one has no such block.
PLACE: dict[str, Any] = {
    "type": "place",
    "text": "Ouvert en ce moment, jusqu'à 12:00.",
    "name": "Mairie de Clairval",
    "kind": "mairie",
    "commune": "Clairval",
    "address": "1 place du Tilleul, 00100 Clairval",
    "other_addresses": ["Annexe : 4 rue du Moulin, 00100 Clairval"],
    "postal_address": "BP 12, 00101 Clairval Cedex",
    "hours": [{"days": "lundi – vendredi", "times": "9:00–12:00"}],
    "note": "Fermé en août",
    "phone": "00 00 00 01 00",
    "appointment": "Passeports sur rendez-vous",
    "source": {"name": "Annuaire", "url": ""},
    "verified_on": "2026-10-12",
}
# One block of each kind, every field filled.
ALL_BLOCKS = ({"type": "text", "text": "Bonjour."}, {"type": "notice", "text": "Attention."}, CARD, CHOICES)

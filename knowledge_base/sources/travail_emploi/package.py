"""The npm package ``@socialgouv/fiches-travail-data``: all pages in one JSON file."""

import re
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from knowledge_base.sources.npm import Pinned
from knowledge_base.sources.tarballs import files_of, truncated

PACKAGE = Pinned(
    "@socialgouv/fiches-travail-data@4.1174.0",
    "socialgouv-fiches-travail-data-4.1174.0.tgz",
    "6f9d01da5ae5b9f1a45671bffeff9487e332b17cbe86d519cf23de9e93ded64f",
)
_DATA = re.compile(r"package/data/fiches-travail\.json$")


def _day(text: object) -> date | None:
    """Returns the day of "13/11/2025"; ``None`` if it is not a day, because no day is better than a wrong one."""
    try:
        return datetime.strptime(str(text), "%d/%m/%Y").date()
    except ValueError:
        return None


class Section(BaseModel):
    """The text under one heading of a page; ``anchor`` is empty for the text before the first heading."""

    model_config = ConfigDict(frozen=True)

    title: str
    anchor: str = ""
    html: str


class Page(BaseModel):
    """One page of the package. Its ``intro`` is HTML, like a section's text."""

    model_config = ConfigDict(frozen=True)

    id: Annotated[str, BeforeValidator(str), Field(alias="pubId")]
    title: str
    intro: str = ""
    changed_on: Annotated[date | None, BeforeValidator(_day), Field(alias="date")] = None
    url: str
    sections: tuple[Section, ...]


_PAGES = TypeAdapter(tuple[Page, ...])


def read_pages(path: Path) -> tuple[Page, ...]:
    """Returns all pages of the package at ``path``, in order. Raises ``InvalidSource``."""
    contents = [content for _, content in files_of(path, _DATA)]
    if len(contents) != 1:
        raise truncated(path, "fiches-travail.json")
    try:
        return _PAGES.validate_json(contents[0])
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise truncated(path, f"fiches-travail.json: {where}") from error

"""Reads the rows of a sheet as entries of the FAQ form (``faq``). Rows that cannot be read are reported by line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from lxml import html as lxml_html

from core.entry import Entry
from knowledge_base.entries import markdown
from knowledge_base.errors import InvalidSource, Reason, all_of, sentence
from knowledge_base.sources.faq import called, faq_entry
from knowledge_base.sources.sheets.encodings import broken, lost_accents
from knowledge_base.sources.sheets.header_row import FIELDS, guess_mapping
from knowledge_base.sources.sheets.sheet import Sheet, read_sheet

_NAMED = 3
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_SCRIPTS = ("script", "style", "iframe", "object", "embed", "noscript", "template")
_DAYS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
_BLOCKS = frozenset(("p", "div", "br", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "section"))


@dataclass(frozen=True)
class Rows:
    """The rows of a sheet. ``mapping`` is field → column as used; ``rejected`` gives the reason for each line left out."""

    entries: tuple[Entry, ...]
    rejected: tuple[Reason, ...]
    mapping: Mapping[str, str]


def read_rows(path: Path, collection: str, mapping: Mapping[str, str] | None = None, source: str = "") -> Rows:
    """Returns the entries of a sheet. ``mapping`` (field → column, empty: none) has priority over the names of the columns;
    ``source`` is the source of lines that name none.

    Raises ``InvalidSource`` if the sheet cannot be read, a column is unknown, there is no title or text, or most lines are
    wrong.
    """
    sheet = read_sheet(path)
    chosen = _chosen(path, sheet, mapping or {})
    places = {field: sheet.header.index(column) for field, column in chosen.items()}
    entries: dict[str, Entry] = {}
    lines: dict[str, int] = {}
    rejected: list[Reason] = []
    for number, cells in sheet.rows:
        line = {field: cells[place].strip() for field, place in places.items() if place < len(cells)}
        entry = _shifted(sheet, cells) or _entry(line, collection, source)
        if isinstance(entry, Reason):
            rejected.append(entry.of_line(number))
        elif entry.id in entries:
            rejected.append(_twice(entry, lines[entry.id], by_title=not line.get("id")).of_line(number))
        else:
            entries[entry.id] = entry
            lines[entry.id] = number
    if len(rejected) > len(entries):
        why, left, read = all_of(rejected[:_NAMED]), len(rejected), len(entries)
        raise InvalidSource(*sentence("most_lines_rejected", why=why, file=path.name, left=left, read=read))
    return Rows(tuple(entries.values()), tuple(rejected), chosen)


def _shifted(sheet: Sheet, cells: tuple[str, ...]) -> Reason | None:
    """Returns a reason if a row has too many cells: an unquoted separator has shifted all that follows it."""
    if not sheet.separated or not any(cell.strip() for cell in cells[len(sheet.header) :]):
        return None
    has, known = len(cells), len(sheet.header)
    return Reason(*sentence("cells_shifted", has=has, known=known))


def _twice(entry: Entry, above: int, *, by_title: bool) -> Reason:
    if by_title:  # the id is generated, and has no meaning for readers
        return Reason(*sentence("title_twice", title=entry.title[:60], above=above))
    return Reason(*sentence("id_twice", id=entry.id, above=above))


def _chosen(path: Path, sheet: Sheet, mapping: Mapping[str, str]) -> dict[str, str]:
    named = [name for name in mapping.values() if name]
    unknown = [name for name in mapping if name not in FIELDS] + [name for name in named if name not in sheet.header]
    chosen = {field: column for field, column in (guess_mapping(sheet.header) | dict(mapping)).items() if column}
    lacking = [field for field in ("title", "text") if field not in chosen]
    if unknown or lacking:
        columns, names = ", ".join(sheet.header), called([*unknown, *lacking])
        raise InvalidSource(
            *sentence("columns_unclear", names=names, file=path.name, columns=columns, fields=", ".join(FIELDS))
        )
    return chosen


def _entry(line: Mapping[str, str], collection: str, source: str) -> Entry | Reason:
    """Returns the entry of a line, or why there is none. HTML in a cell is read as text, without its scripts."""
    if odd := broken(" ".join(line.values())):
        return lost_accents(odd)
    values = {name: plain(markdown.readable(value)) for name, value in line.items()}
    title = values.get("title", "")
    # A line without a title lacks the title only, not also the id that is made from it.
    page = values.get("id") or sha256(title.casefold().encode()).hexdigest()[:16]
    verified = _day(values.get("verified_on", ""))
    if verified is False:
        return Reason(f"« {values['verified_on']} » n'est pas une date", f"'{values['verified_on']}' is no date")
    if values.get("url") and not markdown.url(values["url"]):
        address = values["url"][:100]
        return Reason(*sentence("no_address", address=address))
    entry = faq_entry({**values, "id": page}, collection, source)
    if isinstance(entry, Reason):
        return entry
    return entry.model_copy(
        update={
            "wordings": tuple(filter(None, map(markdown.tidy, re.split(r"[\n|;]", values.get("wordings", ""))))),
            "short_answer": markdown.paragraph(values.get("short_answer", "")),
            "sms_text": markdown.tidy(values.get("sms_text", "")),
            "national_pages": tuple(re.findall(r"[\w-]+/[\w-]+", values.get("national_pages", ""))),
            "verified_on": verified,
        }
    )


def plain(text: str) -> str:
    """Returns ``text`` without tags, one line for each block of HTML."""
    if not _TAG.search(text):
        return text
    root: Any = lxml_html.fromstring(f"<div>{markdown.readable(text)}</div>")
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element.tag in _SCRIPTS:
            element.drop_tree()
    for element in root.iter():
        if element.tag in _BLOCKS:
            element.tail = "\n" + (element.tail or "")
            element.text = ("\n- " if element.tag == "li" else "\n") + (element.text or "")
    return "\n".join(filter(None, (line.strip() for line in root.text_content().split("\n"))))


def _day(text: str) -> date | bool | None:
    """Returns the day; ``None`` if the text is empty; ``False`` if it is not a day."""
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        pass
    for form in _DAYS:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return False

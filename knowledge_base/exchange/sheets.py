"""CSV and XLSX: the rows of a sheet, whatever its encoding and separator, and which column is which field."""

from __future__ import annotations

import csv
import io
import unicodedata
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from knowledge_base.errors import InvalidSource

MAX_BYTES = 200 * 1024**2
MAX_ROWS = 200_000
MAX_COLUMNS = 200
_MAX_UNPACKED = 1024**3
_MAX_RATIO = 200
_ENCODINGS = ("utf-8-sig", "cp1252")  # what spreadsheets write; UTF-16 is told by its mark

FIELDS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "identifiant", "reference", "ref", "code", "numero"),
    "title": ("title", "titre", "question", "intitule", "objet", "sujet"),
    "text": ("text", "texte", "reponse", "answer", "contenu", "content", "corps"),
    "short_answer": ("short answer", "reponse courte", "resume", "summary"),
    "wordings": ("wordings", "formulations", "autres formulations", "variantes", "synonymes", "alternatives"),
    "theme": ("theme", "rubrique", "categorie", "category", "section"),
    "audience": ("audience", "public", "publics", "cible"),
    "keywords": ("keywords", "mots cles", "motscles", "tags", "etiquettes"),
    "url": ("url", "lien", "adresse", "link", "page"),
    "source": ("source", "origine", "service"),
    "verified_on": ("verified on", "verifie le", "date", "mise a jour", "date de mise a jour", "updated"),
    "sms_text": ("sms", "texte sms", "sms text"),
}


@dataclass(frozen=True)
class Sheet:
    """``rows`` are (line in the file, cells); ``header`` names the columns."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_sheet(path: Path) -> Sheet:
    """The first sheet of ``path`` (``.xlsx``, else text with separators). Raises ``InvalidSource``."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise _wrong(path, f"il fait {size // 1024**2} Mo", f"it has {size // 1024**2} MB")
        found = list(_xlsx(path) if path.suffix.lower() in (".xlsx", ".xlsm") else _csv(path))
    except OSError as error:
        raise _wrong(path, f"il ne peut être lu ({error.strerror})", f"it cannot be read ({error.strerror})") from error
    if not found:
        raise _wrong(path, "il est vide", "it is empty")
    (_, header), *rows = found
    # A page gives names back without the blanks and line breaks that a cell may have.
    return Sheet(tuple(" ".join(name.split()) for name in header), tuple(rows))


def guessed(header: Sequence[str]) -> dict[str, str]:
    """Field → column, as far as the names of the columns tell."""
    known = {_folded(name): name for name in reversed(header)}
    found: dict[str, str] = {}
    for field, names in FIELDS.items():
        column = next((known[name] for name in names if name in known and known[name] not in found.values()), None)
        if column is not None:
            found[field] = column
    return found


def _folded(name: str) -> str:
    plain = "".join(one for one in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(one))
    return " ".join("".join(one if one.isalnum() else " " for one in plain).split())


def _csv(path: Path) -> Iterator[tuple[int, tuple[str, ...]]]:
    text = _decoded(path)
    first = text.partition("\n")[0]
    separator = max(";,\t|", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for number, cells in enumerate(reader):
            if number > MAX_ROWS or len(cells) > MAX_COLUMNS:
                raise _wrong(path, f"ligne {reader.line_num} : trop grand", f"line {reader.line_num}: too large")
            if any(cell.strip() for cell in cells):
                yield reader.line_num, tuple(cells)
    except csv.Error as error:
        raise _wrong(path, f"ligne {reader.line_num} : {error}", f"line {reader.line_num}: {error}") from error


def _decoded(path: Path) -> str:
    raw = path.read_bytes()
    encodings = ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else _ENCODINGS
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeError:
            continue
        odd = next((line for line, part in enumerate(text.split("\n"), 1) if any(_control(one) for one in part)), None)
        if odd is None:
            return text
        raise _wrong(path, f"ligne {odd} : ce n'est pas du texte", f"line {odd}: this is no text")
    raise _wrong(path, "son codage n'est ni UTF-8 ni Windows-1252", "its encoding is neither UTF-8 nor Windows-1252")


def _control(one: str) -> bool:
    return (one < " " and one not in "\t\r\n\v\f") or one == "\x7f" or "\x80" <= one <= "\x9f"


def _xlsx(path: Path) -> Iterator[tuple[int, tuple[str, ...]]]:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
            if unpacked > _MAX_UNPACKED or unpacked > _MAX_RATIO * max(path.stat().st_size, 50_000):
                raise _wrong(path, f"déplié, il ferait {unpacked // 1024**2} Mo", f"unpacked, it has {unpacked // 1024**2} MB")
        with warnings.catch_warnings():  # about styles and validations, which are of no interest here
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        # A sheet may claim to be a million rows long: what it claims is not asked.
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            if number > MAX_ROWS or len(cells) > MAX_COLUMNS:
                raise _wrong(path, f"ligne {number} : trop grand", f"line {number}: too large")
            texts = tuple(map(_cell, cells))
            if any(texts):
                yield number, texts
        book.close()
    except InvalidSource:
        raise
    except (zipfile.BadZipFile, InvalidFileException) as error:
        raise _damaged(path) from error
    except Exception as error:  # openpyxl and the XML reader under it have no common exception
        raise _damaged(path) from error


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value).strip()


def _damaged(path: Path) -> InvalidSource:
    return _wrong(path, "le classeur est coupé ou abîmé", "the workbook is cut off or damaged")


def _wrong(path: Path, fr: str, en: str) -> InvalidSource:
    return InvalidSource(
        f"{path.name} ne peut être importé : {fr} ; rien n'a changé.",
        f"{path.name} cannot be imported: {en}; nothing has changed.",
    )

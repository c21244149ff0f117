"""The rows of an Excel workbook: of the first sheet with known column names, else of the first with content."""

import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from lxml import etree
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.cell import range_boundaries

from knowledge_base.errors import Reason, sentence
from knowledge_base.sources.sheets.header_row import MAX_COLUMNS, MAX_ROWS, SEARCHED, Line, Unreadable, find_header, too_large
from knowledge_base.sources.unpacking import ArchiveRefused, CountedZip

_MAX_UNPACKED = 1024**3
_SMALL = 10 * 1024**2  # unpacked; smaller files may have any compression ratio
_MERGED = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}mergeCell"


def workbook_rows(path: Path) -> Iterator[Line]:
    """Yields the rows with content, each with its number. Raises ``Unreadable``."""
    try:
        with CountedZip(path, at_least=_SMALL, at_most=_MAX_UNPACKED) as archive:
            _refuse_others(archive)
            yield from _read(path, archive)
    except ArchiveRefused as error:
        raise Unreadable(error.why) from error
    except Unreadable:
        raise
    except Exception as error:  # openpyxl and the XML reader under it have no common exception
        raise Unreadable(Reason("le classeur est coupé ou abîmé", "the workbook is cut off or damaged")) from error


def _read(path: Path, archive: CountedZip) -> Iterator[Line]:
    with path.open("rb") as file, warnings.catch_warnings():  # warnings about styles and validations are irrelevant here
        warnings.simplefilter("ignore")
        # By content; openpyxl would go by the name. It opens the zip itself, and would unpack it without a limit.
        reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
        reader.archive.close()
        reader.archive = archive
        reader.read()
    sheet = _sheet(reader.wb.worksheets)
    yield from _filled_down(_rows(sheet), _merged(archive, sheet))


def _refuse_others(archive: CountedZip) -> None:
    if "[Content_Types].xml" not in archive.namelist():
        raise Unreadable(Reason(*sentence("no_workbook")))


def _sheet(sheets: list[Any]) -> Any:
    first = None
    for sheet in sheets:
        rows = [*islice(_rows(sheet), SEARCHED)]
        if find_header(rows) is not None:
            return sheet
        first = first or (sheet if rows else None)
    return first or sheets[0]


def _rows(sheet: Any) -> Iterator[Line]:
    # A sheet may declare a million rows, so its declaration is ignored.
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > MAX_ROWS or len(cells) > MAX_COLUMNS:
            raise too_large(number)
        texts = tuple(map(_cell, cells))
        if any(texts):
            yield number, texts


def _merged(archive: CountedZip, sheet: Any) -> dict[int, list[tuple[int, int]]]:
    """Returns the first row of each vertically merged cell → its column and its last row."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    with archive.open(sheet._worksheet_path) as file:
        for _, element in etree.iterparse(file, resolve_entities=False, no_network=True):
            if element.tag == _MERGED:
                column, row, _, last = range_boundaries(element.get("ref"))
                if column and row and last and last > row:
                    found[row].append((column - 1, last))
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    return found


def _filled_down(rows: Iterable[Line], merged: dict[int, list[tuple[int, int]]]) -> Iterator[Line]:
    """Yields the rows with merged cells filled in: the file has the value of a merged cell in its first row only."""
    merged_values: dict[int, tuple[str, int]] = {}
    for number, cells in rows:
        texts = [*cells]
        for column, (text, last) in merged_values.items():
            if number <= last:
                texts += [""] * (column + 1 - len(texts))
                texts[column] = texts[column] or text
        for column, last in merged.get(number, ()):
            if column < len(texts):
                merged_values[column] = texts[column], last
        yield number, tuple(texts)


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

"""The rows of a file of separated values, with any separator that spreadsheets use."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from knowledge_base.errors import Reason, sentence
from knowledge_base.sources.sheets.encodings import broken, control, decoded, lost_accents
from knowledge_base.sources.sheets.header_row import MAX_COLUMNS, MAX_ROWS, SEARCHED, Line, Unreadable, find_header, too_large

_SEPARATORS = ";,\t|"
_DECLARED = re.compile(r"\Asep=(.)\r?(?:\n|\Z)", re.IGNORECASE)  # a hint on the separator for Excel; not a row of the table


def csv_rows(path: Path) -> Iterator[Line]:
    """Yields the rows with content, each with its line in the file. Raises ``Unreadable``."""
    text = decoded(path.read_bytes())
    if text is None:
        raise Unreadable(Reason(*sentence("unknown_encoding")))
    odd = next(((line, part) for line, part in enumerate(text.split("\n"), 1) if any(map(control, part))), None)
    if odd is not None:
        lost = broken(odd[1])
        raise Unreadable((lost_accents(lost) if lost else Reason("ce n'est pas du texte", "this is no text")).of_line(odd[0]))
    return _rows(text, _separator(text))


def _separator(text: str) -> str:
    """Returns the separator that is declared, or gives known column names, or is the most frequent at the beginning."""
    if (declared := _DECLARED.match(text)) is not None:
        return declared[1]
    lines = [*islice(io.StringIO(text, newline=""), SEARCHED)]
    counts = {one: next((line.count(one) for line in lines if one in line), 0) for one in _SEPARATORS}
    candidates = sorted(_SEPARATORS, key=lambda one: -counts[one])
    for one in candidates:
        with suppress(csv.Error):
            if (
                find_header([(number, tuple(cells)) for number, cells in enumerate(csv.reader(lines, delimiter=one))])
                is not None
            ):
                return one
    return candidates[0]


def _rows(text: str, separator: str) -> Iterator[Line]:
    declared = _DECLARED.match(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begun = 1
    try:
        for number, cells in enumerate(reader):
            if number > MAX_ROWS or len(cells) > MAX_COLUMNS:
                raise too_large(reader.line_num)
            if any(cell.strip() for cell in cells) and not (declared and number == 0):
                yield reader.line_num, tuple(cells)
            begun = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(_why(str(error), separator).of_line(begun)) from error


def _why(error: str, separator: str) -> Reason:
    """Returns the error of Python's reader as a sentence with advice."""
    if "unexpected end" in error:
        return Reason(*sentence("quotation_open"))
    if "expected after" in error:
        return Reason(*sentence("quotation_not_separated", separator=separator))
    if "larger than field limit" in error:
        limit = csv.field_size_limit()
        return Reason(f"une cellule dépasse {limit} caractères", f"a cell has more than {limit} characters")
    return Reason(f"elle n'est pas du CSV ({error})", f"it is no CSV ({error})")

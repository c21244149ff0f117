"""CSV and XLSX: the rows of a sheet, whatever its file name, and the row with the names of its columns."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from knowledge_base.errors import Reason, not_imported, sentence
from knowledge_base.sources.sheets.csv_rows import csv_rows
from knowledge_base.sources.sheets.encodings import broken, lost_accents
from knowledge_base.sources.sheets.header_row import SEARCHED, Line, Unreadable, find_header
from knowledge_base.sources.sheets.workbooks import workbook_rows

MAX_BYTES = 200 * 1024**2
_ZIP = b"PK\x03\x04"
# The first bytes of other formats that people rename.
_OTHERS = {
    b"%PDF": Reason("c'est un PDF : donnez le tableau d'où il vient", "this is a PDF: give the table that it was made from"),
    b"\xd0\xcf\x11\xe0": Reason(*sentence("old_workbook")),
    b"<": Reason(*sentence("web_page")),
}


@dataclass(frozen=True)
class Sheet:
    """A table. ``rows`` are (line in the file, cells). ``separated``: the file is text with separators."""

    header: tuple[str, ...]
    rows: tuple[Line, ...]
    separated: bool = False


def read_sheet(path: Path) -> Sheet:
    """Returns the table in ``path``: a workbook, else text with separators. Raises ``InvalidSource``."""
    with _reading_errors(path):
        separated, lines = _lines(path)
        found = list(lines)
        place, header = _header(found)
        return Sheet(header, tuple(found[place + 1 :]), separated)


def read_header(path: Path) -> tuple[str, ...]:
    """Returns the names of the columns only, for a page; the rows below are not read. Raises ``InvalidSource``."""
    with _reading_errors(path):
        return _header([*islice(_lines(path)[1], SEARCHED)])[1]


@contextmanager
def _reading_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise not_imported(
            path, Reason(f"il ne peut être lu ({error.strerror})", f"it cannot be read ({error.strerror})")
        ) from error
    except Unreadable as error:
        raise not_imported(path, error.why) from error


def _lines(path: Path) -> tuple[bool, Iterator[Line]]:
    """Returns whether ``path`` is text with separators, and its rows."""
    if (size := path.stat().st_size // 1024**2) > MAX_BYTES // 1024**2:
        raise Unreadable(Reason(f"il fait {size} Mo, 200 au plus", f"it has {size} MB, 200 at most"))
    with path.open("rb") as file:
        beginning = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    for sign, why in _OTHERS.items():
        if beginning.startswith(sign):
            raise Unreadable(why)
    separated = not beginning.startswith(_ZIP)
    return separated, csv_rows(path) if separated else workbook_rows(path)


def _header(found: Sequence[Line]) -> tuple[int, tuple[str, ...]]:
    """Returns the place in ``found`` of the row that names the columns, and the names."""
    if not found:
        raise Unreadable(Reason("il est vide", "it is empty"))
    place = find_header(found) or 0
    line, names = found[place]
    # A page returns names without the blanks and line breaks of a cell.
    header = tuple(" ".join(name.split()) for name in names)
    if odd := broken(" ".join(header)):
        raise Unreadable(lost_accents(odd).of_line(line))
    return place, header

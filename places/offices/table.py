"""An administration's own directory: a CSV with one office per line. Its columns are the fields of ``Office``."""

import csv
import io
from collections.abc import Iterator

from pydantic import ValidationError

from places.hours.schedule import HoursUnreadable, Schedule
from places.offices.errors import DirectoryRefused, sentence
from places.offices.kinds import kind_of
from places.offices.office import Office

_WANTED = ("id", "name", "kind", "commune", "commune_name")


def read_table(text: str) -> Iterator[Office]:
    """Yields the offices of a CSV with commas or semicolons. Codes in ``serves`` are separated by spaces, ``other_addresses``
    by a vertical bar.

    Raises ``DirectoryRefused``, which names the line and the column.
    """
    head = text.lstrip("\ufeff").partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=";" if head.count(";") > head.count(",") else ",")
    columns = reader.fieldnames or ()
    missing = [name for name in _WANTED if name not in columns]
    unknown = [name for name in columns if name not in Office.model_fields]
    if missing or unknown:
        wrong = ", ".join(missing or unknown)
        raise DirectoryRefused(*sentence("columns_missing" if missing else "columns_unknown", wrong=wrong))
    for number, row in enumerate(reader, 2):
        fields = {
            name: (value or "").strip() for name, value in row.items() if isinstance(name, str) and isinstance(value, str)
        }
        if None in row or any(value is None for value in row.values()):
            raise _wrong(number, "?")
        try:
            office = Office.model_validate(
                {
                    **fields,
                    "kind": kind_of(fields["kind"]),
                    "serves": tuple(fields.get("serves", "").split()),
                    "other_addresses": tuple(filter(None, map(str.strip, fields.get("other_addresses", "").split("|")))),
                    **{name: fields.get(name) or None for name in ("verified_on", "latitude", "longitude")},
                }
            )
        except ValidationError as error:
            raise _wrong(number, ".".join(map(str, error.errors()[0]["loc"]))) from error
        if office.hours:
            try:
                Schedule(office.hours)
            except HoursUnreadable as error:
                raise _wrong(number, "hours") from error
        yield office


def _wrong(line: int, column: str) -> DirectoryRefused:
    return DirectoryRefused(*sentence("line_unreadable", line=line, column=column))

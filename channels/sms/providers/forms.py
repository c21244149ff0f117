"""Fields of providers' requests: forms and query strings, each field at most once and in its form."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

import orjson

from conversations.ports import MalformedRequest, RawRequest

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_MAX_FIELDS = 200
_FORM = "application/x-www-form-urlencoded"


def media_type(request: RawRequest) -> str:
    """Returns the content type without its parameters, in lower case."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def form_fields(request: RawRequest) -> list[tuple[str, str]]:
    """Returns the fields of a form. Raises ``MalformedRequest`` if the body is not a form."""
    if media_type(request) != _FORM:
        raise MalformedRequest("content-type")
    return _pairs(request.body, "body")


def query_fields(request: RawRequest) -> list[tuple[str, str]]:
    """Returns the fields of the query string. Raises ``MalformedRequest``."""
    return _pairs(request.query.encode(), "query")


def fields_of(request: RawRequest) -> list[tuple[str, str]]:
    """Returns the names and texts of a query, a form or a flat JSON object. Raises ``MalformedRequest``."""
    if request.method == "GET":
        return query_fields(request)
    if media_type(request) != "application/json":
        return form_fields(request)
    try:
        document = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise MalformedRequest("body") from error
    if not isinstance(document, Mapping) or len(document) > _MAX_FIELDS:
        raise MalformedRequest("body")
    return [(name, _text(value)) for name, value in document.items() if isinstance(value, str | int | float | bool)]


def only(fields: Sequence[tuple[str, str]], name: str) -> str | None:
    """Returns the value of ``name``, or ``None``. Raises ``MalformedRequest`` if it occurs twice."""
    values = [value for field, value in fields if field == name]
    if len(values) > 1:
        raise MalformedRequest(name)
    return values[0] if values else None


def matching(fields: Sequence[tuple[str, str]], name: str, form: re.Pattern[str], *, optional: bool = False) -> str:
    """Returns the value of ``name``, which must have ``form``. Raises ``MalformedRequest`` naming the field."""
    value = only(fields, name) or ""
    if form.fullmatch(value) or (optional and not value):
        return value
    raise MalformedRequest(name)


def international(number: str, field: str) -> str:
    """Returns ``number`` in E.164: providers write it with ``+``, ``00`` or neither. Raises ``MalformedRequest``."""
    bare = number.removeprefix("+") if number.startswith("+") else number.removeprefix("00")
    if not E164.fullmatch(f"+{bare}"):
        raise MalformedRequest(field)
    return f"+{bare}"


def _pairs(raw: bytes, part: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except ValueError as error:  # includes UnicodeDecodeError
        raise MalformedRequest(part) from error


def _text(value: str | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

"""Golden questions as files: JSON lines, one question each. An exported file imports back identically."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from knowledge_base.errors import InvalidSource, sentence
from knowledge_base.quality.golden.contracts import Golden


@dataclass(frozen=True, slots=True)
class FileRead:
    """The questions of a file, and the faults of its other lines."""

    questions: tuple[Golden, ...]
    rejected: tuple[str, ...]


def read_golden(path: Path, *, author: str = "") -> FileRead:
    """Returns the questions of a file. Raises ``InvalidSource`` if it is not UTF-8 text, or holds no question at all."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (UnicodeDecodeError, OSError) as error:
        raise InvalidSource(*sentence("not_utf8", file=path.name)) from error
    found: dict[str, Golden] = {}
    rejected = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            question = Golden.model_validate_json(line)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            rejected.append(f"{number}: {'.'.join(map(str, first['loc']))} {first['msg']}".replace("  ", " "))
            continue
        if question.digest in found:
            rejected.append(f"{number}: = {found[question.digest].name}")
            continue
        found[question.digest] = question if question.author else question.model_copy(update={"author": author})
    if not found:
        raise InvalidSource(*sentence("no_question", file=path.name, shape=_SHAPE))
    return FileRead(tuple(found.values()), tuple(rejected))


def dump_golden(questions: Iterable[Golden]) -> str:
    """Returns JSON lines, in the order given."""
    return "".join(f"{question.model_dump_json()}\n" for question in questions)


_SHAPE = '{"question": "…", "gold": ["F1342"]}'

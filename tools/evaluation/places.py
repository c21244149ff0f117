"""Places found in messages, and offices that answer, on the project's own sentences (tests/evaluation/places)."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from core.settings import ROOT
from places.answer import Found, Memory, Reply, WhichPlace, respond
from places.communes.index import Places
from places.mentions.finder import Mention, find
from places.offices.directory_file import DirectoryFileWriter
from places.offices.table import read_table
from places.place_data import PlaceData, PlaceDataLoader
from places.words import key_of

SETS = ROOT / "tests" / "evaluation" / "places"
DEMONSTRATION = ROOT / "places" / "demonstration" / "offices.csv"
_PARIS = ZoneInfo("Europe/Paris")
_PREFIX = {"departement": "dep:", "epci": "epci:"}


class Mentions(NamedTuple):
    """The results for a set of sentences. ``wrong``: sentence, expected, found; ``p95_ms`` of processor time."""

    sentences: int
    precision: float
    recall: float
    p95_ms: float
    wrong: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]


class Offices(NamedTuple):
    """The results for the questions about offices. ``on_hours``: at a certain moment, mostly holidays, lunch, nights."""

    questions: int
    right: int
    on_hours: int
    right_on_hours: int
    wrong: tuple[tuple[str, str, str], ...]


def measure_mentions(places: Places, name: str) -> Mentions:
    """Measures the sentences of ``mentions_{name}.jsonl``. ``places`` are all communes of France."""
    rows, seconds, wrong = _rows(f"mentions_{name}"), [], []
    right = found = wanted = 0
    for row in rows:
        start = time.process_time()
        mentions = find(row["text"], places)
        seconds.append(time.process_time() - start)
        got = {_written(mention) for mention in mentions}
        gold = {f"ask:{key_of(one[4:])}" if one.startswith("ask:") else str(one) for one in row["places"]}
        right, found, wanted = right + len(got & gold), found + len(got), wanted + len(gold)
        if got != gold:
            wrong.append((str(row["text"]), tuple(sorted(gold)), tuple(sorted(got))))
    p95 = sorted(seconds)[int(0.95 * len(seconds))] * 1_000
    return Mentions(len(rows), right / max(found, 1), right / max(wanted, 1), p95, tuple(wrong))


def _written(mention: Mention) -> str:
    if len(mention.places) > 1:
        return f"ask:{mention.words}"
    place = mention.places[0]
    return _PREFIX.get(place.kind, "") + place.code


def demonstration(communes: Path, folder: Path) -> PlaceData:
    """Returns the demonstration's directory, for answers; its file is written into ``folder``."""
    file = folder / "offices.db"
    writer = DirectoryFileWriter(file, 1, "demonstration")
    writer.add(read_table(DEMONSTRATION.read_text(encoding="utf-8")))
    writer.close()
    pages = PlaceDataLoader(communes, file).load()
    assert pages is not None
    return pages


def measure_offices(communes: Path, name: str = "offices") -> Offices:
    """Measures the questions of ``{name}.jsonl``, each at its own time."""
    rows, wrong = _rows(name), []
    on_hours = [row["question"] for row in rows if "says" in row]
    with tempfile.TemporaryDirectory() as folder:
        pages = demonstration(communes, Path(folder))
        for row in rows:
            now = datetime.fromisoformat(row["now"]).replace(tzinfo=_PARIS)
            reply, _ = respond(pages, row["question"], Memory(), now)
            came, says = told(reply)
            wanted = str(row.get("office") or row["reply"])
            if came != wanted or row.get("says", says) != says:
                wrong.append((str(row["question"]), f"{wanted} {row.get('says', '')}", f"{came} {says}"))
    missed = {question for question, _, _ in wrong}
    right_on_hours = sum(question not in missed for question in on_hours)
    return Offices(len(rows), len(rows) - len(wrong), len(on_hours), right_on_hours, tuple(wrong))


def told(reply: Reply | None) -> tuple[str, str]:
    """Returns a reply in two words: the office, "ask", "which", "unknown" or "none", and the information on its hours."""
    if isinstance(reply, Found):
        return reply.offices[0].id, reply.opening.says
    if isinstance(reply, WhichPlace):
        return "which" if reply.places else "ask", ""
    return "none" if reply is None else "unknown", ""


def _rows(name: str) -> list[dict[str, Any]]:
    lines: Iterable[str] = (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]

"""The cost of the communes of France and a generated directory: memory, time for a message, loading time."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

from core.settings import ROOT
from places.answer import Memory, respond
from places.offices.directory_file import DirectoryFileWriter
from places.offices.kinds import kinds
from places.offices.office import Office
from places.place_data import PlaceDataLoader

_MESSAGES = (
    "quels sont les horaires de la mairie de Quimper ?",
    "la CAF la plus proche de Vitré",
    "j'habite à Rennes et je voudrais refaire ma carte d'identité",
    "comment contester une amende ?",
    "mon propriétaire ne rend pas la caution, il dit que la peinture est abîmée, que faire ?",
)
_TIMES = 200


class Size(NamedTuple):
    """``megabytes`` added to a process; ``p95_ms`` for a message, in processor time; ``load_seconds``."""

    offices: int
    communes: int
    megabytes: float
    p95_ms: float
    load_seconds: float


def measure_size(communes: Path, offices: int) -> Size:
    """Measures in a new process, so that nothing else counts."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "offices.db"
        writer = DirectoryFileWriter(file, 1, "generated")
        writer.add(_generated(communes, offices))
        writer.close()
        command = [sys.executable, "-m", "tools.evaluation.places_size", str(communes), str(file), str(offices)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - ourselves
        return Size(**json.loads(done.stdout.splitlines()[-1]))


def _generated(communes: Path, count: int) -> Iterator[Office]:
    """Yields offices of all kinds, commune after commune; each serves the next ten."""
    lines = communes.read_text(encoding="utf-8").splitlines()
    codes = [line.split("\t")[1:3] for line in lines if line.startswith("commune\t")]
    every = cycle(kinds())
    for number in range(count):
        code, name = codes[number % len(codes)]
        near = [codes[(number + step) % len(codes)][0] for step in range(1, 11)]
        yield Office(
            id=f"g{number}",
            name=f"Service {number} de {name}",
            kind=next(every),
            commune=code,
            commune_name=name,
            address=f"{number % 90 + 1} rue de la République, {name}",
            hours="Mo-Fr 09:00-12:00,14:00-17:00; PH off",
            phone="00 00 00 00 00",
            serves=tuple(near),
            source="generated",
        )


def _resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1024 / 1024


def _measure(communes: Path, file: Path, offices: int) -> Size:
    import opening_hours  # noqa: F401, PLC0415 - the process that answers holds it anyway
    import simplemma  # noqa: PLC0415

    simplemma.is_known("bonjour", "fr")
    before, start = _resident_megabytes(), time.monotonic()
    pages = PlaceDataLoader(communes, file).load()
    seconds = time.monotonic() - start
    assert pages is not None
    times = []
    for _ in range(_TIMES):
        for message in _MESSAGES:
            began = time.process_time()
            respond(pages, message, Memory(), datetime.now(UTC))
            times.append(time.process_time() - began)
    p95 = sorted(times)[int(0.95 * len(times))] * 1_000
    return Size(offices, len(pages.places), _resident_megabytes() - before, p95, seconds)


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))._asdict()))

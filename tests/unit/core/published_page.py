"""A page and a snapshot that holds nothing else, for the tests of proofs."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

from core.entry import Case, Cases, Chapter, Entry, TextBlock

PAGE = Entry(
    id="F1",
    collection="test",
    version=3,
    title="Passeport",
    introduction="Le passeport coûte **86 €** pour un majeur. Vous l'achetez [en ligne](https://exemple.fr/timbre).",
    body=(
        Chapter(
            heading="Délais",
            body=(
                Cases(
                    cases=(
                        Case(label="En France", body=(TextBlock(markdown="Comptez 10 jours."),)),
                        Case(label="À l'étranger", body=(TextBlock(markdown="Comptez 3 semaines. Le consulat répond."),)),
                    )
                ),
            ),
        ),
        Chapter(heading="Pièces", body=(TextBlock(markdown="Apportez :\n\n- une photo,\n- un timbre,\n- l'ancien passeport"),)),
        Chapter(
            heading="Tarifs",
            body=(
                TextBlock(markdown="| Âge | Délai | Prix |\n|---|---|---|\n| Majeur | - | 86 € |\n| Mineur | 5 ans | 42 € |"),
            ),
        ),
        Chapter(
            heading="Accord",
            body=(TextBlock(markdown="Il ne suf**fit** pas de ⅓ des 20 °C d'un[juré](https://exemple.fr/j)."),),
        ),
    ),
    source="exemple.fr",
    urls={"": "https://exemple.fr/F1"},
    verified_on=date(2020, 5, 12),
)

_HEAD = {"format": 8, "made_by": "5/6", "model": "m", "revision": "r", "dimension": 3}


def publish(snapshots: Path) -> Path:
    """Writes a snapshot of ``PAGE`` alone, and returns its folder."""
    content = hashlib.sha256(b"8 5/6 m@r 3\n{}" + f"test/F1 3 {PAGE.digest()}\n".encode()).hexdigest()
    folder = snapshots / f"20260101T000000-{content[:8]}-full"
    write(folder, content)
    return folder


def write(folder: Path, content: str, page: Entry = PAGE) -> None:
    """Writes what a verifier reads of a snapshot whose manifest says ``content``."""
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({**_HEAD, "content": content}))
    (folder / "calibration.json").write_text("{}")
    (folder / "entries.jsonl").write_text(page.model_dump_json() + "\n")

"""``./guichet eval places``: places found in messages, offices that answer, and what a whole country of them costs."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from cli.language import Refusal, say
from core.settings import Settings
from places.communes.index import load
from tools.evaluation.options import Json
from tools.evaluation.places import measure_mentions, measure_offices
from tools.evaluation.places_size import measure_size

_ALL_OF_FRANCE = 30_000


def places(
    misses: Annotated[bool, typer.Option("--misses", help="Print what was wrong, too.")] = False,
    offices: Annotated[int, typer.Option("--offices", help="Also measure a generated directory with so many offices.")] = 0,
    as_json: Json = False,
) -> None:
    """Places in messages: precision, recall, time; the offices that 135 questions ask for; memory of a whole country."""
    file = Settings().communes_file
    communes = load(file)
    if len(communes) < _ALL_OF_FRANCE:
        raise Refusal(
            "Les communes de France manquent : ./guichet places communes.",
            "The communes of France are missing: ./guichet places communes.",
        )
    figures: dict[str, object] = {}
    for name in ("dev", "held_out", "more", "last"):
        found = measure_mentions(communes, name)
        figures[f"mentions_{name}"] = {**found._asdict(), "wrong": len(found.wrong)}
        for text, wanted, got in found.wrong if misses else ():
            say(f"{text} : attendu {wanted}, trouvé {got}", f"{text}: wanted {wanted}, found {got}")
    for name in ("offices", "offices_more"):
        asked = measure_offices(file, name)
        figures[name] = {**asked._asdict(), "wrong": len(asked.wrong)}
        for text, wanted_office, came in asked.wrong if misses else ():
            say(f"{text} : attendu {wanted_office}, trouvé {came}", f"{text}: wanted {wanted_office}, found {came}")
    if offices:
        figures["size"] = measure_size(file, offices)._asdict()
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
        return
    for name, value in figures.items():
        print(name, value)

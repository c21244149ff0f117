"""The golden questions of the database as an evaluation file."""

from __future__ import annotations

import asyncio
from pathlib import Path

from cli.language import Refusal
from core.database import Database
from core.settings import Settings
from knowledge_base.quality.golden.files import dump_golden
from knowledge_base.quality.golden.store import golden


def golden_file(settings: Settings) -> Path:
    """Returns a newly written file of the active questions. Raises ``Refusal`` if there is none."""

    async def written() -> str:
        database = Database(settings.sql_url)
        try:
            return dump_golden(await golden(database))
        finally:
            await database.close()

    told = asyncio.run(written())
    if not told:
        raise Refusal(
            "Il n'y a pas de question de référence : ajoutez-en avec ./guichet golden add ou golden import.",
            "There is no golden question: add some with ./guichet golden add or golden import.",
        )
    path = settings.home / "evaluation" / "golden.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(told, encoding="utf-8")
    return path

"""The editors' task about a publication that has changed facts which answers had stated."""

from core import both_languages
from core.database import Database
from core.database.models import EditorTask
from knowledge_base.quality.facts.shown import activated, answers_that_stated, changed_entries

KIND = "fact"
_AUTHOR = "quality"


async def raise_task(database: Database, publication: str) -> int:
    """Creates a task if answers of the last days stated what ``publication`` has changed. Returns how many did."""
    row = await activated(database, publication)
    if row is None or row.finished_at is None:
        return 0
    entries = await changed_entries(database, row.changes)
    answers = await answers_that_stated(database, entries, row.finished_at) if entries else []
    if not answers:
        return 0
    facts = sum(len(entry.facts) for entry in entries)
    path = f"/desk/publications/{publication}/facts"  # the last word of the note: the page of tasks makes a link of it
    note = both_languages.join(
        f"Une publication a changé {facts} montant(s), délai(s) ou condition(s), que {len(answers)} réponse(s) des derniers "
        f"jours avaient donnés : {path}",
        f"A publication has changed {facts} amount(s), deadline(s) or condition(s), which {len(answers)} answer(s) of the last "
        f"days had stated: {path}",
    )
    async with database.write() as session:
        session.add(EditorTask(kind=KIND, entry=entries[0].id if len(entries) == 1 else "", note=note, created_by=_AUTHOR))
    return len(answers)

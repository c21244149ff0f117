"""A record that three editors, a source and undone publications have changed at random takes its own export as nothing new."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.database import Database
from core.database.base import now
from core.entry import Chapter, Entry, TextBlock
from knowledge_base.desk.editor.edited_entry import base_of
from knowledge_base.desk.editor.form import EntryForm, FormError, values_of
from knowledge_base.editing import resolving, saving, steps
from knowledge_base.editing.errors import EditRefused, StaleSave
from knowledge_base.editing.listing import workflow_state
from knowledge_base.editing.steps import Policy, Target
from knowledge_base.entries.markdown import paragraph
from knowledge_base.entries.store import upsert
from knowledge_base.exchange.export import export
from knowledge_base.imports import import_file
from knowledge_base.publishing.apply import CannotPublish, apply_changes, complete
from knowledge_base.publishing.contracts import Change
from knowledge_base.publishing.publications import decide, request
from tests.integration.editing_support import publish, take_away
from tests.integration.migrated import migrated
from tests.integration.test_knowledge_base_exchange import everything

_PIECES = (
    *("Le timbre coûte 25 €.", "**Gratuit**", "- un\n- deux", "1. un\n2. deux", "[ici](https://x.example/a)", "~~non~~"),
    *("| a | b |\n|---|---|\n| 1 | 2 |", "![Plan](https://x.example/a.png)", "### Prix", "<b>Prix</b>", "*penché*", "> cité"),
    *("`code`", "---", "[là](page)", "[écrire](mailto:a@x.example)", "\\*", "\u2028", "\x85", "\t", "  \n", "\r\n", "👍🏽"),
    *("\u202e", "&amp;", "<!-- -->", "a < b", "\x00", "\\r\\n", "  \\n"),
)
_TEXT = st.lists(st.sampled_from(_PIECES), max_size=3).map("\n\n".join) | st.text(max_size=20)
_PAGE, _EDITOR = st.sampled_from(("a", "b", "c")), st.sampled_from(("anne", "bob", "zoé"))
_FIELD = st.sampled_from(("title", "short_answer", "introduction", "easy_text", "sms_text", "wordings", "source", "body"))
_STEPS = ("submit", "approve", "schedule", "send_back", "archive", "discard", "publish", "take_away", "restore", "resolve")
_ACTION = (
    st.tuples(st.just("save"), _PAGE, _EDITOR, _FIELD, _TEXT, st.booleans())
    | st.tuples(st.just("save"), _PAGE, _EDITOR, _FIELD, _TEXT, st.booleans())
    | st.tuples(st.sampled_from(_STEPS), _PAGE, _EDITOR)
    | st.tuples(st.just("source"), st.sets(_PAGE, min_size=1), _TEXT)
    | st.tuples(st.sampled_from(("cancel", "activate", "undo")))
)


def _entry(page: str, text: str = "Le texte.") -> Entry:
    body = (Chapter(heading="Règles", body=(TextBlock(markdown=text),)),)
    return Entry(id=page, collection="essai", title=f"Fiche {page}", body=body, urls={"": "https://x.example/"})


class _Desk:
    """What editors and publishers do to one record. A refusal is named to them and changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._activated: list[list[Change]] = []

    async def do(self, action: str, *given: Any) -> None:
        with suppress(EditRefused, StaleSave, FormError, CannotPublish):
            await (self._step(action, *given) if action in _STEPS else getattr(self, action)(*given))

    async def save(self, page: str, editor: str, field: str, text: str, late: bool) -> None:
        try:
            head = max(1, (await workflow_state(self._database, "essai", page)).head - late)
            base = await base_of(self._database, "essai", page, head)
        except EditRefused:
            head, base = 0, _entry(page)
        shown = base.model_copy(update={"body": _entry(page, text).body}) if field == "body" else base
        typed = values_of(shown) | ({} if field == "body" else {field: text})
        entry = EntryForm(started_from=head, **typed).entry(base)
        await saving.save(self._database, entry, started_from=head, author=editor, reason=text)

    async def _step(self, action: str, page: str, editor: str) -> None:
        head = (await workflow_state(self._database, "essai", page)).head
        target, by = Target("essai", page, head), {"author": editor, "reason": "essai"}
        match action:
            case "publish":
                await publish(self._database, [target], author=editor)
            case "take_away":
                await take_away(self._database, target, author=editor)
            case "restore":
                await saving.restore(self._database, "essai", page, max(1, head - 1), head=head, **by)
            case "resolve":
                await resolving.resolve(self._database, "essai", page, head=head, choices={0: "theirs"}, **by)
            case "approve":
                await steps.approve(self._database, [target], policy=Policy(), **by)
            case "schedule":
                await steps.schedule(self._database, [target], at=now() + timedelta(days=9), policy=Policy(), **by)
            case _:
                await getattr(steps, action)(self._database, [target], **by)

    async def source(self, pages: set[str], text: str) -> None:
        given = [_entry(page, paragraph(text) if index else "Le texte.") for index, page in enumerate(sorted(pages))]
        await upsert(self._database, "essai", given, source="x", checksum="0" * 64, author="import", reason="x", force=True)

    async def cancel(self) -> None:
        await decide(self._database, await request(self._database, author="anne"), go=False, author="anne")

    async def activate(self) -> None:
        async with self._database.write() as session:
            changes = await complete(session, [])
            await self._apply(session, changes)
        self._activated.append(changes)

    async def undo(self) -> None:
        if self._activated:
            async with self._database.write() as session:
                await self._apply(session, [change.back for change in self._activated.pop()])

    async def _apply(self, session: Any, changes: Sequence[Change]) -> None:
        await apply_changes(session, changes)
        moved = [(change.collection, change.entry_id, change.version) for change in changes]
        await steps.on_published(session, moved, "anne")


async def _kept(database: Database) -> dict[str, Any]:
    """All rows; steps and conflicts by entry and in their order, since those of different entries have no order in a record."""
    found = await everything(database)
    for table in ("steps", "conflicts"):  # in the order of ``seq``, which ``sorted`` keeps
        found[table] = sorted(({**row, "seq": 0} for row in found[table]), key=lambda row: (row["collection"], row["entry_id"]))
    return found


async def _lived_and_moved(actions: Sequence[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        names = [f"sqlite+aiosqlite:///{folder}/{name}.db" for name in ("ours", "other")]
        for name in names:
            await migrated(name)
        async with Database(names[0]) as ours, Database(names[1]) as other:
            desk, file = _Desk(ours), Path(folder) / "kb.zip"
            await desk.source({"a", "b"}, "Le texte.")
            for action in actions:
                await desk.do(*action)
            count = (await export(ours, file))["entries"]
            before = await _kept(ours)
            again = await import_file(ours, file)
            assert (again.unchanged, again.created, again.updated, again.conflicts) == (count, 0, 0, 0)
            assert not again.rejected
            assert await _kept(ours) == before
            assert (await import_file(other, file)).created == count
            assert await _kept(other) == before
            assert (await import_file(other, file)).unchanged == count


@settings(max_examples=15, deadline=None)
@given(st.lists(_ACTION, min_size=5, max_size=25))
def test_record_after_random_edits_exports_and_imports_as_unchanged(actions: list[tuple[Any, ...]]) -> None:
    asyncio.run(_lived_and_moved(actions))

"""What an editor's desk holds after some weeks of work: something on every page."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from core.database import Database
from core.database.base import now
from core.database.models import (
    Conversation,
    DemandCluster,
    DemandMember,
    Message,
    Publication,
    SynonymGroup,
    SynonymVersion,
)
from core.entry import Chapter, Entry, TextBlock
from knowledge_base.editing import saving
from knowledge_base.editing.saving import save
from knowledge_base.editing.steps import Policy, Target
from knowledge_base.entries.store import upsert
from knowledge_base.publishing.contracts import Change, ChangedQuestion, FoundEntry, Report, Shadowed
from knowledge_base.quality.golden.contracts import Golden
from knowledge_base.quality.golden.store import add
from places.offices.edits import propose
from places.offices.record import replace_directory
from retrieval.query.synonyms import Group
from tests.integration.editing_support import publish
from tests.unit.places.support import offices
from tests.unit.retrieval.samples import IDENTITY, PASSPORT

REACHED = FoundEntry(entry_id="F1", version=1, title=IDENTITY.title, part=("Coût",))
OTHER = FoundEntry(entry_id="F2", version=1, title=PASSPORT.title)
MOVED = ChangedQuestion(
    question="refaire ma carte", citizens=3, before=REACHED, after=OTHER, decision_before="answered", decision_after="choices"
)
REPORT = Report(
    verdict="worse",
    changes=(Change(collection="test", entry_id="F1", version=2, before=1, title=IDENTITY.title),),
    golden=2,
    golden_right_before=2,
    golden_right_after=1,
    real=40,
    real_left_out=7,
    retold=3,
    better=(MOVED,),
    worse=(MOVED,),
    other_entry=(MOVED,),
    other_outcome=(MOVED,),
    shadowed=(Shadowed(entry_id="F1", title=IDENTITY.title, name="CNI perdue", by=OTHER, was_first=True),),
    totals={"better": 1, "worse": 1, "other_entry": 1, "other_outcome": 1, "shadowed": 1},
    seconds=2.5,
)


async def fill(database: Database) -> None:
    """Something on every page: a draft, a publication that waits and one that is active, a subject, a golden question,
    synonyms in use, changing and gone, offices of which one is to be changed and one taken out."""
    entries = [IDENTITY, PASSPORT]
    await upsert(database, "test", entries, source="e", checksum="0" * 64, author="test", reason="e")
    await save(database, IDENTITY.model_copy(update={"easy_text": "Facile."}), started_from=1, author="a", reason="r")
    await add(database, Golden(question="refaire ma carte", gold=("F1",), heading="Coût", author="a"))
    await _offices(database)
    async with database.write() as session:
        told = {"changes": [change.model_dump() for change in REPORT.changes], "author": "a", "base": "s1", "candidate": "s2"}
        waiting = Publication(id="waiting", kind="publish", state="checked", verdict="worse", **told)
        waiting.report = REPORT.model_dump(mode="json")
        active = Publication(id="active", kind="publish", state="active", verdict="clear", applied=1, finished_at=now(), **told)
        session.add_all([active, waiting])
        session.add_all(
            SynonymGroup(id=name, version=2, active=used) for name, used in (("used", 2), ("changing", 1), ("gone", 2))
        )
        await session.flush()
        for name in ("used", "changing", "gone"):
            group = Group(terms=(f"gloriette {name}", "cni"), means=("carte d'identité",), note="vu en mairie")
            second = None if name == "gone" else group.model_copy(update={"means": ("passeport",)}).model_dump(mode="json")
            for version, content in ((1, group.model_dump(mode="json")), (2, second)):
                session.add(SynonymVersion(group_id=name, version=version, content=content, author="a"))
        centroid = np.ones(4, np.float32).tobytes()
        session.add(DemandCluster(seq=1, name="place en crèche", terms=["crèche"], model="m@1", centroid=centroid))
        for number in range(3):
            session.add(Conversation(id=f"c{number}", channel="web", origin="citizen", language="fr"))
            await session.flush()
            message = Message(
                id=f"m{number}", conversation_id=f"c{number}", external_id="x", dedup=f"m{number}", text="une crèche"
            )
            message.outcome, message.received_at = "no_answer", now() - timedelta(days=number)
            session.add(message)
            await session.flush()
            session.add(
                DemandMember(message_id=message.id, cluster=1, kind="no_answer", similarity=0.9, at=message.received_at)
            )


def entry(page: str, text: str) -> Entry:
    body = (Chapter(heading="Coût", body=(TextBlock(markdown=text),)),)
    return Entry(id=page, collection="essai", title=f"Carte {page}", body=body)


async def _offices(database: Database) -> None:
    known = offices()
    await replace_directory(database, known, source="x.csv", checksum="0" * 64, author="test")
    town_hall = next(office for office in known if office.id == "mairie-valdore")
    changed = town_hall.model_copy(update={"phone": "00 00 00 04 01"})
    await propose(database, changed, author="a", name="mairie-valdore", use=True)
    await propose(database, changed.model_copy(update={"hours": "24/7"}), author="a", name="mairie-valdore", seen=1)
    await propose(database, None, author="a", name=known[0].id, use=True)


async def bring(database: Database, *entries: Entry) -> None:
    await upsert(database, "essai", entries, source="x", checksum="0" * 64, author="import", reason="x", force=True)


async def lived_in(database: Database) -> None:
    await bring(database, entry("a", "Le timbre coûte 25 €."), entry("b", "Gratuit."))
    await saving.save(database, entry("a", "Le timbre coûte 30 €."), started_from=1, author="anne", reason="Tarif 2026")
    await saving.save(database, entry("b", "Gratuit chez nous."), started_from=1, author="anne", reason="")
    await publish(database, [Target("essai", "b")], author="paul", policy=Policy())
    await bring(database, entry("a", "Le timbre coûte 25 €."), entry("b", "Payant."))

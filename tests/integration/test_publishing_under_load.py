"""Queries during publications: no error, and each answer wholly from one snapshot."""

from __future__ import annotations

import asyncio
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from actions.server import app as server
from core.database import Database
from core.entry import Chapter, Entry, TextBlock
from knowledge_base.publishing.contracts import State
from knowledge_base.publishing.publications import request
from retrieval.service import SearchService
from retrieval.snapshots.update import snapshots_folder
from retrieval.turn_scoped_retriever import TurnScopedRetriever
from tests.integration.migrated import migrated
from tests.integration.publishing_support import carried_out, knowledge, publisher, revise, settings_for
from tests.unit.retrieval.samples import PARENTAL, PASSPORT, WordEmbedder, entry

ASKERS = 4
MARK = re.compile(r"tarif (\d+)")


def priced(number: int) -> list[Entry]:
    """Two entries that say the same number: an answer that shows two numbers is of two snapshots."""
    texts = [f"Le tarif {number} est en vigueur.", f"Pour la perte, le tarif {number} est en vigueur."]
    chapters = [(Chapter(heading="Coût", body=(TextBlock(markdown=text),)),) for text in texts]
    return [
        entry("F1", f"Carte d'identité au tarif {number}", f"Renouveler sa carte, tarif {number}.", body=chapters[0]),
        entry("F5", f"Carte d'identité perdue au tarif {number}", f"Carte perdue, tarif {number}.", body=chapters[1]),
    ]


def call(number: int) -> dict[str, Any]:
    """As Rasa sends it."""
    tracker = {"sender_id": f"c{number}", "slots": {"language": "fr"}, "events": [], "paused": False, "active_loop": {}}
    text = "renouveler sa carte d'identité, quel est le tarif ?"
    tracker |= {
        "latest_message": {"text": text, "entities": []},
        "latest_action_name": "action_listen",
        "followup_action": None,
    }
    return {"next_action": "action_answer_enquiry", "sender_id": f"c{number}", "tracker": tracker, "version": "3.6.21"}


@pytest.mark.parametrize(("queries", "publications"), [(200, 5), pytest.param(1000, 20, marks=pytest.mark.long)])
async def test_answers_during_publications(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, queries: int, publications: int
) -> None:
    monkeypatch.setattr(server, "AT_ONCE", ASKERS)
    url = f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}"
    await migrated(url)
    database = Database(url)
    await knowledge(database, tmp_path, *priced(1), PASSPORT, PARENTAL)
    engine = SearchService(snapshots_folder(tmp_path), WordEmbedder(), check_seconds=0)
    settings = settings_for(tmp_path, url)
    secret = settings.internal_headers
    client = TestClient(server.create_app(settings, TurnScopedRetriever(engine)), headers=secret, raise_server_exceptions=False)
    marks: dict[str, str] = {engine.status().snapshot: "1"}
    answers: list[tuple[int, str]] = []
    published, stop = threading.Event(), threading.Event()

    def ask(asker: int) -> None:
        number = 0
        while not stop.is_set() and (number < queries // ASKERS or not published.is_set()):
            answer = client.post("/webhook", json=call(asker))
            answers.append((answer.status_code, answer.text))
            number += 1

    with client, ThreadPoolExecutor(ASKERS) as pool:  # "client": one event loop for all, as a server has
        asking = [pool.submit(ask, asker) for asker in range(ASKERS)]
        try:
            node = publisher(database, tmp_path, url)
            for number in range(2, 2 + publications):
                changes = [await revise(database, one) for one in priced(number)]
                view = await carried_out(node, database, await request(database, changes, author="a", go_at_once=True))
                assert view.state == State.ACTIVE, view.report or view.error
                marks[view.candidate] = str(number)
                while engine.status().snapshot != view.candidate:  # let some be answered from each
                    await asyncio.to_thread(stop.wait, 0.01)
            published.set()
            await asyncio.gather(*(asyncio.wrap_future(one) for one in asking))
        finally:
            stop.set()
    await database.close()
    assert len(answers) >= queries
    assert {status for status, _ in answers} == {200}
    seen = set()
    for _, text in answers:
        (snapshot,) = {name for name in marks if name in text}
        assert set(MARK.findall(text)) == {marks[snapshot]}
        seen.add(snapshot)
    assert len(seen) > publications // 2

"""What an open page of the desk hears of what waits: for whom it is, as soon as it is so, and without a citizen's words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import orjson
import websockets

from core.database import Database
from core.entry import Entry
from core.identity import Role, Staff
from core.settings import Settings
from knowledge_base.editing import saving, steps
from knowledge_base.editing.steps import Target
from supervision.handoffs.presence import Duty, record_presence
from tests.desk_support import make_staff, sign_in
from tests.integration.channels_support import guichet, working
from tests.integration.databases import postgresql_when_long
from tests.integration.handoff_support import ask, desk_of, handoffs
from tests.waiting import until


class _Page:
    """An open page: what it was told last, and all that ever came."""

    def __init__(self) -> None:
        self.last: dict[str, list[str]] = {}
        self.heard = ""

    def take(self, frame: str | bytes) -> None:
        text = frame if isinstance(frame, str) else frame.decode()
        self.heard += text
        self.last = {call["key"]: call["ids"] for call in orjson.loads(text)}

    async def hears(self, *keys: str) -> None:
        async def said() -> bool:
            return sorted(self.last) == sorted(keys)

        await until(said)


@asynccontextmanager
async def _open(database: Database, settings: Settings, staff: Staff) -> AsyncIterator[_Page]:
    headers, page = await sign_in(database, settings, staff), _Page()
    address = f"ws://127.0.0.1:{settings.port}/api/desk/calls"
    cookie = {"Cookie": headers["Cookie"]}
    async with websockets.connect(address, additional_headers=cookie, origin=headers["Origin"]) as socket:  # type: ignore[arg-type]

        async def read() -> None:
            async for frame in socket:
                page.take(frame)

        reading = asyncio.create_task(read())
        yield page
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


@postgresql_when_long
async def test_who_waits_who_is_to_be_called_and_what_was_handed_over_are_heard(settings: Settings, database: Database) -> None:
    anne = await make_staff(database, Role.SUPERVISOR, email="anne@mairie.example")
    paul = await make_staff(database, Role.SUPERVISOR, email="paul@mairie.example")
    reader = await make_staff(database, Role.READER)
    async with (
        guichet(settings) as service,
        working(settings),
        desk_of(settings, database) as desk,
        _open(database, settings, anne) as hers,
        _open(database, settings, paul) as his,
        _open(database, settings, reader) as theirs,
    ):
        first, second = await service.citizen(), await service.citizen()
        await ask(first, "carte perdue")
        await ask(first, "humain")
        await hers.hears("console.call_waiting")
        for said in ("rappel", "c'est le 01 99 00 12 34", "c'est bon"):
            await ask(second, said)
        await his.hears("console.call_waiting", "console.call_back_waiting")
        for one in (anne, paul):
            await record_presence(database, Duty(one.id, 3, (), (), True), timedelta(minutes=5))
        (chat,) = [row for row in await handoffs(database) if row.kind == "chat"]
        claim = await desk.claim(chat.id, anne.id)
        await hers.hears("console.call_back_waiting")  # her own claim calls nobody
        await desk.transfer(claim, paul.id, "Elle demande un duplicata.")
        await his.hears("console.call_back_waiting", "console.call_transferred")
        assert his.last["console.call_transferred"] == [chat.id]
        await hers.hears("console.call_back_waiting")
        await theirs.hears()
        for secret in ("carte perdue", "passeport", "99 00", "duplicata"):
            assert secret not in hers.heard + his.heard


@postgresql_when_long
async def test_a_submitted_entry_is_heard_by_those_who_may_publish_it(settings: Settings, database: Database) -> None:
    publisher = await make_staff(database, Role.PUBLISHER, email="p@mairie.example")
    elsewhere = await make_staff(database, Role.PUBLISHER, email="q@mairie.example", collections=["autre"])
    async with guichet(settings), _open(database, settings, publisher) as page, _open(database, settings, elsewhere) as other:
        await saving.save(database, Entry(id="F1", collection="ville", title="Piscine"), started_from=0, author="ed", reason="")
        await steps.submit(database, [Target("ville", "F1")], author="ed")
        await page.hears("workflow.call_review")
        assert page.last["workflow.call_review"] == ["ville/F1@1"]
        await other.hears()

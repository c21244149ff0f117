"""Numbers that identify people, written past a filter, by message and by opinion: the record and the engine see no digit."""

from __future__ import annotations

import re

from sqlalchemy import select

from core.database import Database
from core.database.models import Feedback
from core.settings import Settings
from tests.integration.channels_support import guichet, working

_WRITTEN = (
    "mon numéro est 1 85 05 2A\n006 084 35",
    "numéro de sécu\t2  85  05  78  006  084  36",
    "mon IBAN : FR76 3000 6000 0112\r\n3456 7890 189",
    "ma carte 4111, 1111, 1111, 1111 est perdue",
    "rappelez au ０６ ３９ ９８\n７７ ６６",
    "rappelez au 06\u201139\u201198\u201177\u201166 ou\n07  39  98  77  66",
    "numéro fiscal\n30 23 217\n600 053",
)


async def test_numbers_that_are_written_past_a_filter_reach_nobody(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        for count, text in enumerate(_WRITTEN, 1):
            assert (await citizen.post(f"{text}\net mon passeport est périmé")).status_code < 300
            await citizen.answered(count)
        reply = (await citizen.answered(1))[0]["id"]
        opinion = {"reply": reply, "useful": False, "comment": "\n\n".join(_WRITTEN)}
        assert (await service.http.post("/api/web/feedback", json=opinion, headers=citizen.headers)).status_code == 204
        stored = [turn["message"]["text"] for turn in await citizen.history()]
        async with database.read() as session:
            comment = (await session.execute(select(Feedback.comment))).scalar_one()
        engine = [said for _, said in service.rasa.handled]
    assert len(stored) == len(engine) == len(_WRITTEN)
    assert [text for text in (*stored, *engine, comment) if re.search(r"\d", text)] == []

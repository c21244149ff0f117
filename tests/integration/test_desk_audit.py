"""The audit's page: administrators read it, and see where it was touched."""

from __future__ import annotations

from pathlib import Path

import httpx
from sqlalchemy import select, text

from cli.gateway import create
from core.audit import record
from core.database import Database
from core.database.models import AuditRow
from core.identity import Role
from tests.desk_support import make_staff, sign_in
from tests.integration.channels_support import settings_for
from tests.integration.test_audit import _unguard


async def test_administrators_read_the_audit_and_see_where_it_was_touched(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    settings = settings_for(database_url, "redis://127.0.0.1:1/0", tmp_path)
    anne = await make_staff(database, Role.ADMINISTRATOR, name="Anne Martin")
    headers = await sign_in(database, settings, anne) | {"Accept": "text/html"}
    async with database.write() as session:
        for number in range(150):
            await record(session, actor=anne.id, action="entry.saved", target=f"entry:c/F{number}")
    app = create(settings)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=settings.base_url, headers=headers) as http:

        async def shown(query: str) -> str:
            answer = await http.get(f"/desk/audit?{query}")
            assert answer.status_code == 200
            return answer.text

        first = await shown("action=entry.&check=1")
        assert "entry:c/F149" in first
        assert "entry:c/F20<" not in first
        assert "Anne Martin" in first
        assert f"<td>Anne Martin <small>staff:{anne.id}</small></td>" in await shown("action=staff.create")
        assert "Le journal est intact" in first
        older = first.partition("before=")[2].partition('"')[0]
        assert "entry:c/F20<" in await shown(f"action=entry.&before={older}")
        assert "entry:c/F7<" in await shown("target=entry:c/F7&lang=en")
        assert "No row matches" in await shown("action=entry.%25&lang=en")
        await _unguard(database)
        async with database.write() as session:
            await session.execute(text("UPDATE audit_rows SET target = 'entry:c/other' WHERE target = 'entry:c/F70'"))
            touched = select(AuditRow.seq).where(AuditRow.target == "entry:c/other")
            seq = (await session.execute(touched)).scalar_one()
        assert f"altéré à la ligne {seq}." in await shown("check=1&lang=fr")
    await app.state.deps.close()

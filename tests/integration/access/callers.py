"""The callers of the matrix: strangers, citizens, and staff of each role, in each state that a session can be in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from conversations.record.opening import open_conversation
from conversations.signing import Signing
from core.database import Database
from core.identity import Right, Role, accounts, sessions
from core.identity.rights import RIGHTS
from core.settings import Settings
from core.turns import Origin
from integrators import tokens
from integrators.tokens import Scope
from tests.desk_support import make_staff, sign_in

OPEN_FORM = "desk.desk_form_stale"
NO_RIGHT = "desk.desk_no_right"


@dataclass(frozen=True)
class Caller:
    """Who asks. ``kinds``: keys of the matrix that are open to them; ``forged``: what they send is not from our pages."""

    name: str
    headers: dict[str, str] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()
    staff: bool = False
    forged: bool = False


async def callers(database: Database, settings: Settings) -> list[Caller]:
    """All of them, with sessions of their own in the record."""
    found = [Caller("stranger"), Caller("wrong secret", {"X-Guichet-Secret": "wrong", "Authorization": "Bearer wrong"})]
    found.append(Caller("secret", settings.internal_headers, frozenset({"operations"})))
    async with database.write() as session:
        conversation = open_conversation(session, channel="web", language="fr", origin=Origin.TEST)
        everything: dict[str, Any] = {"scopes": [*Scope], "per_minute": 3000, "days": 1, "test": False}
        _, access = await tokens.create(session, name="program", **everything, actor="test")
    token = Signing(settings.secret_key.get_secret_value()).token(conversation.id)
    found.append(Caller("citizen", {"Authorization": f"Bearer {token}"}, frozenset({"citizen"})))
    found.append(Caller("program", {"Authorization": f"Bearer {access}"}, frozenset({"integrator"})))
    for role in Role:
        headers = await sign_in(database, settings, await make_staff(database, role))
        kinds = frozenset(map(str, RIGHTS[role])) | {"signed_in", "setting_up"}
        found.append(Caller(role.value, headers, kinds, staff=True))
        if role is Role.ADMINISTRATOR:
            without = {name: value for name, value in headers.items() if name != "X-CSRF-Token"}
            found.append(Caller("administrator's browser on another site", without, kinds, staff=True, forged=True))
            elsewhere = headers | {"Origin": "https://evil.example"}
            found.append(Caller("another site with the form's token", elsewhere, kinds, staff=True, forged=True))
    return [*found, *await _no_longer_or_not_yet(database, settings)]


async def _no_longer_or_not_yet(database: Database, settings: Settings) -> list[Caller]:
    ended = await make_staff(database, Role.ADMINISTRATOR, email="ended@mairie.example")
    gone = await make_staff(database, Role.ADMINISTRATOR, email="gone@mairie.example")
    half = await make_staff(database, Role.ADMINISTRATOR, email="half@mairie.example")
    shown = {name: await sign_in(database, settings, one) for name, one in (("ended", ended), ("gone", gone), ("half", half))}
    async with database.write() as session:
        await sessions.end(session, ended.id)
        await accounts.disable(session, gone.id, actor="test")
        token = await sessions.open_session(session, half.id, stage=sessions.SECOND)
        enrolling = await sessions.open_session(session, half.id, stage=sessions.ENROL)
    cookie = shown["half"]["Cookie"].partition("=")[0]
    origin = {"Origin": settings.base_url}
    return [
        Caller("ended session", shown["ended"]),
        Caller("disabled account", shown["gone"]),
        Caller("password without code", {"Cookie": f"{cookie}={token}"} | origin, frozenset({"between"}), forged=True),
        Caller("no second factor yet", {"Cookie": f"{cookie}={enrolling}"} | origin, frozenset({"setting_up"}), forged=True),
    ]


def rights() -> frozenset[str]:
    """Keys of the matrix that are rights."""
    return frozenset(map(str, Right))

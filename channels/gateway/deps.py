"""What the gateway's routes work with. Made once, in ``create_app``; every router gets it as its only argument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from channels.contracts import Renderer
from channels.control.board import Board
from channels.engine import Engine
from channels.gateway.hub import Hub, replies_since
from channels.gateway.limits import Limits
from channels.handoff.standing import Standings
from channels.inbound import Inbound
from channels.nerve import Nerve
from channels.rendering.text import TextRenderer
from channels.signing import Signing
from channels.sms.composition import sms_renderer
from channels.web.backlog import Backlog
from channels.web.looks import Looks
from channels.wording import Wording
from channels.work_budget import WorkBudget
from core.audit.ledger import open_record
from core.database import Database
from core.privacy.addresses import Addresses
from core.settings import ROOT, Settings


@dataclass(frozen=True, slots=True)
class Deps:
    """The gateway's parts. ``renderers``: reply → text, by channel (``web``, ``sms``)."""

    settings: Settings
    database: Database
    nerve: Nerve
    hub: Hub
    engine: Engine
    wording: Wording
    signing: Signing
    addresses: Addresses
    inbound: Inbound
    limits: Limits
    budget: WorkBudget
    renderers: Mapping[str, Renderer]
    board: Board
    standings: Standings
    backlog: Backlog
    looks: Looks

    async def close(self) -> None:
        await self.hub.close()
        await self.engine.close()
        await self.nerve.close()
        await self.database.close()


def build(settings: Settings, wording: Wording | None = None) -> Deps:
    """All parts, from settings. Opens no connection yet. ``wording`` is ``domain.yml``'s unless given."""
    wording = (wording or Wording.load(ROOT / "domain.yml")).filled_from(settings)
    database, nerve = open_record(settings), Nerve(settings.redis_address)
    addresses = Addresses(*settings.address_keys)
    budget = WorkBudget(nerve, addresses, seconds=settings.limit_work_seconds)
    renderers: dict[str, Renderer] = {"web": TextRenderer(wording), "sms": sms_renderer(settings, wording)}
    return Deps(
        settings=settings,
        database=database,
        nerve=nerve,
        hub=Hub(settings.redis_address, replies_since(database)),
        engine=Engine(settings.rasa_urls, settings.internal_secret.get_secret_value(), at_once=10),
        wording=wording,
        signing=Signing(*settings.secret_keys, token_days=settings.retention_days),
        addresses=addresses,
        inbound=Inbound(database, nerve, addresses, budget, language=settings.default_language, zone=settings.opening.zone),
        limits=Limits(nerve, settings),
        budget=budget,
        renderers=renderers,
        board=Board(database),
        standings=Standings(database),
        backlog=Backlog(database),
        looks=Looks(database, renderers),
    )

"""The services of the gateway's routes. Made once (``channels.gateway.composition``); every router gets them."""

from collections.abc import Mapping
from dataclasses import dataclass

from channels.http.limits import Limits
from conversations.client_updates.backlog import Backlog
from conversations.client_updates.hub import Hub
from conversations.client_updates.reply_reader import ReplyReader
from conversations.engine.rasa_client import RasaClient
from conversations.intake.inbound import Inbound
from conversations.ports import Renderer
from conversations.service_control.controls import ServiceStateCache
from conversations.signals.event_bus import EventBus
from conversations.signals.work_budget import WorkBudget
from conversations.signing import Signing
from conversations.wording import Wording
from core.database import Database
from core.privacy.addresses import Addresses
from core.settings import Settings
from supervision.handoffs.queue_position import QueuePositions


@dataclass(frozen=True, slots=True)
class Deps:
    """The gateway's services. ``renderers``: reply → text, by channel (``web``, ``sms``)."""

    settings: Settings
    database: Database
    event_bus: EventBus
    hub: Hub
    engine: RasaClient
    wording: Wording
    signing: Signing
    addresses: Addresses
    inbound: Inbound
    limits: Limits
    budget: WorkBudget
    renderers: Mapping[str, Renderer]
    controls: ServiceStateCache
    queue_positions: QueuePositions
    backlog: Backlog
    reply_reader: ReplyReader

    async def close(self) -> None:
        await self.hub.close()
        await self.engine.close()
        await self.event_bus.close()
        await self.database.close()

"""Builds the gateway's services from the settings."""

from channels.http.deps import Deps
from channels.http.limits import Limits
from channels.rendering.text import TextRenderer
from channels.sms.causes import is_temporary
from channels.sms.composition import sms_renderer
from conversations.client_updates.backlog import Backlog
from conversations.client_updates.hub import Hub, replies_since
from conversations.client_updates.reply_reader import ReplyReader
from conversations.engine.rasa_client import RasaClient
from conversations.intake.inbound import Inbound
from conversations.ports import Renderer
from conversations.service_control.controls import ServiceStateCache
from conversations.signals.event_bus import EventBus
from conversations.signals.work_budget import WorkBudget
from conversations.signing import Signing
from conversations.wording import Wording
from core.audit.ledger import open_record
from core.privacy.addresses import Addresses
from core.settings import ROOT, Settings
from supervision.handoffs.queue_position import QueuePositions


def build(settings: Settings, wording: Wording | None = None) -> Deps:
    """Returns all services. Opens no connection yet. ``wording`` is read from ``domain.yml`` unless given."""
    wording = (wording or Wording.load(ROOT / "domain.yml")).filled_from(settings)
    database, event_bus = open_record(settings), EventBus(settings.redis_address)
    addresses = Addresses(*settings.address_keys)
    budget = WorkBudget(event_bus, addresses, seconds=settings.limit_work_seconds)
    renderers: dict[str, Renderer] = {"web": TextRenderer(wording), "sms": sms_renderer(settings, wording)}
    return Deps(
        settings=settings,
        database=database,
        event_bus=event_bus,
        hub=Hub(settings.redis_address, replies_since(database)),
        engine=RasaClient(settings.rasa_urls, settings.internal_secret.get_secret_value(), max_concurrent=10),
        wording=wording,
        signing=Signing(*settings.secret_keys, token_days=lambda: settings.retention_days),
        addresses=addresses,
        inbound=Inbound(
            database,
            event_bus,
            addresses,
            budget,
            language=lambda: settings.default_language,
            zone=settings.opening.zone,
            is_temporary=is_temporary,
        ),
        limits=Limits(event_bus, settings),
        budget=budget,
        renderers=renderers,
        controls=ServiceStateCache(database),
        queue_positions=QueuePositions(database),
        backlog=Backlog(database),
        reply_reader=ReplyReader(database, renderers),
    )

"""What a worker is made of, from settings."""

from __future__ import annotations

from channels.sms.composition import sms_channels, sms_renderer
from cli.worker.app import Worker
from conversations.service_control.board import Board
from conversations.signals.event_bus import EventBus
from conversations.signals.work_budget import WorkBudget
from conversations.steps.first_contact import FirstContact
from conversations.steps.service_control import Announcements, LeadingMessages, SwitchedOff
from conversations.steps.sms_commands import SmsCommands
from conversations.steps.sms_limits import Limits, SmsLimits
from conversations.wording import Wording
from core.audit.ledger import open_record
from core.privacy.addresses import Addresses
from core.privacy.finders.cases import use_patterns
from core.settings import ROOT, Settings
from supervision.handoffs.step import WithHuman


def compose(settings: Settings) -> Worker:
    """Returns a worker ready to ``run()``, on the record and the channels that ``settings`` name."""
    use_patterns(settings.privacy_case_numbers.split())
    wording = Wording.load(ROOT / "domain.yml").filled_from(settings)
    database = open_record(settings)
    addresses = Addresses(*settings.address_keys)
    sms = sms_renderer(settings, wording)
    board = Board(database)
    event_bus = EventBus(settings.redis_address)
    budget = WorkBudget(event_bus, addresses, seconds=settings.limit_work_seconds)
    first = FirstContact(wording, sms, privacy_url=settings.privacy_url)
    return Worker(
        settings=settings,
        database=database,
        event_bus=event_bus,
        budget=budget,
        wording=wording,
        channels=sms_channels(settings),
        renderers={"sms": sms},
        leading_messages={"sms": LeadingMessages(first, Announcements(board, wording, sms))},
        steps=(
            SmsLimits(database, wording, addresses, Limits.of(settings), budget),
            SmsCommands(database, wording),
            WithHuman(database),
            SwitchedOff(database, board, wording),
        ),
    )

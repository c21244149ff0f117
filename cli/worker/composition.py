"""The parts of a worker, from settings. Their order is in ``conversations/turn_pipeline.py``."""

from channels.sms.composition import sms_channels, sms_renderer
from cli.worker.app import Worker
from cli.worker.engines import Engines
from conversations.additions.announcements import Announcements
from conversations.additions.conversation_commands import ConversationCommands
from conversations.additions.first_contact import FirstContact
from conversations.additions.phone_copy_sending import CopySending
from conversations.additions.relay import RelayLine
from conversations.service_control.controls import ServiceStateCache
from conversations.signals.event_bus import EventBus
from conversations.signals.work_budget import WorkBudget
from conversations.signing import Signing
from conversations.steps.channel_off import ChannelOff
from conversations.steps.degraded_mode import DegradedMode
from conversations.steps.phone_copy import PhoneCopies
from conversations.steps.sms_commands import SmsCommands
from conversations.steps.sms_limits import SmsLimits
from conversations.turn_pipeline import TurnPipeline, before_commit, leading_messages
from conversations.turns.danger_check import DangerCheck
from conversations.turns.recent_care import RecentCare
from conversations.wording import Wording
from core.audit.ledger import open_record
from core.database.base import now
from core.languages.detection import detect
from core.privacy.addresses import Addresses
from core.privacy.finders.cases import use_patterns
from core.settings import ROOT, Settings
from supervision.approvals.approval_queue import ApprovalQueue
from supervision.handoffs.handoff_updates import HandoffUpdates
from supervision.handoffs.human_takeover import HumanTakeover


def compose(settings: Settings) -> Worker:
    """Returns a worker ready to ``run()``, with the database and the channels of ``settings``."""
    use_patterns(settings.privacy_case_numbers.split())
    wording = Wording.load(ROOT / "domain.yml").filled_from(settings)
    database = open_record(settings)
    addresses, signing = Addresses(*settings.address_keys), Signing(*settings.secret_keys)
    event_bus = EventBus(settings.redis_address)
    budget = WorkBudget(event_bus, addresses, seconds=settings.limit_work_seconds)
    controls, engines, channels = ServiceStateCache(database), Engines.of(settings), sms_channels(settings)
    sms = sms_renderer(settings, wording)
    renderers = {"sms": sms}
    by_mail = bool(settings.smtp_host)

    def somebody_answers_mail() -> bool:
        return by_mail and settings.opening.next_opening(now()) is not None

    copies = PhoneCopies(database, wording, possible=bool(channels) and settings.sms_copies_per_day > 0)
    before_reply = leading_messages(
        first_contact=FirstContact(wording, renderers, privacy_url=settings.privacy_url),
        announcements=Announcements(controls, wording, renderers),
    )
    copy_sending = CopySending(
        wording,
        addresses,
        settings,
        channel="sms",
        provider=next(iter(channels), ""),
        render=sms,
        leading_message=before_reply,
    )
    return Worker(
        settings=settings,
        database=database,
        event_bus=event_bus,
        budget=budget,
        wording=wording,
        signing=signing,
        engines=engines,
        channels=channels,
        renderers=renderers,
        turns=TurnPipeline(
            engines.rasa,
            wording,
            max_chars=settings.message_max_chars,
            sms_limits=SmsLimits(database, wording, addresses, settings, budget),
            sms_commands=SmsCommands(database, wording),
            human_takeover=HumanTakeover(database),
            channel_off=ChannelOff(database, controls, wording),
            phone_copy=copies,
            degraded_mode=DegradedMode(engines.actions, wording, engines.breaker),
            conversation_commands=ConversationCommands(database, wording, signing, copies),
            prefetch=engines.prefetch,
            detect=detect,
            judge=DangerCheck(engines.actions),
            recall=RecentCare(database, wording),
        ),
        leading_messages=before_reply,
        before_commit=before_commit(
            handoffs=HandoffUpdates(wording, addresses),
            approvals=ApprovalQueue(
                wording,
                signing,
                renderers,
                opening=lambda: settings.opening if settings.desk_staffed else None,
                offers_mail=by_mail,
            ),
            relay=RelayLine(wording, renderers, offers_mail=somebody_answers_mail),
            phone_copy=copy_sending if channels else None,
        ),
    )

"""Tables. Importing this package registers them all on ``Base.metadata``."""

from core.database.models.audit import AuditHead, AuditRow
from core.database.models.conversations import (
    Conversation,
    Delivery,
    Erasure,
    Feedback,
    Job,
    Lease,
    Message,
    Receipt,
    Reply,
    Satisfaction,
)
from core.database.models.demand import DemandCluster, DemandMember
from core.database.models.entries import (
    Autosave,
    Collection,
    Conflict,
    EntryRow,
    ImportRun,
    ImportTask,
    Revision,
    SavedView,
    Step,
)
from core.database.models.golden import GoldenQuestion
from core.database.models.handoffs import Handoff
from core.database.models.insights import InsightDay, InsightFigure
from core.database.models.integrators import ApiRequest, ApiToken, Webhook, WebhookDelivery
from core.database.models.mail import Mail
from core.database.models.places import Directory, OfficeEdit, OfficeRow
from core.database.models.privacy import ErasedConversation, RetentionRun
from core.database.models.publishing import Publication
from core.database.models.quality import QualityNight
from core.database.models.review import Correction, EditorTask, ReviewItem, Verdict
from core.database.models.settings import DeskSetting
from core.database.models.sms import MessagePart, NumberUsage, OptOut, PhoneCopy, SeenMessage, SmsLimited, SmsUsage
from core.database.models.sources import CheckedLink, PageSource
from core.database.models.staff import SignInFailure, StaffLink, StaffRow, StaffSession
from core.database.models.start_questions import StartQuestion
from core.database.models.supervision import (
    Control,
    ConversationLabel,
    ConversationNote,
    ConversationView,
    Presence,
    SavedReply,
    Team,
    Told,
)
from core.database.models.synonyms import SynonymGroup, SynonymVersion
from core.database.models.topics import TopicRow, TopicVersion
from core.database.models.validation import CheckedSubject, HeldAnswer

__all__ = [
    "ApiRequest",
    "ApiToken",
    "AuditHead",
    "AuditRow",
    "Autosave",
    "CheckedLink",
    "CheckedSubject",
    "Collection",
    "Conflict",
    "Control",
    "Conversation",
    "ConversationLabel",
    "ConversationNote",
    "ConversationView",
    "Correction",
    "Delivery",
    "DemandCluster",
    "DemandMember",
    "DeskSetting",
    "Directory",
    "EditorTask",
    "EntryRow",
    "ErasedConversation",
    "Erasure",
    "Feedback",
    "GoldenQuestion",
    "Handoff",
    "HeldAnswer",
    "ImportRun",
    "ImportTask",
    "InsightDay",
    "InsightFigure",
    "Job",
    "Lease",
    "Mail",
    "Message",
    "MessagePart",
    "NumberUsage",
    "OfficeEdit",
    "OfficeRow",
    "OptOut",
    "PageSource",
    "PhoneCopy",
    "Presence",
    "Publication",
    "QualityNight",
    "Receipt",
    "Reply",
    "RetentionRun",
    "ReviewItem",
    "Revision",
    "Satisfaction",
    "SavedReply",
    "SavedView",
    "SeenMessage",
    "SignInFailure",
    "SmsLimited",
    "SmsUsage",
    "StaffLink",
    "StaffRow",
    "StaffSession",
    "StartQuestion",
    "Step",
    "SynonymGroup",
    "SynonymVersion",
    "Team",
    "Told",
    "TopicRow",
    "TopicVersion",
    "Verdict",
    "Webhook",
    "WebhookDelivery",
]

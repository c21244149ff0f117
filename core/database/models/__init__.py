"""Tables. Importing this package registers them all on ``Base.metadata``."""

from core.database.models.conversations import Conversation, Delivery, Erasure, Feedback, Job, Lease, Message, Receipt, Reply
from core.database.models.entries import EntryRow, ImportRun, Revision
from core.database.models.sms import OptOut

__all__ = [
    "Conversation",
    "Delivery",
    "EntryRow",
    "Erasure",
    "Feedback",
    "ImportRun",
    "Job",
    "Lease",
    "Message",
    "OptOut",
    "Receipt",
    "Reply",
    "Revision",
]

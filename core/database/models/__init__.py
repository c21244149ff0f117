"""Tables. Importing this package registers them all on ``Base.metadata``."""

from core.database.models.conversations import Conversation, Delivery, Feedback, Job, Lease, Message, Receipt, Reply
from core.database.models.entries import EntryRow, ImportRun, Revision

__all__ = [
    "Conversation",
    "Delivery",
    "EntryRow",
    "Feedback",
    "ImportRun",
    "Job",
    "Lease",
    "Message",
    "Receipt",
    "Reply",
    "Revision",
]

"""Tables. Importing this package registers them all on ``Base.metadata``."""

from core.database.models.conversations import Conversation, Delivery, Feedback, Lease, Message, Reply
from core.database.models.entries import EntryRow, ImportRun, Revision

__all__ = ["Conversation", "Delivery", "EntryRow", "Feedback", "ImportRun", "Lease", "Message", "Reply", "Revision"]

"""Topics in the database."""

from core.database.models import TopicRow, TopicVersion
from knowledge_base.editing.proposals import ProposalRefused, ProposalStore, Stored
from retrieval.contracts import Topic
from retrieval.terms.analysis import fold

MOST = 100  # topics of one administration
StoredTopic = Stored[Topic]
TopicRefused = ProposalRefused


def in_a_line(topic: Topic) -> str:
    """Returns the topic in one line: ``Transports scolaires → Région Orbe-et-Valdore``."""
    return f"{topic.name} → {topic.body}"


def _shared_word(topic: Topic, other: Topic) -> str:
    return topic.name if fold(topic.name) == fold(other.name) else ""


proposals = ProposalStore(
    Topic,
    TopicRow,
    TopicVersion,
    "topic_id",
    name="topic",
    most=MOST,
    lock=0x544F5049,
    title=lambda topic: topic.name,
    in_a_line=in_a_line,
    shared_word=_shared_word,
)
stored_topics, in_use, changes, get, history = (
    proposals.all,
    proposals.in_use,
    proposals.changes,
    proposals.get,
    proposals.history,
)
propose, check_free = proposals.propose, proposals.check_free
put_in_use, drop_proposal = proposals.put_in_use, proposals.drop_proposal

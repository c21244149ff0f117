"""A group of synonyms at the desk, and the reasons for refusing a change."""

from knowledge_base.editing.proposals import ProposalRefused, Stored
from retrieval.query.synonyms import Group

MOST = 2000  # groups of one administration; each message is compared with all of them

StoredGroup = Stored[Group]
SynonymRefused = ProposalRefused

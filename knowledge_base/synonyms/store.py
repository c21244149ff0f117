"""Groups of synonyms in the database."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from sqlalchemy.ext.asyncio import AsyncSession

from core.database.models import SynonymGroup, SynonymVersion
from knowledge_base.editing.proposals import ProposalStore
from knowledge_base.synonyms.contracts import MOST, SynonymRefused
from retrieval.query.synonyms import Group


def in_a_line(group: Group) -> str:
    """Returns the group in one line: ``css, c2s → complémentaire santé solidaire``; ``=`` if it works both ways."""
    return f"{', '.join(group.terms)} {'=' if group.both_ways else '→'} {', '.join(group.means)}"


def _shared_word(group: Group, other: Group) -> str:
    return next((term for term in group.terms if other.speaks_of(term)), "")


proposals = ProposalStore(
    Group,
    SynonymGroup,
    SynonymVersion,
    "group_id",
    name="synonym",
    most=MOST,
    lock=0x53594E4F,
    title=lambda group: group.terms[0],
    in_a_line=in_a_line,
    shared_word=_shared_word,
)
stored_groups, in_use, changes, get, history = (
    proposals.all,
    proposals.in_use,
    proposals.changes,
    proposals.get,
    proposals.history,
)
propose, check_free = proposals.propose, proposals.check_free
put_in_use, drop_proposal = proposals.put_in_use, proposals.drop_proposal


async def unknown_groups(session: AsyncSession, groups: Mapping[str, Sequence[Group]]) -> list[str]:
    """Returns the names of those of ``groups`` (name → its contents) that are new here, with no word of an existing group."""
    known = await proposals.all_in(session, lock=True)
    names, found = {one.id for one in known}, []
    for name, contents in groups.items():
        with suppress(SynonymRefused):
            for group in contents:
                proposals.check_shared(group, known)
            if name not in names:
                found.append(name)
    return found

"""The topics of the demonstration's imaginary town."""

from pathlib import Path

import yaml

from core.database import Database
from knowledge_base.topics import store
from retrieval.contracts import Topic

_FILE = Path(__file__).with_name("demonstration.yml")
_AUTHOR = "import"


def demonstration_topics() -> list[Topic]:
    """Returns the topics, as they are written."""
    return [Topic.model_validate(one) for one in yaml.safe_load(_FILE.read_text(encoding="utf-8"))]


async def settle_demonstration_topics(database: Database, *, wanted: bool) -> int:
    """Puts the topics in use if they are ``wanted``, and takes them out otherwise. Returns how many are put in use.

    What somebody has written or taken out at the desk stays as it is.
    """
    known = {one.shown.name: one for one in await store.stored_topics(database, gone=True) if one.shown}
    count = 0
    for topic in demonstration_topics():
        one = known.get(topic.name)
        ours = one is None or one.author == _AUTHOR
        if wanted and ours and (one is None or one.state == "gone"):
            name, seen = (one.id, one.version) if one else ("", 0)
            await store.propose(database, topic, author=_AUTHOR, name=name, seen=seen, use=True)
            count += 1
        elif not wanted and ours and one and one.used == topic:
            await store.propose(database, None, author=_AUTHOR, name=one.id, seen=one.version, use=True)
    return count

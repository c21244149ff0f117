"""``python -m cli.publisher``: runs the publisher until SIGTERM or SIGINT.

It is composed here because ``knowledge_base`` does not import the dialogue (``actions``).
"""

import asyncio
import os
import signal
from collections.abc import Callable

import httpx
import structlog
import uvloop

from actions.first_reply import FirstReply, first_reply
from actions.policy.offices import book_of
from core.database import Database
from core.privacy.logs import configure_logs
from core.settings import Settings
from core.settings.following import followed
from core.telemetry import metrics_server
from core.turns import Outcome
from knowledge_base.publishing.contracts import ReplayQuestion
from knowledge_base.publishing.publisher import Publisher
from retrieval.contracts import Embedder, Retriever
from retrieval.embedding.remote import RemoteEmbedder

log = structlog.get_logger(__name__)

_NICE = 5  # citizens' questions have priority


def publisher_of(settings: Settings, database: Database, embedder: Callable[[], Embedder]) -> Publisher:
    """Returns a publisher whose gate gives golden questions the replies that citizens get."""

    def compose(retriever: Retriever, question: ReplayQuestion) -> FirstReply:
        here = settings.model_copy(update={"collection": question.collection or settings.collection})
        if (places := book_of(settings)).open() is None:
            places.load()  # now, so that both snapshots are asked with the same places
        try:
            return first_reply(here, retriever, question.question, language=question.locale, channel=question.channel)
        except httpx.HTTPError:
            raise  # the embedder does not answer: there is no verdict
        except Exception:
            log.error("golden_reply_failed", question=question.golden, exc_info=True)
            return FirstReply(Outcome.FALLBACK, ())  # as citizens get it

    return Publisher(settings, database, embedder, compose)


async def main(settings: Settings) -> None:
    """Runs one publisher."""
    async with Database(settings.sql_url) as database:
        publisher = publisher_of(settings, database, lambda: RemoteEmbedder(settings))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, publisher.stop)
        with metrics_server("publisher", settings.home), followed(settings):
            await publisher.run()


if __name__ == "__main__":
    configure_logs("publisher")
    os.nice(_NICE)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(Settings()))

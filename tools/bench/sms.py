"""SMS webhooks under load: a fixed rate, whether or not earlier ones are answered (an open loop)."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import httpx
from sqlalchemy import select, update
from twilio.request_validator import RequestValidator

from channels.sms.simulator.account import NAME, simulator_account
from core.database import Database
from core.database.models import Conversation, Message
from core.privacy.addresses import Addresses
from core.settings import Settings
from core.turns import Origin
from tools.bench.runs import questions
from tools.bench.statistics import percentiles

# The range of the French plan for fiction (06 39 98 ....); the first hundred are for the simulator's page and for tests.
NUMBERS = [f"+3363998{number:04d}" for number in range(100, 10_000)]
_PATH = f"/webhooks/sms/{NAME}"
_WARM_UP_SECONDS = 2
_AT_ONCE = 500  # numbers or messages in a statement
_PATIENCE_SECONDS = 60  # for the last replies


async def acknowledgement(settings: Settings, *, per_second: int, seconds: int) -> dict[str, Any]:
    """Returns milliseconds from the due time of a message to its acknowledgement; each comes from another number.

    The due time counts, not the time of sending: a generator that falls behind would otherwise improve the figures.
    """
    account, validator = simulator_account(settings), RequestValidator(simulator_account(settings).auth_token)
    asked, numbers = questions(), itertools.cycle(NUMBERS)
    times: list[float] = []
    accepted: list[str] = []
    statuses: Counter[int] = Counter()

    async def one(client: httpx.AsyncClient, due: float, *, counts: bool) -> None:
        message = f"SM{secrets.token_hex(16)}"
        form = {
            "AccountSid": account.sid,
            "ApiVersion": "2010-04-01",
            "MessageSid": message,
            "SmsSid": message,
            "From": next(numbers),
            "To": account.sender,
            "Body": next(asked),
        }
        signature = validator.compute_signature(settings.base_url + _PATH, form)
        try:
            answer = await client.post(_PATH, data=form, headers={"X-Twilio-Signature": signature})
            status = answer.status_code
        except httpx.HTTPError:
            status = 0  # no acknowledgement
        if counts:
            times.append((time.perf_counter() - due) * 1000)
            statuses[status] += 1
            if status == httpx.codes.OK:
                accepted.append(message)

    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
    base = settings.own_url
    own, began = time.process_time(), time.perf_counter()
    async with (
        httpx.AsyncClient(base_url=base, timeout=60, trust_env=False, limits=limits) as client,
        asyncio.TaskGroup() as group,
    ):
        for number in range(per_second * (seconds + _WARM_UP_SECONDS)):
            due = began + number / per_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(one(client, due, counts=number >= per_second * _WARM_UP_SECONDS))
    elapsed = time.perf_counter() - began
    turns = await _turns(settings, accepted)
    await set_aside(settings)
    return {
        "sms.per_second": per_second,
        "sms.messages": len(times),
        **percentiles(times, "sms.acknowledged"),
        **(percentiles(turns, "sms.turn") if turns else {}),
        "sms.unanswered": len(accepted) - len(turns),
        "sms.refused": sum(count for status, count in statuses.items() if status != 200),
        "sms.generator_cpu_share": round((time.process_time() - own) / elapsed, 3),
    }


async def _turns(settings: Settings, accepted: Sequence[str]) -> list[float]:
    """Returns milliseconds from receipt to reply, from the database, for those of the messages ``accepted`` that were answered
    in time.
    """
    database = Database(settings.sql_url)
    deadline = time.perf_counter() + _PATIENCE_SECONDS
    try:
        while True:
            found: list[float] = []
            for start in range(0, len(accepted), _AT_ONCE):
                asked = select(Message.received_at, Message.handled_at).where(
                    Message.external_id.in_(accepted[start : start + _AT_ONCE])
                )
                async with database.read() as session:
                    rows = (await session.execute(asked)).all()
                found += [(handled - received).total_seconds() * 1000 for received, handled in rows if handled]
            if len(found) == len(accepted) or time.perf_counter() > deadline:
                return found
            await asyncio.sleep(1)
    finally:
        await database.close()


async def set_aside(settings: Settings) -> None:
    """Marks the messages of ``NUMBERS`` as a benchmark's. To the gateway they came from the simulator, and requests for a human
    would appear in the supervisors' list.
    """
    addresses = Addresses(*settings.address_keys)
    digests = [addresses.digest(number) for number in NUMBERS]
    database = Database(settings.sql_url)
    try:
        for start in range(0, len(digests), _AT_ONCE):
            ours = Conversation.address_digest.in_(digests[start : start + _AT_ONCE])
            async with database.write() as session:
                await session.execute(
                    update(Conversation).where(ours, Conversation.origin == Origin.SIMULATOR).values(origin=Origin.BENCH)
                )
    finally:
        await database.close()

"""Ten turns by SMS with the real engine: signatures, documents and receipts as Twilio has them.

Ten messages a minute are answered, and no more. The provider is the simulator's double of its API, which checks our
credentials and keeps what we sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import Service
from tests.waiting import wait_until

_ANSWER_SECONDS = 60
_LONGEST = 3  # segments of an answer


class Telephone:
    """One number."""

    def __init__(self, http: httpx.Client, number: str) -> None:
        self._http, self._number = http, number

    def transcript(self) -> list[dict[str, Any]]:
        path = f"/simulator/phones/{self._number.replace('+', '%2B')}/transcript.json"
        found: list[dict[str, Any]] = self._http.get(path).raise_for_status().json()["messages"]
        return found

    def received(self, count: int) -> list[dict[str, Any]]:
        """All that came, once it is ``count`` messages that the provider has delivered."""

        def delivered() -> list[dict[str, Any]]:
            there = [text for text in self.transcript() if text["direction"] == "to_phone"]
            return there if len(there) >= count and all(text["status"] == "delivered" for text in there) else []

        found: list[dict[str, Any]] = wait_until(delivered, seconds=_ANSWER_SECONDS, pause=0.05)
        assert len(found) == count, [text["body"] for text in found]
        return found

    def write(self, text: str) -> None:
        sent = {"phone": self._number, "text": text}
        taken = self._http.post("/simulator/messages", json=sent).raise_for_status().json()
        assert taken["status"] == "delivered"  # our webhook believed the signature

    def say(self, text: str) -> str:
        """The one message that answers; before the very first one stands who writes."""
        before = sum(message["direction"] == "to_phone" for message in self.transcript())
        self.write(text)
        answer = self.received(before + (1 if before else 2))[-1]
        assert answer["measure"]["segments"] <= _LONGEST
        return str(answer["body"])


@pytest.fixture
def http(service: Service) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service.url, timeout=30, trust_env=False) as client:
        yield client


def _desk(service: Service, *arguments: str) -> Any:
    done = service.command("handoffs", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.both_databases
def test_from_a_question_to_a_supervisor_and_through_stop(service: Service, http: httpx.Client) -> None:
    phone = Telephone(http, "+33639980040")
    offered = phone.say("qui peut changer de nom ?")
    assert "\n1 Changement de nom de famille pour " in offered
    answer = phone.say("1")
    assert answer.startswith("(Vous résidez en France)\nChangement de nom de famille")
    assert re.search(r"\nM(?:aj|in)eur seul : \w", answer)  # the best sentence, with its case
    assert answer.endswith("Pas votre cas ? La suite : SUITE.")  # the other cases by number would cost a third segment
    more = phone.say("SUITE")
    other = re.search(r"\n(\d) Majeur pour lui et ses enfants", more)
    assert other, more
    assert "Majeur pour lui et ses enfants" in phone.say(other[1])
    assert "€" in phone.say("combien ça coûte ?")
    said = phone.say("STOP")
    assert "plus de messages" in said
    assert "START" in said
    count = len(phone.transcript())
    phone.write("et pour un passeport ?")
    assert "à nouveau" in phone.say("START")
    assert len(phone.transcript()) == count + 3  # what was said in silence stayed unanswered
    assert re.search("place dans la file|parler à quelqu'un", phone.say("je voudrais parler à un conseiller"))  # by the hour

    rows = [one for one in _desk(service, "list") if (one["channel"], one["kind"]) == ("sms", "chat")]
    waiting = max(rows, key=lambda one: str(one["created_at"]))
    count = sum(message["direction"] == "to_phone" for message in phone.transcript())
    _desk(service, "claim", waiting["id"], "--as", "anne")
    _desk(service, "reply", waiting["id"], "Bonjour, je regarde votre dossier à 14 h.", "--as", "anne")
    came, reply = [message["body"] for message in phone.received(count + 2)[-2:]]
    assert "vous répond maintenant" in came
    assert reply == "Bonjour, je regarde votre dossier à 14 h."
    _desk(service, "close", waiting["id"], "--to-bot", "--as", "anne")
    assert "assistant" in phone.received(count + 3)[-1]["body"]

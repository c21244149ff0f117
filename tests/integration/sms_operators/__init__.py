"""Simulated operators that replace the simulator's Twilio in tests: the same exchange, with another provider's API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from channels.sms import composition
from channels.sms.providers.description import Description
from channels.sms.providers.generic import Generic, GenericAccount
from channels.sms.providers.ovh import Ovh, OvhAccount
from channels.sms.providers.vonage import Vonage, VonageAccount
from channels.sms.simulator import routes
from channels.sms.simulator.account import SERVICE_NUMBER, local_url
from channels.sms.simulator.operator import Operator
from channels.sms.simulator.twilio import simulated_operator
from conversations.ports import Channel
from core.settings import ROOT, Settings
from tests.integration.sms_operators.generic import GenericOperator
from tests.integration.sms_operators.mtarget import MtargetOperator
from tests.integration.sms_operators.ovh import OvhOperator
from tests.integration.sms_operators.vonage import VonageOperator

GENERIC_FILE = Path(__file__).parent / "generic.yml"
_MTARGET_FILE = ROOT / "channels/sms/providers/examples/mtarget.yml"  # the example that administrations use
_ACCOUNT = GenericAccount("simulator", "s" * 32, SERVICE_NUMBER)


@dataclass(frozen=True, slots=True)
class Simulated:
    """A simulated operator, and the channel that speaks to it."""

    operator: Callable[[Settings], Operator]
    channel: Callable[[Settings], Channel]


def _api(settings: Settings) -> str:
    return f"{local_url(settings)}/simulator/api"


def _http() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=10, trust_env=False)


def _vonage(settings: Settings) -> VonageAccount:
    return VonageAccount("k" * 8, "s" * 32, "g" * 32, SERVICE_NUMBER.removeprefix("+"), base_url=_api(settings))


def _ovh(settings: Settings) -> OvhAccount:
    return OvhAccount("sms-simulator-1", "a" * 16, "s" * 32, "c" * 32, _api(settings))


def _described(path: Path, name: str, settings: Settings, endpoint: str) -> Channel:
    """Returns the channel of the description at ``path``, with another name and address."""
    description = Description.load(path)
    send = description.send.model_copy(update={"url": f"{_api(settings)}/{endpoint}"})
    description = description.model_copy(update={"name": name, "send": send})
    return Generic(_ACCOUNT, description, _http(), public_url=settings.base_url)


SIMULATED_PROVIDERS: Mapping[str, Simulated] = {
    "simulator": Simulated(simulated_operator, composition.simulated_channel),
    "simulator-vonage": Simulated(
        lambda settings: VonageOperator("simulator-vonage", _vonage(settings)),
        lambda settings: Vonage(_vonage(settings), _http(), public_url=settings.base_url, name="simulator-vonage"),
    ),
    "simulator-ovh": Simulated(
        lambda settings: OvhOperator("simulator-ovh", _ovh(settings)),
        lambda settings: Ovh(_ovh(settings), _http(), name="simulator-ovh"),
    ),
    "simulator-generic": Simulated(
        lambda settings: GenericOperator("simulator-generic", _ACCOUNT),
        lambda settings: _described(GENERIC_FILE, "simulator-generic", settings, "messages"),
    ),
    "simulator-mtarget": Simulated(
        lambda settings: MtargetOperator("simulator-mtarget", _ACCOUNT),
        lambda settings: _described(_MTARGET_FILE, "simulator-mtarget", settings, "mtarget/messages"),
    ),
}


def use_provider(monkeypatch: pytest.MonkeyPatch, provider: str) -> None:
    """Makes the simulator of gateways and workers created from now on simulate ``provider``."""
    simulated = SIMULATED_PROVIDERS[provider]
    monkeypatch.setattr(routes, "simulated_operator", simulated.operator)
    monkeypatch.setattr(composition, "simulated_channel", simulated.channel)

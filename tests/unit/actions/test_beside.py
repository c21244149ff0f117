"""An action's work is done where the machine has room for it, and comes to the same."""

from __future__ import annotations

import threading
from contextvars import ContextVar

import pytest

from actions import beside as module
from actions.beside import beside

_HELD: ContextVar[str] = ContextVar("held", default="")


def _work(asked: str, *, loud: bool = False) -> tuple[str, str, int]:
    return asked.upper() if loud else asked, _HELD.get(), threading.get_ident()


@pytest.mark.parametrize("to_spare", [True, False])
async def test_work_is_done_in_the_turns_context(monkeypatch: pytest.MonkeyPatch, *, to_spare: bool) -> None:
    monkeypatch.setattr(module, "CORES_TO_SPARE", to_spare)
    _HELD.set("snapshot")
    said, held, thread = await beside(_work, "oui", loud=True)
    assert (said, held) == ("OUI", "snapshot")
    assert (thread != threading.get_ident()) is to_spare


@pytest.mark.parametrize("to_spare", [True, False])
async def test_what_it_raises_is_let_through(monkeypatch: pytest.MonkeyPatch, *, to_spare: bool) -> None:
    monkeypatch.setattr(module, "CORES_TO_SPARE", to_spare)
    with pytest.raises(ValueError, match="invalid literal"):
        await beside(int, "non")

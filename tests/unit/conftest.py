"""What unit tests have in common."""

from collections.abc import Iterator

import pytest

from core.settings import ROOT, at_desk


@pytest.fixture(autouse=True, scope="session")
def desk_settings() -> Iterator[None]:
    """What somebody has set at the desk of this installation does not change a test."""
    read = at_desk.read
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(at_desk, "read", lambda home: {} if home == ROOT / "var" else read(home))
        yield

"""Rasa predicts, copies trackers and reads messages with our patches as without."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from cli.rasa_commands import BOT_PYTHON, environment, model_path
from core.settings import ROOT
from tests.integration.rasa_support import settings_for, trained_home


@pytest.mark.long  # the lock file pins Rasa: it is for those who change its version, or a patch
def test_patches_change_nothing_that_rasa_predicts_copies_or_understands() -> None:
    settings = settings_for(trained_home())
    ran = subprocess.run(
        [str(BOT_PYTHON), "-m", "tests.integration.rasa_patches_probe", str(model_path(settings))],
        cwd=ROOT,
        env={**os.environ, **environment(settings)},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(ran.stdout.splitlines()[-1])
    assert found["differ"] == []
    assert found["actions"] > 20  # nearly every rule had its turn
    assert found["understood"] is True
    assert found["messages"] > 200

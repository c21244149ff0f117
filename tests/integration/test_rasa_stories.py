"""What Rasa checks itself: the training data against the domain, and stories against the trained rules."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from cli.rasa_commands import BOT_PYTHON, environment, model_path
from core.settings import ROOT
from tests.integration.rasa_support import settings_for, trained_home

STORIES = Path(__file__).parent / "stories"


def rasa(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    settings = settings_for(home)
    return subprocess.run(
        [str(BOT_PYTHON), "-m", "rasa", *arguments],
        env={**os.environ, **settings.as_environment(), **environment(settings)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_training_data_and_domain_are_valid(tmp_path: Path) -> None:
    """Warnings fail too, but for what Rasa cannot know: responses that the gateway and our actions speak."""
    done = rasa("data", "validate", "--domain", "domain.yml", "--data", "bot/data", "--config", "config.yml", home=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]


def test_stories_go_as_the_rules_say(tmp_path: Path) -> None:
    home = trained_home()
    model = model_path(settings_for(home))
    done = rasa(
        *("test", "core", "--stories", str(STORIES), "--model", str(model), "--out", str(tmp_path)),
        "--fail-on-prediction-errors",
        home=home,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]
    assert (tmp_path / "story_report.json").exists()

"""The commands that train and run Rasa: in its own environment, without telemetry or secrets, with our input channel only."""

import os
from pathlib import Path

from pydantic import SecretStr

from cli.model_signing import PUBLIC_KEY, public_key
from cli.steps import digest_files
from core.settings import ROOT, Settings

BOT_VERSION = "3.11"  # of Python: docs/adr/0052
BOT_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
_TEXT = ROOT / "core" / "text"
_SOURCES = [
    *(ROOT / "config.yml", ROOT / "domain.yml", ROOT / "bot" / "data", ROOT / "bot" / "components"),
    *(_TEXT / "folding.py", _TEXT / "slang.py"),  # the components read texts with these
]
_STORAGE = ("AWS_", "FSSPEC_")  # keys of the shared place of snapshots, as read by its libraries
_SECRETS_FOR_RASA = ("internal_secret", "internal_secret_also")


def model_path(settings: Settings) -> Path:
    """Returns the trained model of the present configuration, domain and data; its name carries their digest."""
    return settings.home / "models" / "dialogue" / f"{digest_files(_SOURCES)[:16]}.tar.gz"


def training_command(settings: Settings) -> list[str]:
    """Returns the command that trains into a separate folder. The caller moves the result, so no partial model is found."""
    model = model_path(settings)
    return [
        *(str(BOT_PYTHON), "-m", "bot.train"),
        *("--config", "config.yml", "--domain", "domain.yml", "--data", "bot/data"),
        *("--out", str(model.parent / "making"), "--fixed-model-name", model.name.removesuffix(".tar.gz")),
    ]


def run_command(settings: Settings) -> list[str]:
    """Returns the command that serves the model after verifying its signature. Rasa's own HTTP API stays off."""
    return [
        *(str(BOT_PYTHON), "-m", "bot.serve", str(model_path(settings))),
        *("--interface", settings.inner_host, "--port", str(settings.rasa_port)),
        *("--endpoints", "endpoints.yml", "--credentials", "credentials.yml"),
    ]


def training_environment(settings: Settings) -> dict[str, str]:
    """Returns the environment for training, which may use every core."""
    threads = {"OMP_NUM_THREADS": "2", "TF_INTRA_OP_PARALLELISM_THREADS": "2", "TF_INTER_OP_PARALLELISM_THREADS": "2"}
    cache = {"RASA_CACHE_DIRECTORY": str(settings.home / "cache" / "rasa")}  # an image's working directory is read-only
    return {**settings.as_environment(), **environment(settings), **threads, **cache}


def environment(settings: Settings) -> dict[str, str]:
    """Returns Rasa's environment besides the settings. Its log level stays at errors: below, it prints citizens' messages."""
    return {
        **_hidden_secrets(),
        PUBLIC_KEY: public_key(settings),
        "GUICHET_PRODUCTION": str(settings.production),
        "GUICHET_TRACKERS_URL": settings.database_url or f"sqlite:///{settings.trackers_file}",
        "CUDA_VISIBLE_DEVICES": "-1",
        "LOG_LEVEL": "ERROR",
        "MALLOC_ARENA_MAX": "2",
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "OMP_NUM_THREADS": "1",
        "TF_INTRA_OP_PARALLELISM_THREADS": "1",
        "TF_INTER_OP_PARALLELISM_THREADS": "1",
    }


def _hidden_secrets() -> dict[str, str]:
    """Returns empty values for all secrets that Rasa does not need, because its libraries are old."""
    secret = [name for name, field in Settings.model_fields.items() if field.annotation is SecretStr]
    named = [f"GUICHET_{name.upper()}" for name in secret if name not in _SECRETS_FOR_RASA]
    return dict.fromkeys([*named, *(name for name in os.environ if name.startswith(_STORAGE))], "")

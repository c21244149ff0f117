"""How Rasa is trained and run: command lines and environments. Imports nothing of Rasa, so that any process may ask."""

from __future__ import annotations

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def train_command(python: Path, model: Path) -> list[str]:
    """Argument list that trains ``model`` (``….tar.gz``); run it in ``ROOT`` with ``environment(threads=2)``."""
    return [
        *(str(python), "-m", "rasa", "train"),
        *("--config", str(ROOT / "config.yml"), "--domain", str(ROOT / "domain.yml"), "--data", str(ROOT / "bot" / "data")),
        *("--out", str(model.parent), "--fixed-model-name", model.name.removesuffix(".tar.gz")),
    ]


def run_command(python: Path, model: Path, port: int) -> list[str]:
    """Argument list that serves ``model`` on loopback, without Rasa's own API; run it in ``ROOT``.

    Besides our channel there is only ``/``, which names Rasa's version.
    """
    return [
        *(str(python), "-m", "rasa", "run", "--model", str(model)),
        *("--interface", "127.0.0.1", "--port", str(port)),
        *("--endpoints", str(ROOT / "endpoints.yml"), "--credentials", str(ROOT / "credentials.yml")),
    ]


def environment(threads: int = 1) -> dict[str, str]:
    """What both commands need beside PATH and HOME: no telemetry, no texts in logs, no GPU, ``threads`` at most."""
    return {
        "RASA_TELEMETRY_ENABLED": "false",
        "LOG_LEVEL": "ERROR",  # below it, Rasa prints what citizens write
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_INTRA_OP_PARALLELISM_THREADS": str(threads),
        "TF_INTER_OP_PARALLELISM_THREADS": "1",
        "OMP_NUM_THREADS": str(threads),
        "MALLOC_ARENA_MAX": "2",
    }


def run_environment(*, secret: str, actions_port: int, trackers_url: str) -> dict[str, str]:
    """The environment of ``run_command``: what ``endpoints.yml`` and ``credentials.yml`` name, and ``environment()``."""
    return environment() | {
        "GUICHET_INTERNAL_SECRET": secret,
        "GUICHET_ACTIONS_PORT": str(actions_port),
        "GUICHET_TRACKERS_URL": trackers_url,
    }


def training_digest() -> str:
    """SHA-256 (hex) of all that a model is made of: equal digests need no training."""
    digest = hashlib.sha256()
    sources = [ROOT / "config.yml", ROOT / "domain.yml", *sorted((ROOT / "bot" / "data").rglob("*.yml"))]
    for path in (*sources, *sorted((ROOT / "bot" / "components").glob("*.py"))):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()

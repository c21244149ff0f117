"""Rasa is started with the model that this installation signed, and with no other: checked in its own environment."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.model_signature import is_signed
from cli import install
from cli.model_signing import is_ours, public_key, sign, signature_file
from cli.rasa_commands import BOT_PYTHON, environment, model_path
from cli.steps import Steps
from core.settings import ROOT, Settings
from tests.integration.rasa_support import settings_for


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "0123456789abcdef.tar.gz"
    path.write_bytes(os.urandom(3 << 20))
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path).model_copy(update={"model_key": SecretStr("a key")})


def _started(settings: Settings, model: Path) -> tuple[int, str]:
    """The exit code of Rasa's process, which stops before Rasa by a port that is none, and what it said."""
    done = subprocess.run(
        [str(BOT_PYTHON), "-m", "bot.serve", str(model), "--port", "none"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **settings.as_environment(), **environment(settings)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


def test_a_signed_model_is_ours_and_any_other_is_not(settings: Settings, model: Path) -> None:
    assert not is_ours(settings, model)
    sign(settings, model)
    assert is_ours(settings, model)
    assert is_signed(model, public_key(settings))
    another = settings.model_copy(update={"model_key": SecretStr("another key")})
    assert not is_ours(another, model)
    only_public = settings.model_copy(update={"model_key": SecretStr(""), "model_public_key": public_key(settings)})
    assert is_ours(only_public, model)
    renamed = model.rename(model.with_name("fedcba9876543210.tar.gz"))
    signature_file(model).rename(signature_file(renamed))
    assert not is_ours(settings, renamed)  # an older model, passed for the present one


def test_another_key_makes_another_model_though_the_old_signature_lies_there(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = []

    def training(*_: object) -> None:
        model = model_path(settings)
        (model.parent / "making").mkdir(parents=True, exist_ok=True)
        (model.parent / "making" / model.name).write_bytes(os.urandom(1 << 20))
        trained.append(model.name)

    monkeypatch.setattr(install, "run_reporting", training)
    another = settings.model_copy(update={"model_key": SecretStr("another key")})
    for given in (settings, settings, another, another):
        with Steps(tmp_path / "steps") as steps:
            install._train(steps, given)
        assert is_ours(given, model_path(given))
    assert len(trained) == 2


@pytest.mark.parametrize("harm", ["changed", "cut", "unsigned", "garbled", "empty"])
def test_what_was_changed_after_training_is_never_opened(settings: Settings, model: Path, harm: str) -> None:
    sign(settings, model)
    signature, content = signature_file(model), bytearray(model.read_bytes())
    if harm == "changed":
        content[len(content) // 2] ^= 1
        model.write_bytes(content)
    elif harm == "cut":
        model.write_bytes(content[:-1])
    elif harm == "unsigned":
        signature.unlink()
    else:
        signature.write_bytes(b"" if harm == "empty" else b"\xff" * 40)
    assert not is_signed(model, public_key(settings))
    code, said = _started(settings, model)
    assert code == 78
    assert "n'est pas signé par cette installation" in said


def test_rasa_gets_the_public_key_only_and_production_wants_one(settings: Settings, model: Path) -> None:
    given = settings.as_environment() | environment(settings)
    assert given["GUICHET_MODEL_KEY"] == ""
    assert given["GUICHET_MODEL_PUBLIC_KEY"] == public_key(settings)
    keyless = settings.model_copy(update={"model_key": SecretStr(""), "production": True})
    assert _started(keyless, model)[0] == 78


def test_with_a_right_signature_it_is_rasas_turn(settings: Settings, model: Path) -> None:
    sign(settings, model)
    code, said = _started(settings, model)
    assert code == 2
    assert "rasa run: error: argument -p/--port: invalid int value" in said

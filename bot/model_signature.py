"""Verifies that a model's archive was trained by this installation: it contains pickles, which run code when loaded.

``MODEL.sig``, next to it, holds an Ed25519 signature of its name and its SHA-512, in base64; ``cli/model_signing.py`` makes it.
"""

import base64
import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_KEY = "GUICHET_MODEL_PUBLIC_KEY"
_PURPOSE = b"guichet dialogue model"


class ModelRefused(Exception):
    """The archive has no signature, or one of another installation. The message says what to do, in French and English."""


def _signed_bytes(model: Path) -> bytes:
    """Returns the signed content for a model."""
    digest = hashlib.sha512()
    with model.open("rb") as stream:
        while part := stream.read(1 << 20):
            digest.update(part)
    return b"\0".join((_PURPOSE, model.name.encode(), digest.digest()))


def is_signed(model: Path, public_key: str) -> bool:
    """Decides whether the signature next to ``model`` was made with the private key of ``public_key`` (base64)."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        signature = model.with_name(f"{model.name}.sig").read_bytes().strip()
        key.verify(base64.b64decode(signature, validate=True), _signed_bytes(model))
    except (OSError, ValueError, InvalidSignature):
        return False
    return True


def require(model: Path) -> None:
    """Raises ``ModelRefused`` unless ``model`` is signed for the environment's key. No key: raises in production only."""
    key = os.environ.get(_KEY, "")
    if not key and os.environ.get("GUICHET_PRODUCTION", "").lower() not in ("1", "true"):
        return
    if not key or not is_signed(model, key):
        raise ModelRefused(
            f"Le modèle de dialogue {model} n'est pas signé par cette installation : il n'est pas chargé, car l'ouvrir "
            "exécuterait ce qu'il contient. Supprimez-le et relancez ./guichet up, qui l'entraîne et le signe.\n"
            f"The dialogue model {model} is not signed by this installation: it is not loaded, since opening it would run what "
            "it holds. Delete it and run ./guichet up again, which trains and signs it."
        )

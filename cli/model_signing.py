"""Signing what Rasa was trained into, so that it loads nothing else.

``MODEL.sig``, beside the archive, holds an Ed25519 signature of its name and its SHA-512, in base64. Rasa's side of it is
``bot/model_signature.py``, which nothing here may import: ``integration/test_model_signature`` holds the two together.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.settings import Settings

PUBLIC_KEY = "GUICHET_MODEL_PUBLIC_KEY"  # what Rasa reads
_PURPOSE = b"guichet dialogue model"


def signature_file(model: Path) -> Path:
    """Returns where the signature of ``model`` is."""
    return model.with_name(f"{model.name}.sig")


def public_key(settings: Settings) -> str:
    """The key (base64) that models must be signed for: the one that is set, else ``model_key``'s; empty without either."""
    if settings.model_public_key or not settings.model_key.get_secret_value():
        return settings.model_public_key
    public = _private_key(settings).public_key()
    return base64.b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def sign(settings: Settings, model: Path) -> None:
    """Put the signature beside ``model``; nothing without ``model_key``."""
    if not settings.model_key.get_secret_value():
        return
    target = signature_file(model)
    part = target.with_suffix(".part")
    part.write_bytes(base64.b64encode(_private_key(settings).sign(_signed_bytes(model))) + b"\n")
    part.replace(target)


def is_ours(settings: Settings, model: Path) -> bool:
    """Decides whether Rasa would load ``model`` here: it is there, and signed where there is a key."""
    key = public_key(settings)
    if not model.exists() or not key:
        return model.exists()
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
        public.verify(base64.b64decode(signature_file(model).read_bytes().strip(), validate=True), _signed_bytes(model))
    except (OSError, ValueError, InvalidSignature):
        return False
    return True


def _signed_bytes(model: Path) -> bytes:
    with model.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha512").digest()
    return b"\0".join((_PURPOSE, model.name.encode(), digest))


def _private_key(settings: Settings) -> Ed25519PrivateKey:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_PURPOSE)
    return Ed25519PrivateKey.from_private_bytes(derived.derive(settings.model_key.get_secret_value().encode()))

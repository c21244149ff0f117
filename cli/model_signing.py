"""Signs the trained model, so that Rasa loads no other.

``MODEL.sig``, next to the archive, holds an Ed25519 signature of its name and its SHA-512, in base64. Rasa's side is
``bot/model_signature.py``, which cannot be imported here: ``integration/test_model_signature`` checks that both agree.
"""

import base64
import hashlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.settings import Settings

PUBLIC_KEY = "GUICHET_MODEL_PUBLIC_KEY"  # read by Rasa
_PURPOSE = b"guichet dialogue model"


def signature_file(model: Path) -> Path:
    """Returns where the signature of ``model`` is."""
    return model.with_name(f"{model.name}.sig")


def public_key(settings: Settings) -> str:
    """Returns the public key (base64) for the models: the configured one, else that of ``model_key``; empty without either."""
    if settings.model_public_key or not settings.model_key.get_secret_value():
        return settings.model_public_key
    public = _private_key(settings).public_key()
    return base64.b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def sign(settings: Settings, model: Path) -> None:
    """Writes the signature next to ``model``; does nothing without ``model_key``."""
    if not settings.model_key.get_secret_value():
        return
    target = signature_file(model)
    part = target.with_suffix(".part")
    part.write_bytes(base64.b64encode(_private_key(settings).sign(_signed_bytes(model))) + b"\n")
    part.replace(target)


def is_ours(settings: Settings, model: Path) -> bool:
    """Decides whether Rasa would load ``model`` here: it exists, and is signed if there is a key."""
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

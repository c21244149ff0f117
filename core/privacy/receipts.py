"""Receipts of erasures: a code that the citizen keeps, and by which the erasure is found again later."""

from __future__ import annotations

import base64
import hashlib


def receipt_of(conversation: str) -> str:
    """Returns the receipt of erasing ``conversation`` (its id): ``XXXX-XXXX-XXXX``, the same before and after.

    Its only source is a random id, so the code tells nothing about anybody.
    """
    digest = hashlib.sha256(b"guichet erasure " + conversation.encode()).digest()
    code = base64.b32encode(digest)[:12].decode()
    return "-".join((code[:4], code[4:8], code[8:]))

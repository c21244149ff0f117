"""Receipts of erasures: a code for the citizen, with which the erasure can be found later."""

import base64
import hashlib


def receipt_of(conversation: str) -> str:
    """Returns the receipt of erasing ``conversation`` (its id): ``XXXX-XXXX-XXXX``, the same before and after it.

    It depends only on a random id, so it reveals nothing about anybody.
    """
    digest = hashlib.sha256(b"guichet erasure " + conversation.encode()).digest()
    code = base64.b32encode(digest)[:12].decode()
    return "-".join((code[:4], code[4:8], code[8:]))

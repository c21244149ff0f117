"""Short links to entries' sources, for SMS: the service's own, signed, the same for everybody, and not tracked.

``{base}/l/{entry}-{signature}`` leads to the present source of the entry. Because of the signature nobody can make links to
other targets or try ids; it contains nothing about the recipient. No visit is recorded.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence

from core.secrets import is_one_of
from core.turns import AnswerBlock

_CODE = re.compile(r"([A-Za-z0-9_.]{1,32})-([a-z2-7]{8})")


class ShortLinks:
    """Makes links (a ``channels.sms.rendering.Link``) and reads them."""

    def __init__(self, secrets: Sequence[str], base_url: str) -> None:
        self._keys = [hashlib.sha256(b"guichet short link " + secret.encode()).digest() for secret in secrets]
        self._base_url = base_url

    def __call__(self, block: AnswerBlock) -> str:
        """Returns the shorter of the source's own address and ours."""
        code = self.code(block.entry)
        own = f"{self._base_url}/l/{code}"
        return own if len(own) < len(block.source.url) and _CODE.fullmatch(code) else block.source.url

    def code(self, entry: str) -> str:
        """Returns the code of ``entry`` in a link."""
        return f"{entry}-{_signature(self._keys[0], entry)}"

    def entry(self, code: str) -> str | None:
        """Returns the id of the entry of ``code``, or ``None`` if we did not make it."""
        match = _CODE.fullmatch(code)
        if match is None or not is_one_of(match[2], [_signature(key, match[1]) for key in self._keys]):
            return None
        return match[1]


def _signature(key: bytes, entry: str) -> str:
    digest = hmac.new(key, entry.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:5]).decode().lower()  # 8 letters and digits that are distinct on old telephones

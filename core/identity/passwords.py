"""Passwords: Argon2id with the parameters of RFC 9106 for memory-bound machines, off the event loop."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.identity.errors import IdentityError

MIN_LENGTH = 12  # CNIL, deliberation 2022-100: twelve characters suffice with a second factor and throttling
MAX_LENGTH = 256  # longer ones only cost time
_MIN_DISTINCT = 5
_MIN_OWN = 4  # letters that must remain without common words, digits and signs
# The most frequent stolen passwords, with the letters that digits and signs replace in them.
_COMMON = re.compile(
    r"motdepasse|passe?w(?:or|ro)d|passwd|passe|azertyuiop|azerty|qwertyuiop|qwertz|qwerty|qsdfghjklm|asdfghjkl|wxcvbn|zxcvbnm?"
    r"|administrat(?:eur|or|rice)|admin|welcome|bienvenue|bonjour|soleil|letmein|iloveyou|jetaime|guichet|mairie|service|abc(?:def)?"
)
_STANDS_FOR = str.maketrans("@4031!$5", "aaoeiiss")

_hasher = PasswordHasher()  # 64 MiB and three passes for each


_threads = ThreadPoolExecutor(2, "argon2")  # two at a time: a flood of sign-ins must not take the machine's memory


def check(password: str, *, email: str, name: str = "") -> None:
    """Raises ``IdentityError`` if ``password`` should not be chosen."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise IdentityError("password_length", min=MIN_LENGTH, max=MAX_LENGTH)
    folded = password.casefold()
    known = [part for part in (email.split("@", maxsplit=1)[0], *name.split()) if len(part) > 3]
    if len(set(folded)) < _MIN_DISTINCT or any(part.casefold() in folded for part in known) or _is_common(folded):
        raise IdentityError("password_easy")


def _is_common(folded: str) -> bool:
    """Decides whether ``folded`` is little more than common words ("motdepasse2026!"), or only digits."""
    for text in (folded, folded.translate(_STANDS_FOR)):
        letters_at = [at for at, character in enumerate(text) if character.isalpha()]
        common = [match.span() for match in _COMMON.finditer("".join(text[at] for at in letters_at))]
        remaining = [at for nth, at in enumerate(letters_at) if not any(start <= nth < end for start, end in common)]
        # Outside of these words a digit is a digit: the "1234" of "P@ssw0rd1234!!" adds nothing.
        if common and sum(folded[at].isalpha() for at in remaining) < _MIN_OWN:
            return True
    return folded.isdecimal()


async def digest(password: str) -> str:
    """Returns the stored form of ``password``."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, password)


async def matches(password: str, stored: str | None) -> bool:
    """Decides whether ``stored`` is a digest of ``password``. Without ``stored`` it takes as long, and returns false."""
    loop = asyncio.get_running_loop()
    matching = await loop.run_in_executor(_threads, _verify, stored or _decoy_hash(), password[: MAX_LENGTH + 1])
    return matching and stored is not None


@cache
def _decoy_hash() -> str:
    return _hasher.hash("nobody's password")


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False

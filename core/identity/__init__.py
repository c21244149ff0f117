"""The staff's identity: accounts, roles and rights, passwords and second factors, sessions.

Routes use only ``Staff`` and ``Right``, through ``desk.signed_in``.
"""

from core.identity.errors import IdentityError, TooManyAttempts, TooManyCodes, WrongCredentials
from core.identity.rights import RIGHTS, Right, Role
from core.identity.staff import Staff, staff_of

__all__ = [
    "RIGHTS",
    "IdentityError",
    "Right",
    "Role",
    "Staff",
    "TooManyAttempts",
    "TooManyCodes",
    "WrongCredentials",
    "staff_of",
]

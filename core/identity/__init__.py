"""The staff's identity: accounts, roles and rights, passwords and second factors, sessions.

Routes use only ``Staff`` and ``Right``, through ``desk.signed_in``.
"""

from core.identity.errors import HeldOff, IdentityError, WrongCredentials
from core.identity.rights import RIGHTS, Right, Role
from core.identity.staff import Staff, staff_of

__all__ = ["RIGHTS", "HeldOff", "IdentityError", "Right", "Role", "Staff", "WrongCredentials", "staff_of"]

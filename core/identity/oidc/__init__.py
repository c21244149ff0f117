"""Sign-in at the administration's own identity provider, by OpenID Connect: the authorization code flow, and nothing else.

``docs/adr/0031-staff-sign-in-by-openid-connect.md`` has the reasons, ``docs/runbooks/openid-connect.md`` what an operator does.
"""

from core.identity.oidc.client import Client, Identity, Started
from core.identity.oidc.people import admit

__all__ = ["Client", "Identity", "Started", "admit"]

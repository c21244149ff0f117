"""Sign-in at the administration's own identity provider, by OpenID Connect: only the authorization code flow.

Reasons: ``docs/adr/0031-staff-sign-in-by-openid-connect.md``. For operators: ``docs/runbooks/openid-connect.md``.
"""

from core.identity.oidc.admission import admit
from core.identity.oidc.client import Client, Identity, PendingSignIn

__all__ = ["Client", "Identity", "PendingSignIn", "admit"]

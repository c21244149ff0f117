"""The one list of routes that need no authentication. A test checks all routes against it.

Every other route answers 401 or 403 to a stranger. Add a route here only if its content is public by nature, or if its
authenticity is proven in another way, named next to it.
"""

from __future__ import annotations

PUBLIC = frozenset(
    {
        # Anybody may begin a conversation, as at the counter of a town hall.
        "POST /api/web/conversations",
        # Proven by the signed code of an e-mail's link, which expires (tested in test_mail_answers).
        "POST /api/web/conversations/reopened",
        # Titles and wordings of published pages; rate limited, and what is typed is not stored.
        "POST /api/web/suggestions",
        "GET /api/web/config",
        "GET /api/web/notices",
        "GET /api/openapi.json",
        # The token comes in the first frame; without it the socket is closed (4401). Tested in tests/acceptance.
        "WS /api/web/socket",
        # Pages and files for everybody.
        "GET /",
        "GET /demo",
        "GET /about",
        "GET /privacy",
        "GET /legal",
        "GET /accessibility",
        # Published pages of the knowledge base only.
        "GET /page/{name}",
        "GET /widget.js",
        "GET /widget/{asked}/{name}",
        "GET /static/pages/{name}",
        # Monthly figures are public: transparency is part of the mission. Small cells are left out (tested in test_suppression
        # and test_insights_open_data).
        "GET /open-data/{name}",
        # Short links of SMS: signed, and they lead to public pages anyway.
        "GET /l/{code}",
        # The plain page: its cookie holds the conversation's token, which the web API checks. Posts caused by other sites are
        # refused (tested in test_pages_assistant).
        "GET /assistant",
        "POST /assistant",
        "POST /assistant/feedback",
        "POST /assistant/satisfaction",
        "POST /assistant/language",
        "POST /assistant/restart",
        "GET /assistant/answer",
        "POST /assistant/answer",
        "GET /assistant/conversation.txt",
        # The sign-in of the desks: it cannot require a session. Throttled, and closed to posts caused by other sites; the steps
        # after the password need its session (tested in tests/acceptance/test_sign_in).
        "GET /desk/sign-in",
        "POST /desk/sign-in",
        "POST /desk/sign-out",
        "GET /desk/second-factor",
        # To the identity provider and back: the answer must match what this browser keeps (tested in test_openid_connect).
        "GET /desk/oidc",
        "GET /desk/oidc/callback",
        "GET /desk/oidc/signed-out",
        "GET /desk/invitation/{token}",
        "POST /desk/invitation/{token}",
        "GET /desk/static/{part}/{name}",
        # The simulator: on this machine only, 404 for anybody else (tested in test_sms_simulator).
        "GET /simulator",
        "GET /simulator/{name}",
        "GET /simulator/phones/{phone}/messages",
        "GET /simulator/phones/{phone}/transcript.json",
        "PUT /simulator/phones/{phone}/fate",
        "POST /simulator/messages",
        "POST /simulator/measure",
    }
)

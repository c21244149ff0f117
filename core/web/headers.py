"""The headers of every page: nothing from other origins, no inline script or style, no script that turns text into markup."""

from collections.abc import Mapping

_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def security_headers(*, script: bool = False, images: str = "", more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Returns the headers of an HTML page.

    ``script``: the page runs our modules, which may ask for the position. ``images``: another origin from which it shows an
    image. ``more``: directives of the content security policy by name.
    """
    rules = {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": f"'self' {images}".strip(),
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    if script:
        rules |= {"script-src": "'self'", "connect-src": "'self'"}
    policy = "; ".join(f"{name} {value}" for name, value in (rules | dict(more or {})).items())
    powers = f"camera=(), microphone=(), geolocation=({'self' if script else ''}), interest-cohort=()"
    return _FIXED | {"Permissions-Policy": powers, "Content-Security-Policy": policy, "Cache-Control": "no-store"}

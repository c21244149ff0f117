"""The safe subset of Markdown of entries → HTML, for pages without JavaScript."""

from __future__ import annotations

import re

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from channels.web.pages.emphasis import emphasised

_PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable(["image", "heading", "lheading"])
_TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "br", "table", "thead", "tbody", "tr", "th", "td", "code", "blockquote"}
_TITLE = re.compile(r"^<p><strong>([^<]*[^<.!?:;])</strong></p>$", re.MULTILINE)  # a line in bold that is no sentence


def html(markdown: str, *, within: bool = False, current: bool = False) -> Markup:
    """Returns ``markdown`` as HTML with allowed elements only: cleaned, even though the parser lets no HTML through.

    A line in bold by itself becomes the heading of a part, except ``within`` a page that has its own headings. ``current``:
    its amounts hold today, and stand in bold.
    """
    env: dict[str, object] = {}
    tokens = emphasised(_PARSER.parse(markdown, env), current=current)
    cleaned = nh3.clean(
        _PARSER.renderer.render(tokens, _PARSER.options, env),
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )
    return Markup(cleaned if within else _TITLE.sub(r"<h3>\1</h3>", cleaned))  # noqa: S704 - nh3 has just made it safe

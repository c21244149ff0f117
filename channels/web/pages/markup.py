"""The safe subset of Markdown of entries → HTML, for pages without JavaScript."""

import re
from collections.abc import Iterator, Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_AMOUNT = r"\d(?:[\d.,\u00a0\u202f ]{0,14}\d)?[\u00a0\u202f ]?(?:€|euros?\b)"
_PLACE = (
    r"\b(?:mairie|sous-préfecture|préfecture|commissariat|gendarmerie|consulat|ambassade|tribunal|notaire|Caf|MSA|CPAM"
    r"|France Travail)\b"
)
_STANDS_OUT = re.compile(f"({_AMOUNT}|{_PLACE})")
_STEPS = re.compile(r"(?:étapes|dans l['’]ordre|in this order|steps)[^.:]{0,120}:\s*\Z", re.IGNORECASE)
_PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable(["image", "heading", "lheading"])
_TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "br", "table", "thead", "tbody", "tr", "th", "td", "code", "blockquote"}
_TITLE = re.compile(r"^<p><strong>([^<]*[^<.!?:;])</strong></p>$", re.MULTILINE)  # a line in bold that is no sentence


def emphasised(tokens: Sequence[Token], *, current: bool) -> list[Token]:
    """Returns the ``tokens`` of a body with each place in bold once, amounts too if they are ``current``, and steps numbered.

    Links, tables, and what is in bold already stay as they are.
    """
    found, places, in_table = list(tokens), set[str](), 0
    for at, token in enumerate(found):
        in_table += token.nesting if token.type.startswith("table") else 0
        if token.type == "inline" and not in_table:
            token.children = list(_bold(token.children or (), places, current=current))
        elif token.type == "bullet_list_open" and at > 1 and _STEPS.search(found[at - 2].content):
            _number(found, at)
    return found


def _bold(children: Sequence[Token], places: set[str], *, current: bool) -> Iterator[Token]:
    within = 0
    for child in children:
        within += child.nesting
        if child.type != "text" or within:
            yield child
            continue
        for number, part in enumerate(_STANDS_OUT.split(child.content)):
            stands_out = number % 2 and (current if part[0].isdigit() else part not in places)
            if stands_out:
                places.add(part)
                yield Token("strong_open", "strong", 1)
            yield Token("text", "", 0, content=part)
            if stands_out:
                yield Token("strong_close", "strong", -1)


def _number(tokens: list[Token], start: int) -> None:
    """Makes the list that begins at ``start`` a numbered one."""
    end = next(at for at in range(start, len(tokens)) if tokens[at].nesting < 0 and tokens[at].level == tokens[start].level)
    for at, kind in ((start, "ordered_list_open"), (end, "ordered_list_close")):
        tokens[at].type, tokens[at].tag = kind, "ol"


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

"""The report of a run: figures by theme, and the worst replies as citizens saw them."""

from __future__ import annotations

from collections.abc import Sequence

from cli.language import pick
from tools.evaluation.charts import Chart, bars
from tools.evaluation.first_reply.judgement import Judged, Why
from tools.evaluation.first_reply.runs import FirstReplyRun
from tools.evaluation.report import render

WORST = 60
_ORDER: tuple[Why, ...] = ("misleading", "wrong page", "no content", "wrong part")  # the most harmful first


def worst(replies: Sequence[Judged], count: int = WORST) -> list[Judged]:
    """Returns the replies whose first content does not answer, the most harmful first, then in their own order."""
    wrong = [one for one in replies if one.why]
    return sorted(wrong, key=lambda one: _ORDER.index(one.why))[:count]


def why_in_words(why: Why) -> str:
    """Returns the fault of a reply in the operator's language."""
    return {
        "": "",
        "misleading": pick("trompeuse", "misleading"),
        "wrong page": pick("mauvaise fiche", "wrong page"),
        "no content": pick("rien à lire", "no content"),
        "wrong part": pick("mauvaise partie", "wrong part"),
    }[why]


def write_report(run: FirstReplyRun) -> str:
    """Returns the page, in the operator's language."""
    return render("first_reply/report.html.jinja", run, _charts(run), replies=worst(run.replies), why_in_words=why_in_words)


def _charts(run: FirstReplyRun) -> list[Chart]:
    """Returns the share of useful first contents by theme, if there are several."""
    shares = {theme: found["first_useful"] for theme, found in run.figures.items() if theme}
    title = pick("Premier contenu utile, par thème", "First content useful, by theme")
    return [bars(title, shares, "first_useful")] if len(shares) > 1 else []

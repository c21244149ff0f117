from __future__ import annotations

from datetime import date

import pytest

from actions.replies.style import SMS, WEB, Limits, Style
from core.entry import Entry
from core.settings import Settings


@pytest.mark.parametrize(("channel", "limits", "by_sms"), [("web", WEB, False), ("sms", SMS, True), ("other", WEB, False)])
def test_style_of_a_channel_has_its_limits(settings: Settings, channel: str, limits: Limits, by_sms: bool) -> None:
    style = Style.of(channel, settings)
    assert (style.limits, style.pays_by_segment, style.old_after_months) == (limits, by_sms, settings.verified_months)


@pytest.mark.parametrize("limits", [WEB, SMS])
def test_limits_leave_room_for_more_the_more_is_known(limits: Limits) -> None:
    assert limits.card <= limits.whole <= limits.follow_up <= limits.rest
    assert limits.mini <= limits.page <= limits.rest
    assert limits.answer <= limits.card


def test_limits_keep_within_those_of_the_design() -> None:
    assert (WEB.answer <= 300, WEB.card <= 420, WEB.cases <= 600, WEB.mini <= 280) == (True, True, True, True)
    assert SMS.card <= 140
    assert max(SMS.page, SMS.mini) <= 175  # the first sentences that answer


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_style_for_a_follow_up_shows_more_and_stays_on_its_channel(settings: Settings, channel: str) -> None:
    style = Style.of(channel, settings)
    more = style.for_follow_up()
    assert more.limits.card == more.limits.whole == style.limits.follow_up > style.limits.card
    assert (more.pays_by_segment, more.limits.mini, more.limits.cases) == (
        style.pays_by_segment,
        style.limits.mini,
        style.limits.cases,
    )


@pytest.mark.parametrize(
    ("verified_on", "text"),
    [
        (date(2020, 5, 12), "Il coûte 86 € (au 12/05/2020)."),
        (date(2024, 6, 30), "Il coûte 86 € (au 30/06/2024)."),  # a day too old
        (date(2024, 7, 1), "Il coûte 86 €."),
        (None, "Il coûte 86 €."),  # the card says that it has no date
    ],
)
def test_dated_puts_the_date_behind_the_figures_of_an_old_page(verified_on: date | None, text: str) -> None:
    entry = Entry(id="D1", collection="test", title="Prix", verified_on=verified_on)
    assert Style(WEB, 18, date(2026, 1, 1)).dated(entry, "Il coûte 86 €.") == text

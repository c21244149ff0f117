"""Which language a message is written in."""

from typing import Literal

LANGUAGES = ("fr", "en")  # in which everything is said
PANEL_LANGUAGES = (*LANGUAGES, "es", "ar")  # in which the widget and the page without JavaScript are
type PanelLanguage = Literal["fr", "en", "es", "ar"]

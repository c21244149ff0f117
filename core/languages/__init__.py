"""Detection of a message's language."""

from typing import Literal

LANGUAGES = ("fr", "en")  # all texts exist in these
PANEL_LANGUAGES = (*LANGUAGES, "es", "ar")  # languages of the widget and the page without JavaScript
type PanelLanguage = Literal["fr", "en", "es", "ar"]

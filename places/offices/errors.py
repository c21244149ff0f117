"""The error for a directory that is not imported, in French and English."""

from pathlib import Path

from core.sentences import Sentences

sentence = Sentences(Path(__file__).with_name("sentences.yml"))


class DirectoryRefused(Exception):
    """The file is not imported, and the previous directory stays in use. ``str()`` is French, ``en`` English."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(fr)
        self.en = en

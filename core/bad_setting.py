"""The error for an unusable setting, with texts for the operator."""

from pathlib import Path

from core.sentences import Sentences

sentence = Sentences(Path(__file__).with_name("sentences.yml"))


class BadSetting(ValueError):
    """``fr`` and ``en`` say what to write instead. They never repeat the value: it may be a secret."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(f"{fr} / {en}")
        self.fr, self.en = fr, en

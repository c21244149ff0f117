"""Detects messages about a person in danger, without any model: it must work when everything else is down."""

from core.care.detector import Alert, Care, CareDetector, LaterSign, load_detector, uncertain_alert
from core.care.meaning import DangerJudgement, SentencesToJudge, judged_alert, sentences_of, sentences_to_judge

__all__ = [
    "Alert",
    "Care",
    "CareDetector",
    "DangerJudgement",
    "LaterSign",
    "SentencesToJudge",
    "judged_alert",
    "load_detector",
    "sentences_of",
    "sentences_to_judge",
    "uncertain_alert",
]

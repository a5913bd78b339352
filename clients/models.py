"""Every model of the app, where Django looks for them. Rooms import from each other's `models`."""

from clients.questionnaire.models import PracticeRules, QuestionnaireDraft, QuestionnaireVersion
from clients.record.models import Clearance, ClearanceFile, Consent, DayAnswers, Intake, ScreeningRecord
from clients.roster.models import Client, Invitation

__all__ = [
    "Clearance",
    "ClearanceFile",
    "Client",
    "Consent",
    "DayAnswers",
    "Intake",
    "Invitation",
    "PracticeRules",
    "QuestionnaireDraft",
    "QuestionnaireVersion",
    "ScreeningRecord",
]

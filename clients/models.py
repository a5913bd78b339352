"""Every model of the app, where Django looks for them. Rooms import from each other's `models`."""

from clients.follow_up.models import FollowUp
from clients.questionnaire.models import PracticeRules, QuestionnaireDraft, QuestionnaireVersion
from clients.record.models import Clearance, ClearanceFile, Consent, DayAnswers, Intake, ScreeningRecord
from clients.roster.models import Client, Invitation

__all__ = [
    "Clearance",
    "ClearanceFile",
    "Client",
    "Consent",
    "DayAnswers",
    "FollowUp",
    "Intake",
    "Invitation",
    "PracticeRules",
    "QuestionnaireDraft",
    "QuestionnaireVersion",
    "ScreeningRecord",
]

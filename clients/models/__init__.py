from clients.models.clearance import Clearance, ClearanceFile
from clients.models.client import Client
from clients.models.consent import Consent
from clients.models.day_answers import DayAnswers
from clients.models.intake import Intake
from clients.models.invitation import Invitation
from clients.models.questionnaire import QuestionnaireDraft, QuestionnaireVersion
from clients.models.rules import PracticeRules
from clients.models.screening import ScreeningRecord

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

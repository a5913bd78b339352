from clients.record.models.consent import Consent
from clients.record.models.day_answers import DayAnswers
from clients.record.models.intake import Intake
from clients.record.models.letter import Clearance, ClearanceFile
from clients.record.models.screening import ScreeningRecord

__all__ = ["Clearance", "ClearanceFile", "Consent", "DayAnswers", "Intake", "ScreeningRecord"]

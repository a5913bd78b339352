from routines.reminders.models.answer import ReminderAnswer
from routines.reminders.models.preferences import ReminderWishes
from routines.reminders.models.reminder import PlanningRound, Reminder, ReminderHorizon

__all__ = ["PlanningRound", "Reminder", "ReminderAnswer", "ReminderHorizon", "ReminderWishes"]

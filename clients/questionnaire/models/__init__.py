from clients.questionnaire.models.local_rules import PracticeRules
from clients.questionnaire.models.questionnaire import QuestionnaireDraft, QuestionnaireVersion

__all__ = ["PracticeRules", "QuestionnaireDraft", "QuestionnaireVersion"]

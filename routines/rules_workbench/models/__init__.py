from routines.rules_workbench.models.case import ScreeningCase
from routines.rules_workbench.models.preview import RulePreview

__all__ = ["RulePreview", "ScreeningCase"]

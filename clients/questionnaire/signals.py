"""What follows from new questions and rules: sent inside the transaction, and undone with it."""

from django.dispatch import Signal

#: `questionnaire`, before it is published. A receiver answers with the names of the stored cases that fail with it.
questionnaire_publishing = Signal()
#: `version` and `at`.
questionnaire_published = Signal()
#: `rules` (PracticeRules) and `at`.
local_rules_changed = Signal()
#: `practice`, `questionnaire` and `at`. A receiver answers, in words, what the rules would do to running plans.
local_rules_effect_wanted = Signal()

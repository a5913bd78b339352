"""When to stop a session: the questionnaire's own sentences, shown while doing the routine and on paper."""

from clients.questionnaire.versions import current_questionnaire


def stop_rules() -> tuple[str, ...]:
    """In the words of the rules in force, in their order. Raises NoQuestionnaire."""
    _version, questionnaire = current_questionnaire()
    return tuple(rule.text for rule in questionnaire.session_stop_rules)

"""The questions and rules in force, to read."""

from django.http import HttpResponse
from django.shortcuts import render

from clients.questionnaire.rules_text import check_rows, question_groups, tile_rows
from clients.questionnaire.versions import NoQuestionnaire, current_questionnaire
from practice.permissions.table import needs
from practice.tenancy.requests import PracticeRequest
from routines.catalog.markable import find_body_places


@needs("catalog.view")
def questionnaire_index(request: PracticeRequest) -> HttpResponse:
    """Every question, rule, effect, letter, check and source of the version in force."""
    try:
        version, questionnaire = current_questionnaire()
    except NoQuestionnaire:
        return render(request, "clients/questionnaire/empty.html")
    places = find_body_places()
    context = {
        "version": version,
        "questionnaire": questionnaire,
        "groups": question_groups(questionnaire, places.names if places else {}),
        "checks": check_rows(questionnaire),
        "tiles": tile_rows(questionnaire),
    }
    return render(request, "clients/questionnaire/index.html", context)

"""The crowd that the benchmark measures with is real: plans that pass, of clients who differ, and a few that stop."""

import pytest

from clients.questionnaire.versions import load_screening
from clients.record.models import Intake
from routines.plans.models import Plan
from routines.rechecking.marks import mark_all
from routines.rechecking.recheck import recheck_marked
from tests.make import NOON
from tests.make_crowd import crowded_rules, make_crowd


@pytest.mark.django_db
def test_a_crowd_passes_as_it_is_and_new_rules_suspend_those_they_name() -> None:
    crowd = make_crowd(60, practices=5)
    plans = Plan.objects.across_practices()
    assert crowd.drawn["findings"]
    assert crowd.drawn["letter"]
    mark_all(NOON)
    assert recheck_marked(NOON) == plans.count()
    assert set(plans.values_list("state", flat=True)) == {"published"}
    load_screening(crowded_rules(bound=60), at=NOON)
    recheck_marked(NOON)
    stopped = set(plans.filter(state="suspended", client__name__startswith="Client").values_list("client", flat=True))
    signed = Intake.objects.across_practices().submitted().filter(client__name__startswith="Client")
    assert stopped == {intake.client_id for intake in signed if intake.answers["age"]["value"] >= 60}

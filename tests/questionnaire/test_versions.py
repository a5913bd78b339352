import copy
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from clients.questionnaire.models import QuestionnaireVersion
from clients.questionnaire.versions import NoQuestionnaire, current_questionnaire, load_screening, questionnaire_of
from practice.audit.models import AuditEntry
from practice.core.yaml_documents import DocumentFaulty
from tests.factories.intake import SCREENING, make_places, screening_document
from tests.factories.people import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.both("documents kept as JSON, and locks")]


def test_the_starter_file_is_loaded_whole_and_published() -> None:
    make_places()
    loaded = load_screening(SCREENING, at=NOON)
    assert loaded.is_new
    assert loaded.version.number == 1
    assert loaded.version.published_at == NOON
    version, questionnaire = current_questionnaire()
    assert version == loaded.version
    assert (len(questionnaire.questions), len(questionnaire.rules)) == (73, 97)
    assert AuditEntry.objects.across_practices().filter(action="questionnaire.published").count() == 1


def test_loading_twice_changes_nothing() -> None:
    first = load_screening(SCREENING, at=NOON)
    again = load_screening(screening_document(), at=NOON)
    assert not again.is_new
    assert again.version == first.version
    assert QuestionnaireVersion.objects.count() == 1


def test_a_changed_file_becomes_the_next_version_and_the_first_stays() -> None:
    first = load_screening(SCREENING, at=NOON).version
    document = copy.deepcopy(screening_document())
    document["questions"][0]["question"] = "Do you agree?"
    second = load_screening(document, at=NOON).version
    assert second.number == 2
    assert current_questionnaire()[0] == second
    assert questionnaire_of(first).questions[0].question != "Do you agree?"


def test_every_fault_is_named_and_nothing_changes() -> None:
    make_places()
    document = copy.deepcopy(screening_document())
    document["questions"][0]["rules"][0]["outcome"] = "MAYBE"
    document["questions"][3].pop("question")
    with pytest.raises(DocumentFaulty) as refusal:
        load_screening(document, at=NOON)
    places = [(fault.entry, fault.field) for fault in refusal.value.faults]
    assert any("consent-missing" in entry and field == "outcome" for entry, field in places)
    assert any("chest-breathing" in entry and field == "question" for entry, field in places)
    assert not QuestionnaireVersion.objects.exists()


def test_a_rule_that_names_an_unknown_technique_is_refused_when_the_catalog_is_there() -> None:
    make_places()
    document = copy.deepcopy(screening_document())
    document["questions"][1]["rules"][1]["effects"][3]["techniques"] = ["ice-rol"]
    with pytest.raises(DocumentFaulty, match="ice-rol"):
        load_screening(document, at=NOON)


def test_the_command_prints_counts_and_fails_with_all_faults(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("load_screening", str(SCREENING))
    assert "73 questions, 97 rules" in capsys.readouterr().out
    broken = tmp_path / "broken.yaml"
    broken.write_text("version: '1'\nquestions: 7\n")
    with pytest.raises(CommandError, match=r"broken\.yaml"):
        call_command("load_screening", str(broken))
    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("load_screening", str(tmp_path / "absent.yaml"))
    assert QuestionnaireVersion.objects.count() == 1


def test_without_a_questionnaire_nobody_is_screened_by_nothing() -> None:
    with pytest.raises(NoQuestionnaire):
        current_questionnaire()

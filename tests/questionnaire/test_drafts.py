"""Drafts of the shared rules: from the version in force to the next one, and no published version ever changes."""

from datetime import timedelta

import pytest

from clients.questionnaire.drafts import (
    NothingChanged,
    begin_draft,
    change_question,
    change_rule,
    discard_draft,
    publish_draft,
    replace_document,
)
from clients.questionnaire.models import QuestionnaireDraft, QuestionnaireVersion
from clients.questionnaire.to_yaml import as_yaml
from clients.questionnaire.versions import (
    AlreadySignedOff,
    current_questionnaire,
    current_version,
    load_screening,
    questionnaire_of,
    sign_off,
)
from practice.audit.models import AppendOnly, AuditEntry
from practice.core.edit_conflict import EditConflict
from practice.core.yaml_documents import DocumentFaulty
from practice.tenancy.models import User
from tests.factories.intake import screening_document
from tests.factories.people import NOON
from tests.factories.rules import make_rule_draft, publish

#: 10 ** 9 lines in 500 bytes.
BOMB = "&a0 [" + "x, " * 10 + "]\n" + "".join(f"x{n}: &a{n} [" + f"*a{n - 1}, " * 10 + "]\n" for n in range(1, 9))

pytestmark = pytest.mark.usefixtures("rules")


def test_a_draft_changes_nothing_until_it_is_published(ada: User) -> None:
    draft = make_rule_draft(ada, "surgery-recent", expires__days=60)
    assert current_questionnaire()[1].rule_by_slug["surgery-recent"].expires.days == 42
    version = publish(draft, ada)
    assert (version.number, version.published_by, version.note) == (2, ada, "Second thoughts")
    assert current_questionnaire()[1].rule_by_slug["surgery-recent"].expires.days == 60
    first = QuestionnaireVersion.objects.get(number=1)
    assert questionnaire_of(first).rule_by_slug["surgery-recent"].expires.days == 42
    assert not QuestionnaireDraft.objects.exists()
    actions = AuditEntry.objects.across_practices().filter(by=ada).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["questionnaire.drafted", "questionnaire.changed", "questionnaire.published"]


@pytest.mark.parametrize(
    "change",
    [
        lambda version: version.save(),
        lambda version: version.save(update_fields=["document"]),
        lambda version: version.save(update_fields=["document", "signed_off_by"]),
        lambda version: version.delete(),
        lambda version: QuestionnaireVersion.objects.update(number=9),
        lambda version: QuestionnaireVersion.objects.filter(pk=version.pk).update(document={}),
        lambda version: QuestionnaireVersion.objects.filter(pk=version.pk).delete(),
        lambda version: QuestionnaireVersion.objects.bulk_update([version], ["document"]),
    ],
)
def test_a_published_version_never_changes(change) -> None:
    version = QuestionnaireVersion.objects.get()
    before = version.document
    version.document = {}
    with pytest.raises(AppendOnly):
        change(version)
    assert QuestionnaireVersion.objects.get().document == before


def test_a_whole_file_takes_the_drafts_place_and_comes_out_the_same(ada: User) -> None:
    draft = begin_draft("From a file", by=ada, at=NOON)
    text = as_yaml(screening_document()).replace("Now or in the past few days", "Today or lately")
    replace_document(draft, text, file="mine.yaml", revision=0, by=ada, at=NOON)
    assert publish(draft, ada).document["questions"][3]["question"].startswith("Today or lately")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("outcome: STOP", "outcome: MAYBE", "“MAYBE” is not possible here"),
        ("q: guardian-consent", "q: nobody", "There is no question “nobody”"),
        ("ask_if:\n    q: age", "ask_if:\n    q: allergy", "has to stand above this question"),
        ("level: light", "level: litgh", "The catalog has no “litgh”"),
        ("slug: chest-breathing", "slug: Chest Breathing", "short name"),
        ("version:", "version: '3'\nversion:", "written twice"),
        ("version:", "loop: &loop [*loop]\nversion:", "inside of what it names"),
        ("version: '2.0'", "version: " + "[" * 50000, "nested too deeply"),
        ("version: '2.0'", "version: " + BOMB, "repeats itself too often"),
        ("version: '2.0'", "version: '" + "x" * 4_300_000 + "'", "larger than"),
    ],
)
def test_a_faulty_file_changes_nothing_and_every_fault_is_named(ada: User, old: str, new: str, words: str) -> None:
    draft = begin_draft("From a file", by=ada, at=NOON)
    text = as_yaml(screening_document())
    assert old in text
    with pytest.raises(DocumentFaulty, match=words):
        replace_document(draft, text.replace(old, new, 1), file="mine.yaml", revision=0, by=ada, at=NOON)
    draft.refresh_from_db()
    assert draft.revision == 0
    assert draft.document == current_version().document


@pytest.mark.parametrize(
    "changes",
    [
        {"when": {"q": "nobody", "equals": "yes"}},
        {"when": {"all": []}},
        {"outcome": "STOP"},  # without an urgency, and with effects
        {"outcome": "CLEAR"},
        {"effects": [{"type": "exclude", "zones": ["no-such-zone"]}]},
        {"effects": None},
        {"expires.days": -1},
        {"rationale": None},
    ],
)
def test_an_entry_that_does_not_hold_together_is_refused(ada: User, changes: dict) -> None:
    draft = begin_draft("Entries", by=ada, at=NOON)
    with pytest.raises(DocumentFaulty, match="minor-under-16"):
        change_rule(draft, "minor-under-16", changes, revision=0, by=ada, at=NOON)
    assert QuestionnaireDraft.objects.get().revision == 0


def test_a_field_can_be_taken_out_and_put_in(ada: User) -> None:
    draft = begin_draft("Entries", by=ada, at=NOON)
    change_question(draft, "age", {"valid_days": 30, "help": "In years."}, revision=0, by=ada, at=NOON)
    change_question(draft, "age", {"help": None}, revision=1, by=ada, at=NOON)
    question = questionnaire_of(publish(draft, ada)).question_by_slug["age"]
    assert (question.valid_days, question.help) == (30, "")


def test_two_people_in_one_draft_lose_nothing(ada: User) -> None:
    draft = begin_draft("Entries", by=ada, at=NOON)
    same = QuestionnaireDraft.objects.get()
    change_question(draft, "age", {"valid_days": 30}, revision=0, by=ada, at=NOON)
    with pytest.raises(EditConflict, match=r"^draft$"):
        change_question(same, "age", {"valid_days": 60}, revision=0, by=ada, at=NOON)
    with pytest.raises(EditConflict, match=r"^draft$"):
        publish_draft(same, revision=0, against=1, by=ada, at=NOON)
    assert current_version().number == 1


def test_of_two_drafts_the_second_is_looked_at_again_before_it_is_published(ada: User) -> None:
    one = make_rule_draft(ada, "surgery-recent", expires__days=60)
    two = make_rule_draft(ada, "fracture-recent", expires__days=120)
    publish_draft(one, revision=one.revision, against=1, by=ada, at=NOON)
    with pytest.raises(EditConflict, match=r"^rules$"):
        publish_draft(two, revision=two.revision, against=1, by=ada, at=NOON)
    assert current_version().number == 2
    publish_draft(two, revision=two.revision, against=2, by=ada, at=NOON)
    assert current_version().number == 3


def test_pressing_publish_twice_publishes_once(ada: User) -> None:
    draft = make_rule_draft(ada, "surgery-recent", expires__days=60)
    publish_draft(draft, revision=draft.revision, against=1, by=ada, at=NOON)
    with pytest.raises(EditConflict, match=r"^draft$"):
        publish_draft(draft, revision=draft.revision, against=1, by=ada, at=NOON)
    assert QuestionnaireVersion.objects.count() == 2


def test_a_draft_without_a_change_makes_no_version(ada: User) -> None:
    with pytest.raises(NothingChanged):
        publish(begin_draft("Nothing", by=ada, at=NOON), ada)


def test_an_earlier_version_can_come_back_as_a_new_one(ada: User) -> None:
    publish(make_rule_draft(ada, "surgery-recent", expires__days=60), ada)
    back = publish(make_rule_draft(ada, "surgery-recent", expires__days=42), ada)
    assert back.number == 3
    assert current_questionnaire()[1].rule_by_slug["surgery-recent"].expires.days == 42
    # The operator's file is no way around that: what was published once is not published again by it.
    assert not load_screening(screening_document(), at=NOON).is_new


def test_a_discarded_draft_is_gone_and_no_version(ada: User) -> None:
    discard_draft(begin_draft("Nothing", by=ada, at=NOON), by=ada, at=NOON)
    assert not QuestionnaireDraft.objects.exists()
    assert current_version().number == 1


def test_a_sign_off_is_recorded_once(ada: User) -> None:
    version = sign_off(current_version(), " Dr A. Okoro, podiatrist ", by=ada, at=NOON)
    assert (version.signed_off_by, version.sign_off_recorded_by) == ("Dr A. Okoro, podiatrist", ada)
    with pytest.raises(AlreadySignedOff):
        sign_off(version, "Somebody else", by=ada, at=NOON + timedelta(days=1))
    assert QuestionnaireVersion.objects.get().signed_off_by == "Dr A. Okoro, podiatrist"
    assert AuditEntry.objects.across_practices().filter(action="questionnaire.signed_off", by=ada).count() == 1
    # The next version is a draft again until somebody has read it.
    assert not publish(make_rule_draft(ada, "surgery-recent", expires__days=60), ada).signed_off_by

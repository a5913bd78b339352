"""A minor's intake: a guardian signs with a name and an address of their own, gets a copy, and no plan runs without."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.assessment.assess import assess
from clients.intake.guardian_copy import may_read_copy
from clients.intake.submit import Signature, begin_intake, submit_intake
from clients.record.models import Intake
from clients.roster.invitation import SESSION_KEY
from clients.roster.models import Client
from clients.roster.roster import correct_client
from practice.mail import outbox
from practice.mail.models import OutboundMessage, Suppression
from practice.mail.suppression import note_bounce
from practice.tenancy.models import Member, User
from routines.plans.models import Plan
from routines.plans.publish import PlanUnsafe, publish_plan
from tests.factories.builder import make_draft
from tests.factories.intake import CONSENTS, make_open_intake, make_signed_intake
from tests.factories.intake_steps import AS_MOTHER, REVIEW, fields_of, only_intake, sign, walk
from tests.factories.people import NOON, make_client
from tests.factories.plans import make_published_plan
from tests.factories.reading import html_of

pytestmark = pytest.mark.django_db
TEEN = {"age": 15, "guardian_consent": "yes"}


def copies() -> list[OutboundMessage]:
    return list(OutboundMessage.objects.across_practices().filter(kind="guardian_copy"))


@pytest.fixture
def child(link: Browser) -> Browser:
    """Noor at 15, in front of the last page."""
    walk(link, age=15)
    return link


def test_nothing_is_preselected_and_the_child_cannot_choose_itself(child: Browser) -> None:
    text = html_of(child.get(REVIEW))
    assert "A parent or guardian signs here" in text
    assert 'name="signed_as" value="guardian"' in text
    assert 'name="signed_as" value="client"' not in text
    assert not {"signed_as", "health_data", "home_routine"} & fields_of(child.get(REVIEW)).keys()
    assert "parent or guardian has to sign" in html_of(sign(child, **{**AS_MOTHER, "signed_as": "client"}))
    assert "say who signs" in html_of(sign(child, **{**AS_MOTHER, "signed_as": None}))
    assert not only_intake().is_submitted


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"signed_name": "Noor Haddad"}, "the client&#x27;s name"),
        ({"signed_name": "haddad NOÓR"}, "the client&#x27;s name"),
        ({"signed_name": "N. Haddad"}, "the client&#x27;s name"),
        ({"signed_name": "S" * 500}, "at most 200 characters"),
        ({"guardian_email": ""}, "an e-mail address of your own"),
        ({"guardian_email": "samira"}, "valid email address"),
        ({"guardian_email": "noor@example.org"}, "the client&#x27;s address"),
        ({"guardian_email": "Noor+Mum@EXAMPLE.org"}, "the client&#x27;s address"),
        ({"guardian_email": "gone@example.org"}, "came back to us before"),
    ],
)
def test_what_is_no_guardians_is_refused_and_kept_as_typed(child: Browser, changed: dict[str, str], words: str) -> None:
    Suppression.objects.create(address="gone@example.org", kind="hard", since=NOON)
    response = sign(child, **{**AS_MOTHER, **changed})
    assert response.status_code == 422
    text = html_of(response)
    assert words in text
    for value in {**AS_MOTHER, **changed}.values():
        assert f'value="{value}"' in text
    assert not only_intake().is_submitted
    assert copies() == []


def test_the_mother_signs_and_gets_a_neutral_mail(child: Browser, noor: Client) -> None:
    assert sign(child, **{**AS_MOTHER, "guardian_email": "Samira@Example.org"}).status_code == 302
    signed = only_intake()
    assert signed.guardian == User.objects.get(email="samira@example.org")
    assert (signed.signature["as"], signed.signature["email"]) == ("guardian", "samira@example.org")
    assert assess(noor, at=timezone.now()).screening.may_release
    mail.outbox.clear()
    outbox.send_due(timezone.now() + timedelta(seconds=1))
    [copy] = [message for message in mail.outbox if message.to == ["samira@example.org"]]
    told = copy.subject + copy.body + copy.alternatives[0][0]
    assert reverse("clients:intake_copy", args=[signed.pk]) in told
    for secret in ("Noor", "noor@", "child", "health", "massage", "foot"):
        assert secret not in copy.body.partition("\n-- ")[0] + copy.subject
    assert "Samira" in told


def test_a_name_that_runs_from_right_to_left_signs(child: Browser) -> None:
    assert sign(child, **{**AS_MOTHER, "signed_name": "سميرة حداد"}).status_code == 302
    assert "سميرة" in copies()[0].context["name"]


def test_two_devices_sign_at_once_and_one_copy_leaves(rules: None, noor: Client) -> None:
    intake = make_open_intake(noor, **TEEN)
    for name, email in (("Samira Haddad", "samira@example.org"), ("Karim Haddad", "karim@example.org")):
        stale = Intake.objects.across_practices().select_related("client__practice").get(pk=intake.pk)
        signature = Signature(name, NOON.date(), as_guardian=True, email=email)
        submit_intake(stale, signature=signature, consents=CONSENTS, by="invitation link", at=NOON)
    assert [copy.to_email for copy in copies()] == ["samira@example.org"]
    assert only_intake().signature["name"] == "Samira Haddad"


def test_the_verb_itself_takes_no_guardian_who_is_the_client(rules: None, noor: Client) -> None:
    intake = make_open_intake(noor, **TEEN)
    for name, email in (("Noor Haddad", "samira@example.org"), ("Samira Haddad", ""), ("Samira", "NOOR@example.org")):
        with pytest.raises(ValueError, match="other than the client's"):
            submit_intake(
                intake,
                signature=Signature(name, NOON.date(), as_guardian=True, email=email),
                consents=CONSENTS,
                by="invitation link",
                at=NOON,
            )
    assert not only_intake().is_submitted


@pytest.mark.parametrize("age", [6, 15, 17])
def test_a_plan_for_a_minor_who_signed_alone_is_not_released(rules: None, noor: Client, jon: Member, age: int) -> None:
    signed_by_self(noor, age)
    with pytest.raises(PlanUnsafe) as refused:
        publish_plan(make_draft(noor, jon), by=jon, at=NOON)
    assert "guardian-missing" in {finding["rule"] for finding in refused.value.check.findings}


def signed_by_self(client: Client, age: int) -> Intake:
    intake = make_open_intake(client, age=age, guardian_consent="yes")
    own = Signature(client.name, NOON.date())
    return submit_intake(intake, signature=own, consents=CONSENTS, by=client.user, at=NOON)


def test_a_day_of_birth_that_makes_an_adult_a_minor_pauses_the_plan(signed: Client, jon: Member) -> None:
    plan = make_published_plan(signed, jon)
    correct_client(signed, revision=signed.revision, by=jon, at=NOON, born_on="2010-05-01")
    plan.refresh_from_db()
    assert plan.state == Plan.State.SUSPENDED


def test_by_the_day_of_birth_a_guardian_signs_whatever_age_was_typed(link: Browser, noor: Client) -> None:
    Client.objects.across_practices().filter(pk=noor.pk).update(born_on=None)
    noor.born_on = f"{timezone.now().year - 15}-01-01"
    noor.save()
    walk(link)
    assert "parent or guardian has to sign" in html_of(sign(link))


def test_at_eighteen_the_old_signature_is_no_obstacle_any_more(rules: None, noor: Client) -> None:
    noor.born_on = "2008-03-17"
    noor.save()
    signed_by_self(noor, 17)
    assert rules_found(noor, NOON) == {"guardian-missing"}
    assert rules_found(noor, NOON + timedelta(days=1)) == set()


def rules_found(client: Client, at: Any) -> set[str]:
    return {each.rule for each in assess(client, at=at).screening.findings if each.kind == "signature"}


def test_a_copy_that_comes_back_pauses_the_plan_and_tells_the_therapist_once(
    rules: None, noor: Client, jon: Member, mira: Member
) -> None:
    make_signed_intake(noor, **TEEN)
    plan = make_published_plan(noor, jon)
    outbox.send_due(NOON + timedelta(seconds=1))
    [copy] = copies()
    OutboundMessage.objects.across_practices().exclude(pk=copy.pk).delete()
    for _again in range(2):
        note_bounce(copy.pk, kind="hard", status="5.1.1", at=NOON + timedelta(minutes=5))
    plan.refresh_from_db()
    assert plan.state == Plan.State.SUSPENDED
    assert rules_found(noor, NOON) == {"guardian-unreached"}
    told = OutboundMessage.objects.across_practices().filter(kind="needs_attention")
    assert [message.to_email for message in told] == ["mira@example.org"]


def test_a_copy_that_is_only_late_changes_nothing(rules: None, noor: Client, jon: Member) -> None:
    make_signed_intake(noor, **TEEN)
    outbox.send_due(NOON + timedelta(seconds=1))
    note_bounce(copies()[0].pk, kind="soft", status="4.2.2", at=NOON + timedelta(minutes=5))
    assert rules_found(noor, NOON) == set()


def test_the_copy_does_not_follow_the_clients_new_address(rules: None, noor: Client, jon: Member) -> None:
    make_signed_intake(noor, **TEEN)
    correct_client(noor, revision=noor.revision, by=jon, at=NOON, email="noor2@example.org")
    assert [copy.to_email for copy in copies()] == ["samira@example.org"]


def test_the_guardian_reads_the_copy_after_signing_in_and_nobody_else_does(
    rules: None, noor: Client, browse: Any
) -> None:
    signed = make_signed_intake(noor, at=timezone.now(), **TEEN)
    door = reverse("clients:intake_copy", args=[signed.pk])
    entrance = Browser().get(door)
    assert entrance.status_code == 302
    assert reverse("account_request_login_code") in entrance["Location"]
    assert Browser().get(door, follow=True).status_code == 200
    text = html_of(browse(signed.guardian).get(door, follow=True))
    assert "Do you have diabetes?" in text
    assert "The copy went to samira@example.org" in text
    stranger = make_client(noor.practice, "omar@example.org", "Omar Diallo")
    assert browse(stranger).get(door, follow=True).status_code == 404


def test_a_child_that_has_grown_up_is_not_read_by_the_guardian_any_more(rules: None, noor: Client) -> None:
    signed = make_signed_intake(noor, **TEEN)
    guardian, day = signed.guardian, NOON.date()
    assert guardian
    assert may_read_copy(signed, guardian, day)
    assert may_read_copy(signed, guardian, date(day.year + 2, day.month, day.day))
    assert not may_read_copy(signed, guardian, date(day.year + 3, day.month, day.day))
    signed.client.born_on = date(day.year - 18, day.month, day.day).isoformat()
    assert may_read_copy(signed, guardian, day), "signed for an adult, who may have a guardian too"
    assert not may_read_copy(signed, noor.user, day)


def test_an_adult_says_who_signs_and_needs_no_second_address(link: Browser) -> None:
    walk(link)
    text = html_of(link.get(REVIEW))
    assert 'name="signed_as" value="client"' in text
    assert "signed_as" not in fields_of(link.get(REVIEW))
    assert sign(link).status_code == 302
    assert (only_intake().guardian, copies()) == (None, [])
    assert link.session.get(SESSION_KEY) is None


def test_beginning_again_a_guardian_signs_anew(rules: None, noor: Client) -> None:
    make_signed_intake(noor, **TEEN)
    begin_intake(noor, by=noor.user, at=NOON + timedelta(days=1))
    assert rules_found(noor, NOON + timedelta(days=1)) == set(), "what was signed stays in force meanwhile"

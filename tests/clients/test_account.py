"""A client's own account page: settings, consents, what was signed."""

import pytest
from django.utils import timezone

from clients.consent import consent
from clients.consent.consent import consents_in_force, give_consents, withdraw_consent
from clients.record.models import Consent
from clients.roster.models import Client
from practice.audit.models import AuditEntry
from tests import make
from tests.make import NOON
from tests.make_roster import sign_intake

ACCOUNT = "/me/account/"
WORDS = {
    "health_data": "You may keep my answers.",
    "home_routine": "I follow it as self-care.",
    "reminders": "Write to me.",
}


@pytest.fixture
def agreed(noor) -> Client:
    give_consents(noor, wordings=WORDS, by=noor.user, at=NOON)
    return noor


def withdraw_url(client: Client, purpose: str) -> str:
    return f"{ACCOUNT}{client.pk}/{purpose}/withdraw/"


def test_anonymous_is_asked_to_sign_in(client, db) -> None:
    assert "/accounts/login/" in client.get(ACCOUNT)["Location"]


def test_the_page_shows_ones_own(browse, agreed, questionnaire) -> None:
    sign_intake(agreed, questionnaire)
    text = browse(agreed).get(ACCOUNT).content.decode()
    for words in ("Stillwater", "Keeping and screening", WORDS["reminders"], "Your answers of", "Passkeys", "Sign out"):
        assert words in text


def test_someone_without_a_practice_reads_what_to_do(browse, ada) -> None:
    assert "ask your practice" in browse(ada).get(ACCOUNT).content.decode()


def test_queries_do_not_grow(browse, agreed, questionnaire, rex, django_assert_max_num_queries) -> None:
    for number in range(8):
        sign_intake(agreed, questionnaire)
        elsewhere = make.make_practice(f"Practice {number}")
        give_consents(make.make_client(elsewhere), wordings=WORDS, by=agreed.user, at=NOON)
    browser = browse(agreed)
    with django_assert_max_num_queries(7):
        browser.get(ACCOUNT)


def test_own_clocks_and_language_in_every_practice(browse, noor, rex) -> None:
    make.make_client(rex.practice)
    answer = browse(noor).post(ACCOUNT, {"language": "nl", "time_zone": "amsterdam"})
    records = Client.objects.of_user(noor.user)
    assert {(record.language, record.time_zone) for record in records} == {("nl", "Europe/Amsterdam")}
    assert answer.cookies["django_language"].value == "nl"
    entry = AuditEntry.objects.for_practice(rex.practice).get()
    assert (entry.action, entry.by) == ("client.corrected", noor.user)


@pytest.mark.parametrize(
    "bad", [{"time_zone": "Moon/Base", "language": "nl"}, {"time_zone": "UTC", "language": "xx"}, {"language": ""}]
)
def test_bad_settings_change_nothing(browse, noor, bad) -> None:
    page = browse(noor).post(ACCOUNT, bad)
    assert page.status_code == 200
    assert page.context["form"].errors
    noor.refresh_from_db()
    assert noor.time_zone == "Europe/London"


def test_withdraw_asks_first_then_tells_the_floor_above(browse, agreed) -> None:
    heard = []
    consent.after_withdrawal.append(lambda taken, at: heard.append(taken.purpose))
    try:
        browser = browse(agreed)
        asked = browser.get(withdraw_url(agreed, "health_data"))
        assert "paused" in asked.content.decode()
        assert heard == []
        for _twice in range(2):
            assert browser.post(withdraw_url(agreed, "health_data")).status_code == 302
    finally:
        consent.after_withdrawal.pop()
    assert heard == ["health_data"]
    assert consents_in_force(agreed) == {"home_routine", "reminders"}
    lines = [entry.action for entry in AuditEntry.objects.for_practice(agreed.practice).order_by("id")]
    assert lines == ["consent.given"] * 3 + ["consent.withdrawn"]
    assert "Agree again" in browser.get(ACCOUNT).content.decode()


def test_a_refusing_listener_keeps_the_consent(agreed) -> None:
    """Suspending the plan and taking the consent back stand or fall together."""

    def fails(taken, at) -> None:
        raise RuntimeError

    consent.after_withdrawal.append(fails)
    try:
        with pytest.raises(RuntimeError):
            withdraw_consent(agreed, purpose="home_routine", by=agreed.user, at=timezone.now())
    finally:
        consent.after_withdrawal.pop()
    assert "home_routine" in consents_in_force(agreed)


def test_agree_again_in_the_same_words(browse, agreed) -> None:
    withdraw_consent(agreed, purpose="reminders", by=agreed.user, at=NOON)
    browser = browse(agreed)
    for _twice in range(2):
        browser.post(f"{ACCOUNT}{agreed.pk}/reminders/again/")
    consents = Consent.objects.for_practice(agreed.practice).filter(purpose="reminders")
    assert consents.count() == 2
    assert consents.in_force().get().wording == WORDS["reminders"]


def test_one_cannot_agree_to_what_was_never_shown(browse, noor) -> None:
    assert browse(noor).post(f"{ACCOUNT}{noor.pk}/reminders/again/").status_code == 404


@pytest.mark.parametrize("path", ["health_data/withdraw/", "health_data/again/"])
def test_nobody_touches_anothers_consents(browse, client, agreed, mira, rex, path) -> None:
    url = f"{ACCOUNT}{agreed.pk}/{path}"
    assert browse(mira).post(url).status_code == 404
    assert browse(rex).post(url).status_code == 404
    assert client.post(url).status_code == 302
    assert len(consents_in_force(agreed)) == 3


def test_an_unknown_purpose(browse, agreed) -> None:
    assert browse(agreed).post(withdraw_url(agreed, "everything")).status_code == 404


def test_giving_twice_keeps_the_first(agreed) -> None:
    assert give_consents(agreed, wordings={"reminders": "Other words"}, by=agreed.user, at=NOON) == []

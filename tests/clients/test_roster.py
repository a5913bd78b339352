"""The list, the registration, the client's page and its corrections."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from clients.roster import roster
from clients.roster.invitation import send_invitation
from clients.roster.models import Client, Invitation
from clients.roster.roster import ClientChanged, EmailTaken
from practice.audit.models import AuditEntry
from practice.mail.models import OutboundMessage
from practice.tenancy.models import Member, Practice, User
from tests import make
from tests.make import NOON
from tests.make_roster import register_values, sign_intake

LIST, REGISTER = "/clients/", "/clients/new/"
HARD_NAME = ("<b>Aïsha</b> 🦶 林太郎 " * 300)[:4990] + "the end"


def detail(client: Client) -> str:
    return f"/clients/{client.pk}/"


def actions(practice) -> list[str]:
    return [entry.action for entry in AuditEntry.objects.for_practice(practice).order_by("id")]


# ---- Who may open what


@pytest.mark.parametrize("url_name", ["roster_list", "roster_register"])
def test_anonymous_is_asked_to_sign_in(client, db, url_name) -> None:
    answer = client.get(reverse(f"clients:{url_name}"))
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "url_name", ["roster_detail", "roster_correct", "roster_archive", "roster_restore", "invitation_send"]
)
def test_another_practices_client_is_not_there(browse, rex, noor, url_name, method) -> None:
    answer = getattr(browse(rex), method)(reverse(f"clients:{url_name}", args=[noor.pk]), {})
    posts_only = url_name not in {"roster_detail", "roster_correct"}
    assert answer.status_code == (405 if method == "get" and posts_only else 404)
    assert not AuditEntry.objects.for_practice(noor.practice).exists()


@pytest.mark.parametrize("url_name", ["roster_detail", "roster_correct", "roster_archive", "invitation_send"])
def test_a_client_is_refused(browse, noor, url_name) -> None:
    answer = browse(noor).post(reverse(f"clients:{url_name}", args=[noor.pk]))
    assert answer.status_code == 403


def test_the_list_refuses_a_client_and_a_catalog_admin(browse, noor, ada) -> None:
    assert browse(noor).get(LIST).status_code == 403
    assert browse(ada).get(LIST).status_code == 403


def test_reception_sees_names_but_nothing_of_health(browse, dana, noor, questionnaire) -> None:
    sign_intake(noor, questionnaire, overall="STOP")
    noor.notes = "a quiet word"
    noor.save()
    browser = browse(dana)
    for page in (browser.get(LIST), browser.get(detail(noor)), browser.get(f"{detail(noor)}correct/")):
        text = page.content.decode()
        assert "Noor Haddad" in text
        assert "verdict" not in text
        assert "quiet word" not in text
    assert "client.viewed" not in actions(noor.practice)


# ---- The list


def test_the_list_shows_intake_and_outcome(browse, jon, noor, questionnaire) -> None:
    sign_intake(noor, questionnaire, overall="CAUTION")
    text = browse(jon).get(LIST).content.decode()
    assert "Noor Haddad" in text
    assert "Intake signed" in text
    assert "is-caution" in text


def test_the_list_finds_words_in_any_order_and_case(browse, jon, practice) -> None:
    make.make_client(practice, "oemer@example.org", "Ömer Çelik")
    make.make_client(practice, "lin@example.org", "林太郎")
    make.make_client(practice, "ann@example.org", "Ann 100%_sure")

    def found(words: str) -> list[str]:
        page = browse(jon).get(LIST, {"q": words})
        return [row.client.name for row in page.context["rows"]]

    assert found("çelik ömer") == ["Ömer Çelik"]
    assert found("太郎") == ["林太郎"]
    assert found("LIN@example") == ["林太郎"]
    assert found("%_") == ["Ann 100%_sure"]
    assert found("nobody") == []


@pytest.mark.parametrize(
    "question",
    [
        {"page": "abc"},
        {"page": "99999"},
        {"show": "nonsense"},
        {"q": "\x00"},
        {"q": "字" * 5000},
        {"plan": "x"},
        {"q": "' OR 1=1 --"},
    ],
)
def test_the_list_takes_any_question(browse, jon, noor, question) -> None:
    assert browse(jon).get(LIST, question).status_code == 200


def test_the_list_is_in_the_order_of_names(browse, jon, practice) -> None:
    for name in ("bert", "Anna", "Zoe", "carl"):
        make.make_client(practice, f"{name}@example.org", name)
    rows = browse(jon).get(LIST).context["rows"]
    assert [row.client.name for row in rows] == ["Anna", "bert", "carl", "Zoe"]


def test_filters(browse, jon, practice, noor, questionnaire) -> None:
    sign_intake(noor, questionnaire)
    gone = make.make_client(practice, "gone@example.org", "Gone Away", archived_at=NOON)
    new = make.make_client(practice, "new@example.org", "New Here", therapist=jon)

    def shown(show: str) -> set[Client]:
        return {row.client for row in browse(jon).get(LIST, {"show": show}).context["rows"]}

    assert shown("") == {noor, new}
    assert shown("needs-intake") == {new}
    assert shown("mine") == {new}
    assert shown("archived") == {gone}
    assert shown("all") == {noor, new, gone}


def test_htmx_gets_the_rows_that_the_page_includes(browse, jon, noor) -> None:
    fragment = browse(jon).get(LIST, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert fragment.strip() in browse(jon).get(LIST).content.decode()


@pytest.mark.parametrize("rows", [3, 30])
def test_the_list_asks_the_same_few_questions(
    browse, jon, practice, questionnaire, rows, django_assert_max_num_queries
) -> None:
    for number in range(rows):
        sign_intake(make.make_client(practice, f"c{number}@example.org", f"Client {number}"), questionnaire)
    browser = browse(jon)
    with django_assert_max_num_queries(6):
        page = browser.get(LIST)
    assert len(page.context["rows"]) == min(rows, 25)


def test_plans_come_from_the_floor_above(browse, jon, noor, monkeypatch) -> None:
    column = roster.PlanColumn(
        states=lambda refs: dict.fromkeys(refs, ("published", "Running")),
        choices=lambda: [("published", "Running")],
        having=lambda clients, state: clients if state == "published" else clients.none(),
    )
    monkeypatch.setattr(roster, "plan_columns", [column])
    monkeypatch.setattr("clients.roster.forms.plan_columns", [column])
    assert "Running" in browse(jon).get(LIST, {"plan": "published"}).content.decode()


# ---- Register


def test_register_and_invite(browse, dana, practice) -> None:
    answer = browse(dana).post(REGISTER, register_values(invite="on", email="Mixed@Example.ORG"))
    client = Client.objects.for_practice(practice).get()
    assert answer["Location"] == detail(client)
    assert client.email == client.user.email == "mixed@example.org"
    assert not client.user.has_usable_password()
    assert OutboundMessage.objects.for_practice(practice).get().kind == "intake_invitation"
    assert actions(practice) == ["client.registered", "invitation.sent"]


def test_register_without_invitation(browse, dana, practice) -> None:
    browse(dana).post(REGISTER, register_values())
    assert not OutboundMessage.objects.for_practice(practice).exists()


def test_an_account_elsewhere_is_neither_shown_nor_renamed(browse, dana, practice, rex) -> None:
    def told(email: str) -> str:
        page = browse(dana).post(REGISTER, register_values(email=email), follow=True)
        text = page.content.decode().replace(email.lower(), "").replace(str(page.context["client"].pk), "")
        return "\n".join(line for line in text.splitlines() if "csrf" not in line.lower())

    assert told("REX@example.org") == told("nobody-yet@example.org")
    assert User.objects.get(email="rex@example.org").name == "Rex Vance"
    assert Client.objects.for_practice(practice).get(email="rex@example.org").user == rex.user


def test_a_known_address_links_to_the_client_and_keeps_the_form(browse, dana, noor) -> None:
    page = browse(dana).post(REGISTER, register_values(name="Someone Else", email="NOOR@example.org"))
    text = page.content.decode()
    assert detail(noor) in text
    assert "already has a client" in text
    assert "Someone Else" in text
    assert Client.objects.for_practice(noor.practice).count() == 1


def test_sent_twice_is_one_client_and_one_mail(browse, dana, practice) -> None:
    browser = browse(dana)
    for _time in range(2):
        page = browser.post(REGISTER, register_values(invite="on"), follow=True)
        assert page.status_code == 200
    assert "a moment ago" in page.content.decode()
    assert Client.objects.for_practice(practice).count() == 1
    assert OutboundMessage.objects.for_practice(practice).count() == 1


@pytest.mark.parametrize(
    ("name", "minutes", "is_same"),
    [("Noor Haddad", 0, True), ("Noor Haddad", 60, True), ("Noor Haddad", 61, False), ("Noor H.", 0, False)],
)
def test_the_same_form_within_an_hour_is_one_act(noor, name, minutes, is_same) -> None:
    assert roster.is_same_submit(noor, name=name, at=NOON + timedelta(minutes=minutes)) is is_same


def test_registered_at_the_same_instant(practice, dana, noor, monkeypatch) -> None:
    """The other registration commits between our look and our save: the database refuses, we name the client."""
    look, looks = roster._refuse_taken, []

    def blind_once(*args, **kwargs) -> None:
        looks.append(args)
        if len(looks) > 1:
            look(*args, **kwargs)

    monkeypatch.setattr(roster, "_refuse_taken", blind_once)
    with pytest.raises(EmailTaken) as refusal:
        roster.register_client(
            practice,
            name="Noor",
            email="noor@example.org",
            time_zone="Europe/London",
            language="en-gb",
            by=dana,
            at=NOON,
        )
    assert refusal.value.client == noor


def test_the_same_address_in_two_practices(practice, rex, noor, dana) -> None:
    roster.register_client(
        rex.practice,
        name="Noor H",
        email="noor@example.org",
        time_zone="Europe/London",
        language="en-gb",
        by=rex,
        at=NOON,
    )
    assert Client.objects.across_practices().filter(user=noor.user).count() == 2


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("time_zone", "Mars/Olympus", "no time zone called"),
        ("time_zone", "", "required"),
        ("email", "not an address", "valid email"),
        ("email", "a" * 300 + "@example.org", "254"),
        ("name", "   ", "required"),
        ("name", "x" * 5001, "5000"),
        ("name", "a\x00b", "Null"),
        ("language", "tlh", "valid choice"),
        ("therapist", "not-a-key", "valid"),
        ("born_on", "1905-12-31", "check the year"),
        ("born_on", "2026-03-17", "still to come"),
        ("born_on", "2026-02-30", "valid date"),
    ],
)
@time_machine.travel(NOON, tick=False)
def test_bad_input_is_named_and_nothing_is_lost(browse, dana, practice, field, value, words) -> None:
    page = browse(dana).post(
        REGISTER, register_values(**{field: value, "name": value if field == "name" else "Kept Name"})
    )
    assert page.status_code == 200
    assert words in " ".join(page.context["form"].errors[field])
    if field != "name":
        assert "Kept Name" in page.content.decode()
    assert not Client.objects.for_practice(practice).exists()


def test_another_practices_therapist_is_no_choice(browse, dana, rex, practice) -> None:
    page = browse(dana).post(REGISTER, register_values(therapist=str(rex.pk)))
    assert "therapist" in page.context["form"].errors


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("europe/berlin", "Europe/Berlin"),
        ("America/New York", "America/New_York"),
        ("tokyo", "Asia/Tokyo"),
        (" UTC ", "UTC"),
    ],
)
def test_time_zones_are_forgiving(browse, dana, practice, typed, kept) -> None:
    browse(dana).post(REGISTER, register_values(time_zone=typed))
    assert Client.objects.for_practice(practice).get().time_zone == kept


@pytest.mark.parametrize("day", ["1906-01-01", "2026-03-16", ""])
@time_machine.travel(NOON, tick=False)
def test_the_age_of_anybody_alive_is_taken(browse, jon, practice, day) -> None:
    assert browse(jon).post(REGISTER, register_values(born_on=day)).status_code == 302
    assert Client.objects.for_practice(practice).get().born_on == (day or None)


def test_a_hard_name_everywhere(browse, mira, practice) -> None:
    browser = browse(mira)
    page = browser.post(REGISTER, register_values(name=HARD_NAME, invite="on"), follow=True)
    client = Client.objects.for_practice(practice).get()
    assert client.name == " ".join(HARD_NAME.split())
    pages = [page] + [
        browser.get(url) for url in (LIST, detail(client), f"{detail(client)}correct/", "/audit/", f"{LIST}?q=林太郎")
    ]
    for each in pages:
        assert each.status_code == 200
        assert "<b>Aïsha" not in each.content.decode()
    assert "the end" in pages[2].content.decode()
    assert len(pages[1].content) < 60_000
    assert "\n" not in client.short_name


def test_line_ends_in_a_name_become_blanks(browse, dana, practice) -> None:
    browse(dana).post(REGISTER, register_values(name="Ann\r\nBcc: x@example.org"))
    assert Client.objects.for_practice(practice).get().name == "Ann Bcc: x@example.org"


# ---- Detail, correct, archive


def test_detail_is_the_hub_and_is_recorded(browse, jon, noor, questionnaire, django_assert_max_num_queries) -> None:
    sign_intake(noor, questionnaire, overall="RESTRICT")
    for number in range(6):
        send_invitation(noor, by=jon, at=NOON + timedelta(days=number))
    browser = browse(jon)
    with django_assert_max_num_queries(12):
        page = browser.get(detail(noor))
    assert "is-restrict" in page.content.decode()
    assert "Europe/London" in page.content.decode()
    assert actions(noor.practice)[-1] == "client.viewed"


def correct_values(client: Client, **changes) -> dict:
    values = {name: getattr(client, name) for name in ("name", "email", "time_zone", "language", "notes", "revision")}
    return {**values, **changes}


def test_correct(browse, jon, noor) -> None:
    heard = []
    roster.after_change.append(lambda client, at: heard.append(client.time_zone))
    try:
        browse(jon).post(
            f"{detail(noor)}correct/", correct_values(noor, time_zone="Asia/Tokyo", notes="likes mornings")
        )
    finally:
        roster.after_change.pop()
    noor.refresh_from_db()
    assert (noor.time_zone, noor.notes, noor.revision) == ("Asia/Tokyo", "likes mornings", 1)
    assert heard == ["Asia/Tokyo"]
    assert actions(noor.practice) == ["client.corrected"]


def test_nothing_changed_leaves_no_line(browse, jon, noor) -> None:
    browse(jon).post(f"{detail(noor)}correct/", correct_values(noor))
    assert actions(noor.practice) == []


def test_a_corrected_address_is_another_person(browse, dana, jon, noor) -> None:
    old_user = noor.user
    invitation, _url = send_invitation(noor, by=jon, at=timezone.now())
    browse(dana).post(f"{detail(noor)}correct/", correct_values(noor, email="noor.new@example.org"))
    noor.refresh_from_db()
    invitation.refresh_from_db()
    old_user.refresh_from_db()
    assert noor.user.email == "noor.new@example.org"
    assert old_user.email == "noor@example.org"
    assert invitation.revoked_at is not None
    assert not Client.objects.of_user(old_user).exists()


def test_a_corrected_address_that_is_taken(browse, dana, noor, practice) -> None:
    other = make.make_client(practice, "other@example.org", "Other")
    page = browse(dana).post(f"{detail(noor)}correct/", correct_values(noor, email="OTHER@example.org"))
    assert detail(other) in page.content.decode()
    noor.refresh_from_db()
    assert noor.email == "noor@example.org"


def test_two_tabs_lose_nothing(browse, dana, noor) -> None:
    browser = browse(dana)
    browser.post(f"{detail(noor)}correct/", correct_values(noor, name="First Tab"))
    page = browser.post(f"{detail(noor)}correct/", correct_values(noor, name="Second Tab", time_zone="Asia/Tokyo"))
    text = page.content.decode()
    assert "First Tab" in text
    assert "Second Tab" in text
    assert 'value="Asia/Tokyo"' in text
    assert Client.objects.for_practice(noor.practice).get().name == "First Tab"
    again = correct_values(
        noor, name="Second Tab", time_zone="Asia/Tokyo", revision=page.context["form"]["revision"].value()
    )
    browser.post(f"{detail(noor)}correct/", again)
    assert Client.objects.for_practice(noor.practice).get().name == "Second Tab"


def test_reception_keeps_the_notes_that_it_cannot_see(browse, dana, noor) -> None:
    noor.notes = "kept"
    noor.save()
    values = correct_values(noor, name="Noor H", notes="overwritten")
    browse(dana).post(f"{detail(noor)}correct/", values)
    noor.refresh_from_db()
    assert (noor.name, noor.notes) == ("Noor H", "kept")


def test_a_verb_refuses_an_old_revision(noor, jon) -> None:
    roster.correct_client(noor, revision=0, by=jon, at=NOON, name="A")
    with pytest.raises(ClientChanged):
        roster.correct_client(noor, revision=0, by=jon, at=NOON, name="B")


def test_archive_and_restore(browse, dana, jon, noor) -> None:
    invitation, _url = send_invitation(noor, by=jon, at=timezone.now())
    browser = browse(dana)
    for _twice in range(2):
        browser.post(f"{detail(noor)}archive/")
    invitation.refresh_from_db()
    assert invitation.revoked_at is not None
    assert not Client.objects.of_user(noor.user).exists()
    assert browser.get(LIST).context["rows"] == []
    browser.post(f"{detail(noor)}restore/")
    noor.refresh_from_db()
    assert not noor.is_archived
    assert actions(noor.practice)[1:] == ["invitation.revoked", "client.archived", "client.restored"]


def test_an_inactive_therapist_stays_until_changed(browse, dana, jon, noor) -> None:
    noor.therapist = jon
    noor.save()
    Member.objects.for_practice(noor.practice).filter(pk=jon.pk).update(is_active=False)
    browse(dana).post(f"{detail(noor)}correct/", correct_values(noor, name="New Name", therapist=str(jon.pk)))
    noor.refresh_from_db()
    assert (noor.name, noor.therapist) == ("New Name", jon)
    assert Invitation.objects.for_practice(noor.practice).count() == 0


def test_times_are_on_the_practices_clocks(browse, jon, noor) -> None:
    Practice.objects.filter(pk=noor.practice_id).update(time_zone="Pacific/Auckland")
    send_invitation(noor, by=jon, at=NOON)
    text = browse(jon).get(detail(noor)).content.decode()
    assert "17 Mar 2026, 1 a.m." in text

"""The practice's settings."""

import pytest

from practice.audit.models import AuditEntry
from practice.core.countries import COUNTRIES
from practice.tenancy.models import Practice

SETTINGS = "/settings/"
FIELDS = (
    "name",
    "time_zone",
    "language",
    "country",
    "emergency_number",
    "contact_email",
    "contact_phone",
    "age_of_consent",
    "invitation_days",
    "quiet_after_days",
    "quiet_hours_from",
    "quiet_hours_to",
    "revision",
)


def values(practice: Practice, **changes) -> dict:
    return {**{name: getattr(practice, name) for name in FIELDS}, **changes}


def test_change(browse, mira, practice) -> None:
    browse(mira).post(
        SETTINGS, values(practice, name="Stillwater & Co", invitation_days=7, contact_phone="+44 20 7946 0000")
    )
    practice.refresh_from_db()
    assert (practice.name, practice.invitation_days, practice.revision) == ("Stillwater & Co", 7, 1)
    assert AuditEntry.objects.for_practice(practice).get().action == "practice.changed"


def test_a_bold_name_is_saved_and_told(browse, mira, practice) -> None:
    answer = browse(mira).post(SETTINGS, values(practice, name="Sciatica Relief Rooms"), follow=True)
    practice.refresh_from_db()
    assert practice.name == "Sciatica Relief Rooms"
    assert "“Sciatica” is a health claim" in answer.content.decode()


def test_a_name_with_advice_on_medicine_is_refused(browse, mira, practice) -> None:
    answer = browse(mira).post(SETTINGS, values(practice, name="Stop Your Tablets Ltd"))
    assert "which is the doctor" in answer.content.decode()
    practice.refresh_from_db()
    assert practice.name != "Stop Your Tablets Ltd"


def test_nothing_changed_leaves_no_line(browse, mira, practice) -> None:
    browse(mira).post(SETTINGS, values(practice))
    assert not AuditEntry.objects.for_practice(practice).exists()


@pytest.mark.parametrize(
    ("country", "number", "kept"),
    [
        ("US", "999", "911"),  # untouched: the new country's own
        ("US", "", "911"),
        ("US", "0800 555", "0800 555"),
        ("AU", "999", "000"),
        ("GB", "112", "112"),  # same country, chosen on purpose
    ],
)
def test_the_emergency_number_follows_the_country(browse, mira, practice, country, number, kept) -> None:
    Practice.objects.filter(pk=practice.pk).update(emergency_number="999")
    browse(mira).post(SETTINGS, values(practice, country=country, emergency_number=number))
    practice.refresh_from_db()
    assert (practice.country, practice.emergency_number) == (country, kept)


def test_every_country_has_a_number_that_can_be_dialled() -> None:
    assert all(
        len(code) == 2 and number.isdigit() and 2 <= len(number) <= 4 for code, (_name, number) in COUNTRIES.items()
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Europe/Nowhere"),
        ("age_of_consent", "3"),
        ("invitation_days", "0"),
        ("invitation_days", "9" * 30),
        ("quiet_after_days", ""),
        ("emergency_number", "call <b>me</b>"),
        ("name", " "),
        ("country", "ZZ"),
        ("contact_email", "x"),
    ],
)
def test_bad_values_are_named(browse, mira, practice, field, value) -> None:
    page = browse(mira).post(SETTINGS, values(practice, **{field: value}))
    assert page.status_code == 200
    assert field in page.context["form"].errors
    practice.refresh_from_db()
    assert practice.revision == 0


def test_two_tabs_lose_nothing(browse, mira, practice) -> None:
    browser = browse(mira)
    browser.post(SETTINGS, values(practice, name="First"))
    page = browser.post(SETTINGS, values(practice, name="Second"))
    assert "First" in page.content.decode()
    assert "Second" in page.content.decode()
    browser.post(SETTINGS, values(practice, name="Second", revision=page.context["form"]["revision"].value()))
    practice.refresh_from_db()
    assert practice.name == "Second"

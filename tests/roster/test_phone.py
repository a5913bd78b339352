"""A client's telephone number: typed as people write it, dialled as machines do."""

from typing import Any

import pytest
from django.urls import reverse

from clients.roster.models import Client
from clients.templatetags.outcome_words import as_dialled
from practice.tenancy.models import Member


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [
        ("020 7946 0018", "02079460018"),
        ("+44 (0)20 7946-0018", "+442079460018"),
        ("(030) 123/45.67", "0301234567"),
        ("00 31 20 123 45 67", "0031201234567"),
    ],
)
def test_as_it_is_dialled(typed: str, dialled: str) -> None:
    assert as_dialled(typed) == dialled


@pytest.mark.django_db
def test_registered_corrected_and_a_link_on_the_clients_page(noor: Client, jon: Member, browse: Any) -> None:
    browser, fields = browse(jon), {"name": "Noor Haddad", "email": noor.email, "language": "en-gb"}
    fields |= {"time_zone": "Europe/London", "revision": "0", "phone": "+44 20 7946 0018", "notes": ""}
    correct = reverse("clients:roster_correct", args=[noor.pk])
    assert browser.post(correct, {**fields, "phone": "ask her son"}).status_code == 200
    assert browser.post(correct, fields).status_code == 302
    noor.refresh_from_db()
    assert noor.phone == "+44 20 7946 0018"
    assert 'href="tel:+442079460018"' in browser.get(f"/clients/{noor.pk}/").content.decode()
    new = {**fields, "name": "Nadia", "email": "nadia@example.org", "phone": "020 1"}
    browser.post(reverse("clients:roster_register"), new)
    assert Client.objects.for_practice(noor.practice_id).get(name="Nadia").phone == "020 1"

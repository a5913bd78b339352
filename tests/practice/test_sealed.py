"""Health data at rest: exact round trips, bound to its place, closed to every other key and every search."""

import base64
import json

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import connection, models, transaction
from hypothesis import given
from hypothesis import strategies as st

from clients.roster.models import Client
from practice.sealed.field import SealBroken, Sealed, seal, unseal
from practice.sealed.own_keys import new_health_key

PLACE = "clients_client|notes|1"
VALUES = [
    False,
    True,
    0,
    1,
    -1,
    1.5,
    0.0,
    "",
    " ",
    "0",
    "False",
    "None",
    None,
    [],
    {},
    [None, 0, False, ""],
    {"a": {"b": []}},
]
#: NaN and the infinities are not JSON; half a surrogate pair is not text.
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def same(one: object, other: object) -> bool:
    """Equal and of the same types all the way down: 0 is not False, 1 is not 1.0."""
    return type(one) is type(other) and json.dumps(one) == json.dumps(other)


def column(client: Client, name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM clients_client WHERE email = %s", [client.email])
        return cursor.fetchone()[0]


def write_column(client: Client, name: str, text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE clients_client SET {name} = %s WHERE email = %s", [text, client.email])


def reread(client: Client) -> Client:
    return Client.objects.across_practices().get(pk=client.pk)


@given(JSON)
def test_every_value_comes_back_as_it_was(value: object) -> None:
    assert same(unseal(seal(value, PLACE), PLACE), value)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_every_value_comes_back_from_the_database(noor: Client, value: object) -> None:
    noor.notes = value
    noor.save()
    assert same(reread(noor).notes, value)
    assert column(noor, "notes").startswith("k1:")


def test_the_database_holds_no_plain_text(noor: Client) -> None:
    noor.notes = "Pregnant, 14 weeks"
    noor.save()
    kept = column(noor, "notes")
    assert "Pregnant" not in kept
    assert b"Pregnant" not in base64.b64decode(kept.partition(":")[2])
    noor.save()
    assert column(noor, "notes") != kept  # a nonce of its own each time
    assert reread(noor).notes == "Pregnant, 14 weeks"


@given(st.integers(min_value=0), st.integers(min_value=0, max_value=7))
def test_a_changed_bit_anywhere_is_noticed(position: int, bit: int) -> None:
    key_id, _, body = seal({"pregnant": "no"}, PLACE).partition(":")
    raw = bytearray(base64.b64decode(body))
    raw[position % len(raw)] ^= 1 << bit
    with pytest.raises(SealBroken):
        unseal(f"{key_id}:{base64.b64encode(raw).decode()}", PLACE)


@pytest.mark.parametrize("text", ["", "k1:", "k1:AAAA", "plain words", "k1:not base64!", "nobody:AAAA", '"no"'])
def test_what_was_never_sealed_does_not_open(text: str) -> None:
    with pytest.raises(SealBroken):
        unseal(text, PLACE)


def test_a_value_moved_to_another_row_does_not_open(noor: Client, practice) -> None:
    from tests import make

    other = make.make_client(practice, "sam@example.org", "Sam")
    noor.notes = "hers"
    noor.save()
    write_column(other, "notes", column(noor, "notes"))
    with pytest.raises(SealBroken):
        _ = reread(other).notes


def test_a_value_moved_to_another_column_does_not_open(noor: Client) -> None:
    write_column(noor, "not_present", column(noor, "notes"))
    with pytest.raises(SealBroken):
        _ = reread(noor).not_present


def test_a_value_of_another_table_does_not_open() -> None:
    with pytest.raises(SealBroken):
        unseal(seal("x", "clients_client|notes|1"), "clients_intake|notes|1")


def test_a_wrong_key_of_the_same_name_opens_nothing(noor: Client, settings) -> None:
    settings.HEALTH_KEYS = new_health_key("k1")
    with pytest.raises(SealBroken):
        _ = reread(noor).notes


def test_a_new_key_in_front_seals_and_the_old_one_still_opens(noor: Client, settings) -> None:
    noor.notes = "old"
    noor.save()
    old = settings.HEALTH_KEYS
    settings.HEALTH_KEYS = f"{new_health_key('k2')},{old}"
    found = reread(noor)
    assert found.notes == "old"
    found.notes = "new"
    found.save()
    assert column(noor, "notes").startswith("k2:")
    settings.HEALTH_KEYS = old
    with pytest.raises(SealBroken):
        _ = reread(noor).notes


def test_a_value_renamed_to_another_key_does_not_open(settings) -> None:
    key = new_health_key("k1").partition(":")[2]
    settings.HEALTH_KEYS = f"k1:{key},k2:{key}"
    with pytest.raises(SealBroken):
        unseal(seal("x", PLACE).replace("k1:", "k2:", 1), PLACE)


@pytest.mark.parametrize("keys", ["", " , "])
def test_without_a_key_nothing_is_written(settings, keys: str) -> None:
    settings.HEALTH_KEYS = keys
    with pytest.raises(ImproperlyConfigured):
        seal("x", PLACE)


@pytest.mark.parametrize(
    "refused",
    [
        lambda rows: rows.update(notes="plain"),
        lambda rows: rows.filter(notes="plain").exists(),
        lambda rows: rows.exclude(notes__in=["plain"]).exists(),
        lambda rows: rows.filter(notes__contains="plain").exists(),
        lambda rows: rows.get(notes="plain"),
        lambda rows: rows.filter(pk__in=rows.filter(notes__gt="a")).exists(),
    ],
    ids=["update", "filter", "exclude", "contains", "get", "subquery"],
)
def test_no_search_and_no_update_past_the_row(noor: Client, practice, refused) -> None:
    with pytest.raises(FieldError), transaction.atomic():
        refused(Client.objects.for_practice(practice))
    assert reread(noor).notes == ""


def test_a_bulk_write_of_sealed_fields_is_refused(practice, noor: Client) -> None:
    from tests import make

    sam = make.make_client(practice, "sam@example.org", "Sam")
    noor.notes, sam.notes = "hers", "his"
    with pytest.raises(FieldError), transaction.atomic():
        Client.objects.for_practice(practice).bulk_update([noor, sam], ["notes"])
    assert reread(noor).notes == ""


def test_saving_one_field_leaves_the_others_sealed_as_they_were(noor: Client) -> None:
    noor.notes = "kept"
    noor.save()
    before = column(noor, "notes")
    found = Client.objects.across_practices().defer("notes").get(pk=noor.pk)
    found.name = "Noor H."
    found.save()
    assert column(noor, "notes") == before
    assert found.notes == "kept"  # opened when asked for


def test_a_copy_gets_a_seal_of_its_own(noor: Client) -> None:
    noor.notes = "kept"
    noor.save()
    copy = reread(noor)
    assert copy.notes == "kept"
    copy.pk, copy.email = type(noor.pk)(int=noor.pk.int ^ 1), "copy@example.org"
    copy._state.adding = True
    copy.save()
    assert reread(copy).notes == "kept"


def test_nothing_shows_in_a_representation(noor: Client) -> None:
    noor.notes = "Pregnant"
    noor.save()
    found = reread(noor)
    sealed = found.__dict__["notes"]
    assert isinstance(sealed, Sealed)
    assert "Pregnant" not in repr(sealed)
    assert isinstance(Client._meta.get_field("notes"), models.TextField)

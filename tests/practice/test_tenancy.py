"""The fence: no row of a practice is read, counted, changed or removed before it was said whose."""

import pytest
from django.apps import apps
from django.db.models import Count, Exists, OuterRef, Subquery

from clients.roster.models import Client
from practice.audit.models import AuditEntry
from practice.mail.models import OutboundMessage
from practice.tenancy.models import Member, Practice
from practice.tenancy.scoping import TenantQuerySet, UnscopedRead
from tests import make

UNSCOPED = {
    "list": list,
    "bool": bool,
    "len": len,
    "index": lambda rows: rows[0],
    "slice": lambda rows: list(rows[:2]),
    "get": lambda rows: rows.get(email="noor@example.org"),
    "first": lambda rows: rows.first(),
    "last": lambda rows: rows.last(),
    "latest": lambda rows: rows.latest("registered_at"),
    "in_bulk": lambda rows: rows.in_bulk(),
    "contains": lambda rows: rows.contains(Client(pk="0" * 32)),
    "filter": lambda rows: list(rows.filter(name="x").exclude(name="y").order_by("name").distinct()),
    "values": lambda rows: list(rows.values("name")),
    "values_list": lambda rows: list(rows.values_list("name", flat=True)),
    "annotate": lambda rows: list(rows.annotate(n=Count("intakes"))),
    "only": lambda rows: list(rows.only("name")),
    "dates": lambda rows: list(rows.datetimes("registered_at", "day")),
    "union": lambda rows: list(rows.union(rows)),
    "union behind a scoped one": lambda rows: list(Client.objects.across_practices().union(rows)),
    "count": lambda rows: rows.count(),
    "manager": lambda rows: Client.objects.count(),
    "exists": lambda rows: rows.exists(),
    "aggregate": lambda rows: rows.aggregate(n=Count("pk")),
    "iterator": lambda rows: list(rows.iterator()),
    "update": lambda rows: rows.update(name="x"),
    "delete": lambda rows: rows.delete(),
    "get_or_create": lambda rows: rows.get_or_create(email="noor@example.org"),
    "update_or_create": lambda rows: rows.update_or_create(email="noor@example.org", defaults={"name": "x"}),
    "subquery": lambda rows: list(Member.objects.across_practices().filter(user__in=rows.values("user"))),
    "exists subquery": lambda rows: list(
        Member.objects.across_practices().filter(Exists(rows.filter(practice=OuterRef("practice"))))
    ),
    "scalar subquery": lambda rows: list(
        Member.objects.across_practices().annotate(n=Subquery(rows.values("name")[:1]))
    ),
}


@pytest.mark.parametrize("read", UNSCOPED.values(), ids=UNSCOPED.keys())
def test_an_unscoped_read_is_refused(noor: Client, mira: Member, read) -> None:
    with pytest.raises(UnscopedRead):
        read(Client.objects.all())
    assert Client.objects.across_practices().get(pk=noor.pk).name == "Noor Haddad"


def test_every_model_that_leads_to_a_practice_is_fenced() -> None:
    """A model with a path to Practice or to a fenced model must be fenced itself."""
    ours = [model for model in apps.get_models() if model._meta.app_label in ("practice", "clients", "routines")]
    fenced = {model for model in ours if isinstance(model._default_manager.all(), TenantQuerySet)}
    leads = {
        model
        for model in ours
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model in fenced | {Practice}
    }
    assert {Client, Member, OutboundMessage, AuditEntry} <= fenced
    assert leads - fenced == set()


def test_every_fenced_model_names_a_path_that_works(practice: Practice) -> None:
    for model in apps.get_models():
        rows = model._default_manager.all()
        if isinstance(rows, TenantQuerySet):
            assert list(rows.for_practice(practice)) == [], model


def test_a_scope_shows_its_own_rows_only(noor: Client, rex: Member, practice: Practice) -> None:
    stranger = make.make_client(rex.practice, "sam@example.org", "Sam")
    assert list(Client.objects.for_practice(practice)) == [noor]
    assert list(Client.objects.for_practice(rex.practice)) == [stranger]
    assert Client.objects.across_practices().count() == 2
    assert not Client.objects.for_practice(practice).filter(pk=stranger.pk).exists()


def test_a_scope_holds_through_further_narrowing(noor: Client, practice: Practice) -> None:
    rows = Client.objects.active().for_practice(practice).filter(name__startswith="N").order_by("-name")
    assert [row.pk for row in rows[:1]] == [noor.pk]
    assert rows.values_list("email", flat=True).first() == "noor@example.org"


def test_rows_reached_from_a_row_in_hand_count_as_scoped(noor: Client, jon: Member, practice: Practice) -> None:
    noor.therapist = jon
    noor.save()
    assert list(practice.clients.all()) == [noor]
    assert jon.clients.count() == 1
    assert noor.intakes.exists() is False
    assert Client.objects.for_practice(practice).prefetch_related("intakes").get().practice == practice
    assert practice.clients.filter(name="Noor Haddad").exists()


def test_one_practice_s_rows_reached_from_another_row_do_not_open_the_rest(noor: Client, practice: Practice) -> None:
    list(practice.clients.all())
    with pytest.raises(UnscopedRead):
        list(Client.objects.all())

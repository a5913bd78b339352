"""Nothing crosses between practices, from the therapist's shelf to a client, or from a health answer to anywhere."""

import logging
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import yaml
from django.core import mail
from django.db import connection, transaction
from django.test import Client as Browser
from django.urls import resolve, reverse
from django.utils import timezone

from practice.mail import outbox
from practice.mail.models import OutboundMessage
from practice.mail.render import render
from practice.tenancy.models import User
from routines.catalog.versions import load_catalog
from routines.plans.models import Plan
from tests import make
from tests.make_intake import CATALOG, make_questionnaire
from tests.make_plan import make_starter
from tests.make_world import World, make_record, make_world

#: Pages of one kind that a crawl opens; the catalog alone has a hundred that differ only in their entry.
OF_ONE_KIND = 4
LINK = re.compile(r"""(?:href|src|action|hx-get)="([^"#]+)""")


def crawl(browser: Browser, *starts: str) -> dict[str, Any]:
    """Every page that links lead to from the starts, as this person."""
    found: dict[str, Any] = {}
    seen: dict[str, int] = {}
    waiting = list(starts)
    while waiting:
        url = waiting.pop()
        parts = urlsplit(url)
        if url in found or parts.scheme or parts.netloc or parts.path.startswith(("/static/", "/admin/jsi18n")):
            continue
        kind = resolve(parts.path).view_name if _resolves(parts.path) else parts.path
        seen[kind] = seen.get(kind, 0) + 1
        if seen[kind] > OF_ONE_KIND:
            continue
        with transaction.atomic():
            answer = browser.get(url)
            transaction.set_rollback(True)
        found[url] = answer
        if answer.get("Location"):
            waiting.append(answer["Location"])
        if "html" in answer.get("Content-Type", "") and not answer.streaming:
            waiting += [urljoin(url, link.replace("&amp;", "&")) for link in LINK.findall(answer.content.decode())]
    return found


def _resolves(path: str) -> bool:
    from django.urls import Resolver404

    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def words_of(answer: Any) -> str:
    """What a person can read in an answer, a PDF's text included."""
    if answer.streaming:
        return b"".join(answer.streaming_content).decode(errors="replace")
    if answer.get("Content-Type") == "application/pdf":
        return pdf_text(answer.content)
    return answer.content.decode(errors="replace")


def pdf_text(content: bytes) -> str:
    import io

    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(content))
    told = " ".join(str(value) for value in (reader.metadata or {}).values())
    # Lines and hyphens of the layout must not hide a word.
    return told + "".join(page.extract_text() for page in reader.pages).replace("\n", "")


def sign_in(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def rolled_back(django_db_blocker: Any) -> Any:
    """A transaction around a module's world, so that it is made once and leaves nothing."""
    import contextlib

    @contextlib.contextmanager
    def scope() -> Iterator[None]:
        with django_db_blocker.unblock(), transaction.atomic():
            yield
            transaction.set_rollback(True)

    return scope()


# ---- Between practices

CANARY = "quokkafeather"


@pytest.fixture(scope="module")
def two_worlds(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[World, World]]:
    with rolled_back(django_db_blocker):
        make_starter()
        now = timezone.now()
        ours, theirs = make_world("harbour", at=now), make_world(CANARY, at=now)
        make_record(theirs, CANARY, f"second@{CANARY}.example", at=now, protocol="general-relaxation")
        yield ours, theirs


def people_of(world: World) -> dict[str, User]:
    return {
        "owner": world.owner.user,
        "therapist": world.therapist.user,
        "reception": world.reception.user,
        "client": world.record.user,
    }


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["owner", "therapist", "reception", "client"])
def test_no_page_shows_a_word_of_another_practice(two_worlds: tuple[World, World], who: str) -> None:
    ours, _theirs = two_worlds
    pages = crawl(
        sign_in(people_of(ours)[who]), "/", "/me/", "/today/", "/clients/", "/plans/", "/audit/", "/messages/"
    )
    assert len(pages) > {"owner": 60, "therapist": 55, "reception": 12, "client": 10}[who], sorted(pages)
    assert not [url for url, answer in pages.items() if CANARY in (url + words_of(answer)).lower()]
    assert not [url for url, answer in pages.items() if answer.status_code >= 500]


@pytest.mark.django_db
def test_the_canary_is_planted(two_worlds: tuple[World, World]) -> None:
    """The crawl proves nothing unless the owner of those words does meet them."""
    _ours, theirs = two_worlds
    pages = crawl(sign_in(theirs.owner.user), "/")
    showing = {
        resolve(urlsplit(url).path).view_name for url, answer in pages.items() if CANARY in words_of(answer).lower()
    }
    assert showing >= {
        "routines:attention_today", "clients:roster_list", "clients:roster_detail", "clients:screening_detail",
        "clients:intake_read", "routines:plan_detail", "routines:builder_edit", "practice:staff_list",
        "practice:outbox_ledger", "practice:audit_list", "routines:handout_staff",
    }  # fmt: skip


@pytest.mark.django_db
def test_search_and_paging_stay_inside(two_worlds: tuple[World, World]) -> None:
    ours, theirs = two_worlds
    browser = sign_in(ours.owner.user)
    record = theirs.record
    for url in (
        f"/clients/?q={CANARY}", f"/messages/?client={record.client.pk}", f"/messages/?q={CANARY}",
        f"/audit/?client={record.client.pk}", f"/audit/?by={theirs.owner.user.pk}", f"/plans/?page=2&q={CANARY}",
    ):  # fmt: skip
        answer = browser.get(url)
        said = words_of(answer).replace(f'value="{CANARY}"', "").replace(f"“{CANARY}”", "").replace(f"q={CANARY}", "")
        assert f"{CANARY} client" not in said, url
        assert f"{CANARY}.example" not in said, url


# ---- From the therapist's shelf to a client

INTERNAL = "wombatwhisper"


def with_canaries(document: dict[str, Any]) -> dict[str, Any]:
    """The real catalog with a canary in everything that only therapists may read."""
    for zone in document["zones"]:
        zone["name"] = f"{zone['name']} {INTERNAL}"
        zone["associated_with"] = [*(zone.get("associated_with") or []), INTERNAL]
        zone["cautions"] = [*(zone.get("cautions") or []), INTERNAL]
        zone["notes"] = INTERNAL
        zone["traditional_claims_internal"] = [*(zone.get("traditional_claims_internal") or []), INTERNAL]
    _mark_inside(document)
    return document


def _mark_inside(node: Any) -> None:
    """`conflict` and every `*_internal` key, wherever they stand; and a protocol's remark beside a step."""
    if isinstance(node, list):
        for entry in node:
            _mark_inside(entry)
    if isinstance(node, dict):
        for key, value in node.items():
            if (key.endswith("_internal") or key == "conflict") and isinstance(value, str):
                node[key] = f"{value} {INTERNAL}"
            elif key == "steps" and isinstance(value, list):
                for step in value:
                    if isinstance(step, dict):
                        step["note"] = INTERNAL
            _mark_inside(value)


@pytest.fixture(scope="module")
def whispering(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with rolled_back(django_db_blocker):
        load_catalog(with_canaries(yaml.safe_load(CATALOG.read_text())), at=make.NOON)
        make_questionnaire()
        world = make_world("lagoon", at=timezone.now(), protocol="plantar-phased")
        plan = world.record.plan
        plan.therapist_note = INTERNAL
        plan.save()
        for step in plan.phases.first().steps.all():
            step.hint = INTERNAL
            step.save()
        yield world


@pytest.mark.django_db
def test_a_client_never_reads_the_shelf(whispering: World) -> None:
    record = whispering.record
    browser = sign_in(record.user)
    pages = crawl(
        browser, "/me/", "/me/letters/", "/me/plan/", "/me/history/", "/me/account/", "/me/intake/",
        reverse("routines:session_run", args=[record.session.pk]),
        reverse("routines:handout_client", args=[record.plan.pk]),
        reverse("routines:calendar_file", args=[record.plan.pk]),
        reverse("routines:reminders_stop", args=[record.stop_token]),
        reverse("clients:invitation_open", args=[record.token]),
        reverse("routines:handout_check", args=[record.plan.current_version.code]),
    )  # fmt: skip
    kinds = {answer.get("Content-Type", "").partition(";")[0] for answer in pages.values()}
    assert kinds >= {"text/html", "application/pdf", "text/calendar"}
    assert not [url for url, answer in pages.items() if INTERNAL in words_of(answer).lower()]


@pytest.mark.django_db
def test_the_shelf_is_there_for_therapists(whispering: World) -> None:
    browser = sign_in(whispering.therapist.user)
    built = words_of(browser.get(reverse("routines:builder_edit", args=[whispering.record.plan.pk])))
    assert built.count(INTERNAL) > 10


@pytest.mark.django_db
def test_what_is_frozen_for_the_client_holds_nothing_of_the_shelf(whispering: World) -> None:
    assert INTERNAL not in str(whispering.record.plan.current_version.content)


@pytest.mark.django_db
def test_no_mail_tells_the_shelf_or_anything_of_health(whispering: World) -> None:
    """Every message that a full record made, rendered as it would leave."""
    messages = list(OutboundMessage.objects.across_practices())
    assert {message.kind for message in messages} >= {"intake_invitation", "plan_ready"}
    for message in messages:
        letter = render(message)
        said = " ".join([letter.subject, letter.body, *(str(part[0]) for part in letter.alternatives)]).lower()
        assert INTERNAL not in said
        for word in ("notes", "words", "note", "letter", "surgery", "title", "phase", "focus", "hint", "signature"):
            assert f"lagoon {word}" not in said, f"{message.kind} tells “{word}”"


# ---- From a health answer to anywhere

HEALTH = "numbatsecret"


@pytest.fixture
def talkative(db: None) -> World:
    make_starter()
    return make_world(HEALTH, at=timezone.now(), heel_arch_pain=3, heel_pain_side="right",
                      heel_pain_course="new_or_improving", heel_pain_assessed="yes")  # fmt: skip


#: What stands open in the database on purpose: names, addresses, and what a client or colleague reads as a label.
OPEN_WORDS = (
    "client",
    "owner",
    "therapist",
    "reception",
    "practice",
    "phone",
    "diploma",
    "title",
    "phase",
    "focus",
    "hint",
)
#: What a person wrote about health, or what was said of it.
SEALED_WORDS = (
    "notes", "words", "letter", "surgery", "signature", "session note", "step note", "note to the client",
    "note for the practice",
)  # fmt: skip


def test_health_is_sealed_in_every_table(talkative: World) -> None:
    """Reads the rows as the database keeps them, whatever the server."""
    kept = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            kept += [(table, str(row).lower()) for row in cursor.fetchall()]
    assert any(f"{HEALTH} client" in row for _table, row in kept)
    for words in SEALED_WORDS:
        assert not [table for table, row in kept if f"{HEALTH} {words}" in row], words
    answers = [table for table, row in kept if "new_or_improving" in row and table != "clients_questionnaireversion"]
    assert not answers, "an answer stands open"


@pytest.mark.django_db
def test_health_is_in_no_address(talkative: World) -> None:
    for person in people_of(talkative).values():
        for url, answer in crawl(sign_in(person), "/", "/me/").items():
            links = LINK.findall(words_of(answer)) if "html" in answer.get("Content-Type", "") else []
            for address in (url, answer.get("Location", ""), *links):
                assert not [
                    words for words in SEALED_WORDS if f"{HEALTH}{words}" in re.sub(r"[^a-z]", "", address.lower())
                ]
                assert HEALTH not in address.replace("mailto:", "").split("@")[0] or "example" in address, address


@pytest.mark.django_db
def test_health_is_in_no_log(talkative: World, caplog: pytest.LogCaptureFixture) -> None:
    """Names and answers alike, at the most talkative level, refusals included."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)  # never on outside DEBUG
    for person in people_of(talkative).values():
        crawl(sign_in(person), "/", "/me/")
    plan: Plan = talkative.record.plan
    browser = sign_in(talkative.therapist.user)
    browser.post(
        reverse("routines:builder_change_plan", args=[plan.pk]),
        {"title": f"{HEALTH} cures cancer", "note_to_client": HEALTH},
    )
    browser.post(reverse("routines:session_end", args=[talkative.record.session.pk]), {"note": HEALTH, "comfort": "99"})
    outbox.send_due(timezone.now())
    assert mail.outbox or OutboundMessage.objects.across_practices().exists()
    said = "\n".join(record.getMessage() + str(record.exc_text or "") for record in caplog.records).lower()
    assert HEALTH not in said
    assert "new_or_improving" not in said

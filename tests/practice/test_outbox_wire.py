"""Our own writing of a message says what Django's would, for every name."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.core.mail import EmailMultiAlternatives
from hypothesis import given
from hypothesis import strategies as st

from practice.mail.mime import wire_bytes
from practice.mail.render import one_line

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=3000)


def read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)  # type: ignore[arg-type]


def undotted(raw: bytes) -> bytes:
    assert raw.endswith(b"\r\n.\r\n")
    assert raw.count(b"\r\n.\r\n") == 1
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert all(len(line) <= 1000 for line in raw.split(b"\r\n"))
    return raw[:-3].replace(b"\r\n..", b"\r\n.")


@given(subject=TEXT, body=TEXT, html=st.none() | TEXT)
def test_says_what_django_would(subject: str, body: str, html: str | None) -> None:
    email = EmailMultiAlternatives(
        subject=one_line(subject, 150),
        body=body + "\n",
        from_email="=?utf-8?q?F=C3=BC=C3=9Fe?= <routines@practice.example>",
        to=["noor@example.org"],
        reply_to=["desk@practice.example"],
        headers={"Message-ID": "<1@practice.example>", "List-Unsubscribe": f"<https://p.example/{'x' * 200}>"},
    )
    if html is not None:
        email.attach_alternative(html, "text/html")
    ours, theirs = read(undotted(wire_bytes(email))), read(email.message().as_bytes())
    assert set(ours.keys()) == set(theirs.keys())
    for name in ("Subject", "From", "To", "Reply-To", "Message-ID", "List-Unsubscribe", "MIME-Version"):
        assert str(ours[name]).split() == str(theirs[name]).split()
    mine, django = ([part for part in each.walk() if not part.is_multipart()] for each in (ours, theirs))
    assert [part.get_content_type() for part in mine] == [part.get_content_type() for part in django]
    for part, text in zip(mine, [body + "\n", *([html] if html is not None else [])], strict=True):
        wanted = text.replace("\r\n", "\n").replace("\r", "\n")
        assert part.get_payload(decode=True).decode().replace("\r\n", "\n").rstrip("\n") == wanted.rstrip("\n")


@pytest.mark.parametrize("name", ["Subject", "X-Own"])
def test_no_header_begins_another(name) -> None:
    email = EmailMultiAlternatives("Hello", "", "a@example.org", ["b@example.org"])
    if name == "Subject":
        email.subject = "Hello\r\nBcc: all@example.org"
    else:
        email.extra_headers = {name: "x\nBcc: all@example.org"}
    with pytest.raises(ValueError, match=name):
        wire_bytes(email)


def test_an_address_stays_an_address_in_any_script() -> None:
    email = EmailMultiAlternatives(
        "Hello", "x", "Praxis Müller <routines@practice.example>", ["Jörg <a@müller.example>"], reply_to=["b@müller.de"]
    )
    ours, theirs = read(undotted(wire_bytes(email))), read(email.message().as_bytes())
    for name in ("From", "To", "Reply-To"):
        assert ours[name].addresses == theirs[name].addresses
    assert str(ours["From"].addresses[0]) == "Praxis Müller <routines@practice.example>"
    assert ours["To"].addresses[0].addr_spec == "a@xn--mller-kva.example"

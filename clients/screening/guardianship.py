"""For a minor a guardian signs: whose signature that can be, and what is found where it is missing. Pure."""

from __future__ import annotations

import contextlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from clients.screening.age import AGE
from clients.screening.findings import Cause, Finding, Screening, worst_outcome

#: Years. The questionnaire asks everybody younger about a guardian; a practice may ask for longer, never for less.
ADULT = 18
#: Words behind a name that parent and child share.
_TELLS_APART = frozenset({"senior", "sr", "snr", "mother", "father", "mum", "mom", "dad", "guardian"})
#: Left out rather than read as a space.
_APOSTROPHES = "'\u2019\u02bc"
#: Providers that ignore dots in an address, by the name under which they are compared.
_DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


@dataclass(frozen=True)
class GuardianSignature:
    """How the answers in force were signed. `unreached`: the guardian's copy came back, so nobody knows of them."""

    by_guardian: bool = False
    unreached: bool = False

    @property
    def counts(self) -> bool:
        return self.by_guardian and not self.unreached


def needs_guardian(age: int | None, *, age_of_consent: int = ADULT) -> bool:
    return age is not None and age < max(ADULT, age_of_consent)


def with_guardianship(screening: Screening, signature: GuardianSignature) -> Screening:
    """The same screening, INCOMPLETE at least for a minor whose answers no guardian has signed."""
    age = screening.answers.get(AGE)
    if not isinstance(age, int) or not needs_guardian(age) or signature.counts:
        return screening
    finding = Finding(
        rule="guardian-unreached" if signature.by_guardian else "guardian-missing",
        outcome="INCOMPLETE",
        kind="signature",
        causes=(Cause(AGE, age, age),),
        rationale=_("The copy for the parent or guardian came back, so the signature does not count.")
        if signature.by_guardian
        else _("Under 18, a parent or guardian has to sign. These answers were signed as the client's own."),
        advice=_("Send a new invitation and ask the parent or guardian to sign with an e-mail address of their own."),
        client_message=_("A parent or guardian has to sign these answers before a routine can be used."),
    )
    findings = (*screening.findings, finding)
    return replace(screening, findings=findings, overall=worst_outcome(findings))


def is_same_name(one: str, other: str) -> bool:
    """Whether two names are the same person's, whatever the case, accents, spaces, order, initials or names left out.

    A parent who has the child's name tells the two apart by a word behind it, such as “senior”.
    """
    first, second = _words(one), _words(other)
    if (first ^ second) & _TELLS_APART:
        return False
    if sorted("".join(first)) == sorted("".join(second)):
        return True
    return bool(first and second) and (_is_within(first, second) or _is_within(second, first))


def _words(name: str) -> frozenset[str]:
    spread = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(letter for letter in spread if unicodedata.category(letter) not in ("Mn", "Cf"))
    return frozenset("".join(_letters(plain)).split())


def _letters(text: str) -> Iterator[str]:
    yield from (letter if letter.isalnum() else "" if letter in _APOSTROPHES else " " for letter in text)


def _is_within(few: frozenset[str], many: frozenset[str]) -> bool:
    return all(any(word == other or (len(word) == 1 and other.startswith(word)) for other in many) for word in few)


def is_same_mailbox(one: str, other: str) -> bool:
    """Whether two addresses reach one person: case, a “+tag” and a provider's ignored dots make no difference."""
    return bool(one and other) and _mailbox(one) == _mailbox(other)


def _mailbox(address: str) -> tuple[str, str]:
    local, _at, domain = address.strip().casefold().rpartition("@")
    local, domain = local.partition("+")[0], domain.rstrip(".")
    with contextlib.suppress(UnicodeError):
        domain = domain.encode("idna").decode()
    return (local.replace(".", "") if domain in _DOTLESS else local), _DOTLESS.get(domain, domain)

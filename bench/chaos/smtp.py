"""A mail server in every kind of trouble: nothing is lost, refusals are tried once, doubt is held, others go on."""

import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from django.utils import timezone

from bench.chaos import verdict, world
from bench.chaos.bad_tls import TlsServer
from bench.chaos.mail_trouble import (
    BEHAVIOURS,
    FAILED,
    GARBAGE,
    STEPS,
    UNCONFIRMED,
    ByRecipient,
    Case,
    one_byte_a_second,
)
from bench.chaos.options import Options
from bench.chaos.promises import Promise, at_most, known, none_of
from bench.chaos.site import Site
from practice.mail.models import OutboundMessage
from practice.mail.outbox import compose, queue_all
from tests.bad_smtp import Answer, drop, reset, stall

BAR = 60.0
#: One message in so many meets the trouble; those that make everybody wait are kept to a number.
ONE_IN, MOST_BREAKS = 4, 10
#: Trouble with the whole server: (where, what).
WINDOWS: dict[str, tuple[str, Answer]] = {
    "421 at once": ("greeting", "421 closing"),
    "450 at once": ("greeting", "450 later"),
    "550 at once": ("greeting", "550 not you"),
    "552 to the sender": ("mail", "552 full"),
    "554 at once": ("greeting", "554 no"),
    "stalled greeting": ("greeting", stall),
    "stalled EHLO": ("ehlo", stall),
    "stalled MAIL": ("mail", stall),
    "dropped": ("greeting", drop),
    "reset": ("greeting", reset),
    "garbage": ("greeting", GARBAGE),
    "1 byte a second": ("greeting", one_byte_a_second),
}
WINDOWS_IN_SMALL = 2
SECONDS_A_BREAK = 10.0


@dataclass(frozen=True)
class Sent:
    """A message of this run: its address, its Message-ID and the case that it meets."""

    address: str
    message_id: str
    case: Case | None = None


def run(site: Site, options: Options) -> list[Promise]:
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # the TLS server's surprise at being refused
    chance, server = random.Random(options.seed), ByRecipient()
    site.env["EMAIL_URL"] = server.url
    site.add_redis()
    site.add_worker(1)
    site.add_worker(2)
    site.add_beat()
    site.start()
    found = _strikes(server, _cases(options, chance), options)
    names = list(WINDOWS) if options.full else chance.sample(list(WINDOWS)[:-1], WINDOWS_IN_SMALL)
    lates = {"refused connection": _window(server, options, _refused(server))}
    for name in names:
        lates[name] = _window(server, options, _trouble(server, *WINDOWS[name]))
    lates["bad TLS"] = _bad_tls(site, server, options)
    found += [at_most(f"{name}: the last leaves after its end", late, BAR) for name, late in lates.items()]
    taken = Counter(message_id for _at, _address, message_id in server.taken)
    return [*found, none_of("lost", _lost()), *verdict.taken_once(taken)]


def _cases(options: Options, chance: random.Random) -> list[Case]:
    """Every behaviour at every step; in the small size the slowest at one step only."""
    every = [Case(name, step) for name in BEHAVIOURS for step in STEPS]
    slow = [case for case in every if case.name == "1 byte a second"]
    return every if options.full else [case for case in every if case not in slow] + [chance.choice(slow)]


# ---- Trouble with single messages


def _strikes(server: ByRecipient, cases: list[Case], options: Options) -> list[Promise]:
    began = time.monotonic()
    sent = [one for number, case in enumerate(cases) for one in _lot(server, case, number, options.n)]
    # Each break makes everybody wait for a while, and the next comes with the next message.
    _wait(options.patience + 60 + SECONDS_A_BREAK * sum(one.case is not None for one in sent))
    accepted = {address: at for at, address, _key in server.taken}
    states = world.message_states()
    struck = [one for one in sent if one.case]
    others = [accepted.get(one.address, float("inf")) - max(began, server.last_strike) for one in sent if not one.case]
    wrong = [one for one in struck if one.case and states[one.message_id] != one.case.ends]
    for one in wrong:
        print(f"  {one.case}: {states[one.message_id]}", flush=True)
    refused = [one for one in struck if one.case and one.case.is_refusal]
    held = [one for one in struck if one.case and one.case.ends == UNCONFIRMED]
    return [
        known("kinds of trouble x messages, of which struck", f"{len(cases)} x {options.n}, {len(struck)}"),
        none_of("struck messages that did not end as they should", len(wrong)),
        none_of("5xx tried more than once", sum(server.named[one.address] != 1 for one in refused)),
        none_of("in doubt, yet handed over more than once", sum(server.bodies[one.address] != 1 for one in held)),
        at_most("others: the last leaves after the trouble's end", max(0.0, *others), BAR),
    ]


def _lot(server: ByRecipient, case: Case, number: int, count: int) -> list[Sent]:
    struck = max(1, count // ONE_IN)
    if not case.is_refusal and case.name != "450":
        struck = min(struck, MOST_BREAKS)
    addresses = [f"m{number}-{each}@example.org" for each in range(count)]
    met = dict.fromkeys(addresses[:struck], case)
    server.cases.update(met)
    return [Sent(row.to_email, row.message_id, met.get(row.to_email)) for row in _queue(addresses)]


def _queue(addresses: list[str]) -> list[OutboundMessage]:
    now, context = timezone.now(), {"name": "Noor", "url": "http://localhost/"}
    return queue_all([compose("plan_ready", to=address, at=now, context=context) for address in addresses])


def _wait(seconds: float) -> None:
    verdict.wait_settled([], seconds)


def _lost() -> int:
    """Neither accepted, nor refused for good with the reason, nor in doubt and listed."""
    rows = OutboundMessage.objects.across_practices()
    failed_silently = rows.filter(state=FAILED, reason="").count()
    return rows.filter(state__in=OutboundMessage.OPEN_STATES).count() + failed_silently


# ---- Trouble with the whole server


#: Whether somebody has met the trouble.
Met = Callable[[], bool]


@contextmanager
def _refused(server: ByRecipient) -> Iterator[Met]:
    began = time.monotonic()
    server.refuse()
    yield lambda: time.monotonic() - began > 2
    server.listen_again()


@contextmanager
def _trouble(server: ByRecipient, step: str, answer: Answer) -> Iterator[Met]:
    before = server.steps.count(step)
    server.answers[step] = answer
    yield lambda: server.steps.count(step) > before
    server.answers.pop(step)


def _window(server: ByRecipient, options: Options, trouble: AbstractContextManager[Met]) -> float:
    """Messages are queued while the trouble is on, and it ends once it was met. Seconds from there to the last."""
    with trouble as met:
        sent = _queue([f"w{time.monotonic_ns()}-{each}@example.org" for each in range(options.n)])
        until = time.monotonic() + BAR
        while not met() and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(1)
    return _last_after(time.monotonic(), sent, lambda: {address: at for at, address, _key in server.taken}, options)


def _last_after(
    end: float, sent: list[OutboundMessage], taken: Callable[[], dict[str, float]], options: Options
) -> float:
    _wait(options.patience)
    accepted = taken()
    return max(0.0, max(accepted.get(one.to_email, float("inf")) - end for one in sent))


def _bad_tls(site: Site, server: ByRecipient, options: Options) -> float:
    """The worker is told to use TLS; the server's certificate is one that nobody trusts, then a good one."""
    for name in ("worker1", "worker2"):
        site.parts[name].kill()
    with TlsServer(site.folder) as tls:
        site.add_worker(3, EMAIL_URL=f"smtp+tls://127.0.0.1:{tls.port}", SSL_CERT_FILE=str(tls.trusted))
        site.start("worker3")
        tls.start(trusted=False)
        sent = _queue([f"t{each}@example.org" for each in range(options.n)])
        until = time.monotonic() + BAR
        while not tls.met and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(1)
        tls.start(trusted=True)
        late = _last_after(time.monotonic(), sent, lambda: {address: at for at, address, _key in tls.taken}, options)
        server.taken += tls.taken
    return late

"""Races of "no more reminders" and "pause this plan" against the sending: after the answer nothing begins any more."""

import http.client
import random
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.urls import reverse
from django.utils import timezone

from bench.chaos import verdict, world
from bench.chaos.options import Options
from bench.chaos.promises import Promise, known, none_of
from bench.chaos.sink import Event, Reader
from bench.chaos.site import Site
from bench.chaos.world import Person
from clients.roster.models import Client
from routines.reminders.send import unsubscribe_url
from routines.reminders.skip_reasons import NO_WISH, NOT_NOW

START_SECONDS, SECONDS_EACH = 8.0, 0.12
#: The mail server dawdles up to so long at each step, so that a stop can fall between any two.
STALL = 0.15
HANDS = 8


@dataclass(frozen=True)
class Stopped:
    person: Person
    how: str
    status: int
    answered_at: float


def run(site: Site, options: Options) -> list[Promise]:
    people = world.fill(world.spread(options.n * SECONDS_EACH, options.n), START_SECONDS)
    doors = Doors(site, people)
    site.add_redis()
    site.add_sink(stall=STALL, seed=options.seed)
    site.add_web()
    site.add_worker(1)
    site.add_worker(2)
    site.add_beat()
    site.start()
    stopped = Racers(site, doors, people, random.Random(options.seed)).race()
    verdict.wait_settled(people, options.patience)
    time.sleep(2)
    return _promises(people, stopped, site.events())


def _promises(people: list[Person], stopped: list[Stopped], events: list[Event]) -> list[Promise]:
    answered = {one.person.address: one.answered_at for one in stopped}
    late = [event for event in events if event.kind == "begun" and event.at > answered[event.address]]
    offered, begun = ({event.address for event in events if event.kind == kind} for kind in ("rcpt", "begun"))
    worst = max((event.at - answered[event.address] for event in late), default=0.0)
    return [
        *verdict.each_once(people, events, skips=(NO_WISH, NOT_NOW)),
        known("stopped before the offer, between offer and body, after", _where(len(people), offered, begun)),
        none_of("stops not answered with success", sum(one.status not in (200, 302) for one in stopped)),
        none_of("bodies begun after the answer" + (f", at worst {worst * 1000:.1f} ms" if late else ""), len(late)),
        none_of("people who were never stopped", len(people) - len(answered)),
    ]


def _where(count: int, offered: set[str], begun: set[str]) -> str:
    return f"{count - len(offered)}, {len(offered - begun)}, {len(begun)}"


class Doors:
    """The two ways to stop, as a mail program and a therapist's browser use them."""

    def __init__(self, site: Site, people: list[Person]) -> None:
        self._port, self._host = site.port, urlsplit(site.url).netloc
        clients = Client.objects.across_practices().in_bulk([one.client for one in people])
        self._links = {one.address: urlsplit(unsubscribe_url(clients[one.client])).path for one in people}
        self._session = self._signed_in()

    def unsubscribe(self, person: Person) -> int:
        return self._post(self._links[person.address], {"List-Unsubscribe": "One-Click"}, {})

    def suspend(self, person: Person) -> int:
        token = "c" * 32
        cookies = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={self._session}; {settings.CSRF_COOKIE_NAME}={token}"}
        return self._post(reverse("routines:plan_suspend", args=[person.plan]), {"csrfmiddlewaretoken": token}, cookies)

    def _post(self, path: str, fields: dict[str, str], headers: dict[str, str]) -> int:
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        form = {"Content-Type": "application/x-www-form-urlencoded", "Host": self._host}
        try:
            line.request("POST", path, urlencode(fields), {**form, **headers})
            answer = line.getresponse()
            answer.read()
            return answer.status
        finally:
            line.close()

    def _signed_in(self) -> str:
        user = world.therapist().user
        store = import_module(settings.SESSION_ENGINE).SessionStore()
        store[SESSION_KEY] = str(user.pk)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        store.create()
        return str(store.session_key)


class Racers:
    """One third stop around the due moment, two thirds a little after they saw the offer begin at the mail server."""

    def __init__(self, site: Site, doors: Doors, people: list[Person], chance: random.Random) -> None:
        self._log, self._chance = Reader(site.sink_log), chance
        self._people = {one.address: one for one in people}
        self._ways: tuple[Callable[[Person], int], ...] = (doors.unsubscribe, doors.suspend)
        self._blind = {one.address: one.due_at.timestamp() + chance.uniform(0, 2.0) for one in people[::3]}
        self._last = max(one.due_at for one in people) + timedelta(seconds=10)

    def race(self) -> list[Stopped]:
        begun: dict[str, Future[Stopped]] = {}
        with ThreadPoolExecutor(HANDS) as hands:
            while len(begun) < len(self._people):
                for address in self._whose_turn():
                    if address not in begun:
                        person, how = self._people[address], self._chance.randrange(2)
                        begun[address] = hands.submit(self._stop, person, how, self._chance.uniform(0, STALL * 2))
                time.sleep(0.002)
            return [one.result() for one in begun.values()]

    def _whose_turn(self) -> list[str]:
        now = timezone.now()
        if now > self._last:
            return list(self._people)
        seen = [event.address for event in self._log.more() if event.kind == "rcpt"]
        return [one for one in seen if one not in self._blind] + [
            address for address, at in self._blind.items() if at <= now.timestamp()
        ]

    def _stop(self, person: Person, how: int, after: float) -> Stopped:
        time.sleep(0 if person.address in self._blind else after)
        way = self._ways[how]
        status = way(person)
        return Stopped(person, way.__name__, status, time.monotonic())

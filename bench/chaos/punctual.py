"""Many reminders for the same instant, two workers: how late the mail server has them, and that none is early."""

from django.utils import timezone

from bench.chaos import verdict, world
from bench.chaos.options import Options
from bench.chaos.promises import Promise, at_most, known, none_of
from bench.chaos.site import Site

START_SECONDS = 8.0
BAR = 60.0


def run(site: Site, options: Options) -> list[Promise]:
    people = world.fill([0.0] * options.n, START_SECONDS)
    due = people[0].due_at
    site.add_redis()
    site.add_sink()
    site.add_worker(1)
    site.add_worker(2)
    site.add_beat()
    site.start()
    verdict.wait_settled(people, options.patience + (due - timezone.now()).total_seconds())
    events = site.events()
    at = world.on_clock(due)
    late = sorted(event.at - at for event in events if event.kind == "taken")
    early = sum(event.at < at for event in events if event.kind == "rcpt")
    # What never came is later than all others.
    late += [float("inf")] * (options.n - len(late))
    return [
        *verdict.each_once(people, events),
        known("lateness: median, last", f"{late[len(late) // 2]:.1f} s, {late[-1]:.1f} s"),
        at_most("lateness: 99th percentile", late[max(0, round(0.99 * len(late)) - 1)], BAR),
        none_of("begun before they were due", early),
    ]

"""Wall time where people live."""

from datetime import UTC, date, datetime

from practice.core.clock import local_now, local_today

EVENING = datetime(2026, 3, 16, 23, 30, tzinfo=UTC)


def test_one_instant_on_the_clocks_of_three_places() -> None:
    told = {zone: f"{local_now(EVENING, zone):%d %H:%M}" for zone in ("UTC", "Europe/Berlin", "America/New_York")}
    assert told == {"UTC": "16 23:30", "Europe/Berlin": "17 00:30", "America/New_York": "16 19:30"}
    assert (local_today(EVENING, "UTC"), local_today(EVENING, "Europe/Berlin")) == (
        date(2026, 3, 16),
        date(2026, 3, 17),
    )

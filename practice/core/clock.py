"""Wall time where people live."""

import zoneinfo
from datetime import date, datetime


def local_now(at: datetime, time_zone: str) -> datetime:
    """`at` (aware) on the clocks of `time_zone`."""
    return at.astimezone(zoneinfo.ZoneInfo(time_zone))


def local_today(at: datetime, time_zone: str) -> date:
    return local_now(at, time_zone).date()

"""The clock and the working days of the businesses: one time zone, and times in UTC everywhere else."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/London")
WORKING_DAYS = range(5)  # Monday to Friday


def local(moment: datetime) -> datetime:
    """The same moment on that clock."""
    return moment.astimezone(ZONE)


def day_of(moment: datetime) -> date:
    """The calendar day of a moment."""
    return local(moment).date()

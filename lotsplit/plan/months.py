"""Calendar months as whole numbers: year * 12 + month - 1, so that months subtract and compare."""

from __future__ import annotations

import calendar
from datetime import date

Month = int


def month_of(day: date) -> Month:
    """The month in which a day lies."""
    return day.year * 12 + day.month - 1


def month(year: int, number: int) -> Month:
    """The month of a year, `number` from 1 to 12."""
    return year * 12 + number - 1


def first_day(m: Month) -> date:
    """The first day of a month."""
    return date(m // 12, m % 12 + 1, 1)


def last_day(m: Month) -> date:
    """The last day of a month."""
    year, number = m // 12, m % 12 + 1
    return date(year, number, calendar.monthrange(year, number)[1])


def iso_month(m: Month) -> str:
    """A month as "YYYY-MM"."""
    return f"{m // 12:04d}-{m % 12 + 1:02d}"


def fiscal_year(m: Month, starts_in: int) -> int:
    """The fiscal year of a month, named by the calendar year in which it starts (model, section 4).

    `starts_in`: the month, 1 to 12, in which the fiscal year starts.
    """
    year, number = m // 12, m % 12 + 1
    return year if number >= starts_in else year - 1

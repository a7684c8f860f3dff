"""When a request of a data subject has to be answered."""

import calendar
from datetime import date, timedelta

SATURDAY = 5


def answer_by(received: date, number: int, unit: str) -> date:
    """The last day to answer what came in on ``received``.

    Periods in months end on the day of the same number, or the last of the month; those in
    months and days that end on a weekend run on to Monday (Regulation 1182/71, Art. 3).

    >>> answer_by(date(2026, 1, 31), 1, "months")  # the 28th is a Saturday
    datetime.date(2026, 3, 2)
    >>> answer_by(date(2026, 6, 5), 15, "working_days")  # a Friday
    datetime.date(2026, 6, 26)
    """
    if unit == "working_days":
        return _working_days_after(received, number)
    if unit == "months":
        return _working_day_from(_months_after(received, number))
    return _working_day_from(received + timedelta(days=number))


def _months_after(day: date, number: int) -> date:
    years, month = divmod(day.month - 1 + number, 12)
    year = day.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _working_day_from(day: date) -> date:
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return day


def _working_days_after(day: date, number: int) -> date:
    for _ in range(number):
        day = _working_day_from(day + timedelta(days=1))
    return day

"""Dates as authors write them: a year, a month or a day."""

from __future__ import annotations

from datetime import date, timedelta

from kartu.load.names import DATE


def days_of(written: str) -> tuple[date, date] | None:
    """The first and the last day of `2026`, `2026-11` or `2026-11-24`; None for anything else."""
    if not DATE.fullmatch(written):
        return None
    year, month, day = (*map(int, written.split("-")), 0, 0)[:3]
    try:
        first = date(year, month or 1, day or 1)
        if day:
            return first, first
        following = date(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1)
    except ValueError:
        return None
    return first, following - timedelta(days=1)

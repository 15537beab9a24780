"""Dates as people write them."""

from __future__ import annotations

import re

from kartu.core.patterns import pattern

_DATE = pattern(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", re.ASCII)

_MONTHS = {
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "en": "January February March April May June July August September October November December",
}


def written(date: str, language: str) -> str:
    """Returns `2026-11-23` as `23 November 2026`, and a month or a year alone likewise.

    Dates stay as they are in a language whose months are not known here.
    """
    months = _MONTHS.get(language.partition("-")[0].lower(), "").split()
    found = _DATE.fullmatch(date.strip())
    if found is None or not found[2] or not months or not 1 <= int(found[2]) <= 12:
        return date
    day = f"{int(found[3])} " if found[3] else ""
    return f"{day}{months[int(found[2]) - 1]} {found[1]}"

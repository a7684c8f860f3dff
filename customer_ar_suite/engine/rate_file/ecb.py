"""Reference rates of the European Central Bank: daily, of 90 days, all of them."""

from __future__ import annotations

from decimal import Decimal

from ..errors import EngineError, FileError, RowError
from ..tabular.dates import read_date
from ..tabular.numbers import PLAIN
from ..xml_reader import Element, read_xml
from .base import MAX_QUOTES, Quote, RateFile


def read_ecb(data: bytes) -> RateFile:
    """Quotes of ``<Cube time=…><Cube currency=… rate=…/></Cube>``: units per euro.

    :raises FileError: ``rate_file_unknown``, ``too_many_rates`` or the reader's own
    """
    root = read_xml(data)
    days = [cube for cube in root.iter("Cube") if cube.get("time")]
    if root.tag != "Envelope" or not days:
        raise FileError("rate_file_unknown")
    quotes: list[Quote] = []
    faults: list[EngineError] = []
    for day in days:
        for cube in day.findall("Cube"):
            try:
                quotes.append(_quote(day, cube))
            except RowError as error:
                faults.append(error)
        if len(quotes) > MAX_QUOTES:
            raise FileError("too_many_rates", limit=MAX_QUOTES)
    return RateFile("ecb", quotes, faults)


def _quote(day: Element, cube: Element) -> Quote:
    row = int(getattr(cube, "sourceline", 0) or 0)
    text, code = cube.get("rate", ""), cube.get("currency", "").strip().upper()
    on = read_date(day.get("time", ""))
    if on is None:
        raise RowError(
            "date_not_readable",
            row=row,
            column="time",
            value=day.get("time", "")[:60],
            order="ymd",
        )
    units = PLAIN.parse(text)
    if units is None or units <= 0 or not _is_code(code):
        raise RowError("rate_not_readable", row=row, column=code[:10], value=text[:60])
    return Quote(row, on, "EUR", code, Decimal(units))


def _is_code(code: str) -> bool:
    return len(code) == 3 and code.isascii() and code.isalpha()

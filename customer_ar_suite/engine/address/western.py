"""A street line in the Western manner: street and number, in the order of the country.

>>> read("Hauptstr. 12 a", "DE")[3:5], read("12 Main Street", "US")[3:5]
(('Hauptstr.', '12 a'), ('Main Street', '12'))
>>> read("Calle 50, 12-14", "ES")[3:5], read("PO Box 77", "US")[3:5]
(('Calle 50', '12-14'), ('PO Box 77', ''))
>>> read("17. Juni 135", "DE")[3:5]
('17. Juni', '135')
"""

from __future__ import annotations

import re

from ..text import clean
from .base import Parts

#: countries where the number stands before the street
NUMBER_FIRST = frozenset((
    "US", "CA", "GB", "IE", "AU", "NZ", "FR", "IN", "SG", "HK", "ZA", "PH", "MY",
    "KE", "NG", "LU", "IL", "TH", "EG", "PK", "LK",
))  # fmt: skip
_HOUSE = r"\d+(?: ?[a-zA-Z])?(?: ?[-/–] ?\d+(?: ?[a-zA-Z])?)?"
_FIRST = re.compile(rf"^(?P<number>{_HOUSE}),? (?P<street>\D.*)$")
_LAST = re.compile(rf"^(?P<street>.*[^\W\d_].*?)(?:,? )(?P<number>{_HOUSE})$")
_BOX = re.compile(r"^(?:p\.? ?o\.? ?box|postfach|apartado|bo[iî]te postale|bp)\b", re.I)


def read(text: str, country: str) -> Parts:
    """Street and number; a line that has no number is all street."""
    line = clean(text)
    if not _BOX.match(line):
        order = (_FIRST, _LAST) if country in NUMBER_FIRST else (_LAST, _FIRST)
        for form in order:
            if found := form.match(line):
                return Parts(street=found["street"], number=found["number"])
    return Parts(street=line)

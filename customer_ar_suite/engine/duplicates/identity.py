"""A customer in the form in which two are compared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from ..party_name import is_chinese, name_key
from ..similar import slips
from ..text import compact, fold
from . import chinese
from .words import (
    FORM_PHRASES,
    FREE_MAIL,
    GENERIC,
    LONG_FORMS,
    ONE_FORM,
    SAME_WORD,
    STREET_COMMON,
    STREET_WORD,
)

_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+")
_PARTS = re.compile(r"\d+|[^\W\d_]+")
#: digits of a telephone number that tell lines apart, whatever stands before them
PHONE_TAIL = 9
#: shorter numbers identify nobody
MIN_PHONE, MIN_NUMBER = 6, 5


class Customer(NamedTuple):
    """What is known of a customer or of a row of a file, as it is written."""

    key: int  #: id of the record, or number of the row
    name: str = ""
    tax_ids: tuple[str, ...] = ()  #: tax id, registry and other official numbers
    code: str = ""
    accounts: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    street: str = ""
    city: str = ""
    zip: str = ""
    state: str = ""
    country: str = ""
    born: str = ""  #: day of birth or of foundation


class Identity(NamedTuple):
    """The same, comparable. Numbers are compact, words are folded."""

    key: int
    name: str  #: the words of the name without its form
    words: tuple[str, ...]  #: sorted
    form: str
    chinese: chinese.ChineseName | None
    tax_ids: frozenset[str]
    code: str
    accounts: frozenset[str]
    phones: frozenset[str]
    emails: frozenset[str]
    domains: frozenset[str]
    street: str  #: its words in order, without spaces
    street_words: tuple[str, ...]
    street_numbers: frozenset[str]
    city: str
    zip: str
    state: str
    country: str
    born: str


def identity(customer: Customer) -> Identity:
    """The comparable form of a customer."""
    plain, form = _without_phrase(customer.name)
    name = name_key(plain) if plain else ""
    emails = frozenset(filter(None, map(_email, customer.emails)))
    parts = _PARTS.findall(fold(customer.street))
    street = [STREET_WORD.get(part, part) for part in parts]
    words = list(_street_words(street))
    return Identity(
        customer.key,
        name,
        _name_words(name),
        form or _form(name, plain),
        chinese.parse(customer.name) if is_chinese(customer.name) else None,
        frozenset(_numbers(customer.tax_ids, customer.country)),
        compact(customer.code),
        frozenset(_numbers(customer.accounts, "")),
        frozenset(filter(None, map(_phone, customer.phones))),
        emails,
        frozenset(_domains(emails)),
        "".join(part for part in parts if not part.isdigit()),
        tuple(sorted(words)),
        frozenset(part.lstrip("0") or "0" for part in street if part.isdigit()),
        " ".join(_WORD.findall(fold(customer.city))),
        compact(customer.zip),
        fold(customer.state),
        fold(customer.country),
        "".join(_DIGITS.findall(customer.born)),
    )


def _without_phrase(name: str) -> tuple[str, str]:
    """A name without a legal form that is written out, and that form."""
    folded = fold(name)
    if found := FORM_PHRASES.search(folded):
        rest = (folded[: found.start()] + " " + folded[found.end() :]).strip(" .,")
        if rest:
            return rest, ONE_FORM.get(re.sub(r"[\W_]", "", found[0]), "")
    return folded, ""


@lru_cache(maxsize=65_536)
def _name_words(name: str) -> tuple[str, ...]:
    found = [SAME_WORD.get(word, word) for word in name.split()]
    if len(found) > 1 and _is_form(found[-1]):
        found.pop()
    return tuple(sorted(found))


def _is_form(word: str) -> bool:
    """A legal form, also one that is long and written with a slip."""
    return word in ONE_FORM or (
        len(word) >= 9 and any(slips(word, form) <= 2 for form in LONG_FORMS)
    )


def _form(name: str, whole: str) -> str:
    """The legal form at the end of a folded name, where it is a class of its own."""
    words = _WORD.findall(whole.replace(".", ""))
    last = words[-1] if words else ""
    return "" if last in name.split() else ONE_FORM.get(last, "")


def _numbers(values: Iterable[str], country: str) -> Iterable[str]:
    for value in values:
        number = compact(value)
        prefix = country.upper()
        if prefix and len(prefix) == 2 and number.startswith(prefix):
            number = number[2:]
        elif number[:2].isalpha() and len(number) >= 9 and number[2:].isdigit():
            number = number[2:]  # a VAT number with and without its country
        if len(number) >= MIN_NUMBER and len(set(number)) > 1:
            yield number


def _phone(value: str) -> str:
    """The last digits, which neither country code nor trunk zero touch."""
    found = "".join(_DIGITS.findall(re.split("(?i)ext|x|转|分机", fold(value))[0]))
    digits = found.lstrip("0")
    if len(digits) < MIN_PHONE or len(set(digits)) == 1:
        return ""
    return digits[-PHONE_TAIL:]


def _email(value: str) -> str:
    text = fold(value)
    found = re.search(r"[^\s<>,;:\"]+@[^\s<>,;:\"]+\.[^\s<>,;:\"]+", text)
    return found[0].strip(".") if found else ""


def _domains(emails: Iterable[str]) -> Iterable[str]:
    for email in emails:
        domain = email.rpartition("@")[2]
        if domain not in FREE_MAIL:
            yield domain


def _street_words(parts: list[str]) -> Iterable[str]:
    """Words of a street that tell streets apart; Chinese ones by pairs of characters."""
    words = [part for part in parts if not part.isdigit()]
    for word in words:
        if is_chinese(word):
            yield from (word[i : i + 2] for i in range(max(1, len(word) - 1)))
        elif word not in STREET_COMMON:
            yield word


def weight(word: str) -> float:
    """What a word of a name tells, against the name itself which tells 1."""
    if word in GENERIC:
        return 0.3
    return 1.0 if len(word) > 2 or word.isdigit() else 0.6


def key_print(one: Identity) -> str:
    """What a decision about a customer rests on, as a digest: his name and numbers."""
    parts = (
        one.name,
        one.form,
        one.code,
        *(
            " ".join(sorted(values))
            for values in (one.tax_ids, one.accounts, one.phones, one.emails)
        ),
    )
    return blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()

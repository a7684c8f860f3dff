"""Kinds of values that prove themselves; doubt is no fault."""

from __future__ import annotations

from typing import Protocol

from ..identifiers import email, iban, tax_id, uscc
from ..registry import Registry
from ..tabular.phones import read_phone
from ..text import clean
from .base import Fault, Subject


class Kind(Protocol):
    """One kind of value."""

    code: str
    label: str

    def fault(self, text: str, subject: Subject) -> Fault | None:
        """What is wrong with it, or nothing."""
        ...


CHECKSUMS: Registry[Kind] = Registry("kind of a value")


@CHECKSUMS.register
class Vat:
    """A tax number of the customer's country."""

    code = "vat"
    label = "Tax ID of the country"

    def fault(self, text: str, subject: Subject) -> Fault | None:
        """A wrong check character; with the number meant where one slip explains it."""
        number, country = tax_id.plain(text), subject.country
        if number == "/" or not country:
            return None
        if tax_id.is_valid_of(number, country, subject.is_company) is not False:
            return None
        meant = uscc.one_slip(number) if country == "CN" else ""
        code = "rule_tax_id_meant" if meant else "rule_tax_id"
        return code, {"country": country, "meant": meant}


@CHECKSUMS.register
class CreditCode:
    """A unified social credit code, whatever the country."""

    code = "uscc"
    label = "Unified social credit code"

    def fault(self, text: str, subject: Subject) -> Fault | None:
        """A wrong form or check character."""
        number = tax_id.plain(text)
        if uscc.is_valid(number):
            return None
        meant = uscc.one_slip(number)
        return ("rule_tax_id_meant" if meant else "rule_uscc"), {
            "country": "CN",
            "meant": meant,
        }


@CHECKSUMS.register
class Iban:
    """An account number: if it is an IBAN, its check digits are right."""

    code = "iban"
    label = "IBAN or account number"

    def fault(self, text: str, subject: Subject) -> Fault | None:
        """A wrong IBAN, or no account number at all."""
        return None if iban.is_account(text) else ("rule_account", {})


@CHECKSUMS.register
class Email:
    """One e-mail address."""

    code = "email"
    label = "E-mail address"

    def fault(self, text: str, subject: Subject) -> Fault | None:
        """None, or several."""
        return None if email.is_email(clean(text)) else ("rule_email", {})


@CHECKSUMS.register
class Phone:
    """A telephone number that exists in the customer's country or says its own."""

    code = "phone"
    label = "Telephone number"

    def fault(self, text: str, subject: Subject) -> Fault | None:
        """Not a number of that country's plan."""
        if read_phone(text, subject.country):
            return None
        return "rule_phone", {"country": subject.country or "–"}

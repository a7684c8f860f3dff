"""The tables of the story, as typed rows."""

import csv
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent


class Customer(NamedTuple):
    """A customer; ``habit`` is how he pays, ``invoices`` how many he gets in 14 months."""

    ref: str
    name: str
    company: str  #: cn, nl, or both
    country: str
    state: str
    city: str
    street: str
    zip: str
    vat: str
    email: str
    phone: str
    lang: str
    currency: str
    terms: str
    salesperson: str
    habit: str
    invoices: int
    supplier: bool
    bank_account: str
    note: str
    industry: str  #: categories of the dimensions that are switched on
    size: str
    region: str
    type: str

    @property
    def companies(self):
        return ("cn", "nl") if self.company == "both" else (self.company,)


class Contact(NamedTuple):
    customer: str
    name: str
    function: str
    type: str
    email: str
    phone: str


class Product(NamedTuple):
    code: str
    name: str
    name_zh: str
    cost_cny: float
    prices: dict  #: currency code → list price


def _rows(name):
    with open(HERE / name, encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def customers():
    return [
        Customer(
            **{
                **row,
                "invoices": int(row["invoices"]),
                "supplier": bool(row["supplier"]),
            }
        )
        for row in _rows("customers.csv")
    ]


def contacts():
    return [Contact(**row) for row in _rows("contacts.csv")]


def products():
    return [
        Product(
            row["code"],
            row["name"],
            row["name_zh"],
            float(row["cost_cny"]),
            {
                code: float(row[f"price_{code.lower()}"])
                for code in ("CNY", "EUR", "USD")
            },
        )
        for row in _rows("products.csv")
    ]

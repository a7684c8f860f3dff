"""Labelled sets of customers: how well the engine tells who is one, and who is two.

Used by ``./dev bench duplicates`` and by the tests of the shared data. One default threshold
and one set of weights for all sets; columns that grade a product are read as the truth only.
"""

from __future__ import annotations

import csv
import importlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

Pair = tuple[int, int]


class Result(NamedTuple):
    """What came out of a set, beside the figure to reach."""

    name: str
    fed: str  #: the fields the engine was given
    precision: float
    recall: float
    f1: float
    found: int
    true: int
    anchors: dict[str, float]  #: measure -> figure of the README of the data


#: name of the set -> what it is compared with
ANCHORS: dict[str, dict[str, float]] = {
    "febrl 3": {"f1": 0.9935},
    "febrl 4": {"f1": 0.9992},
    "opensanctions": {"f1": 0.881},
    "chicago": {"f1": 0.866},
    "chinese pairs": {"recall": 0.906},
    "fodors-zagats": {"precision": 0.98, "recall": 0.94},
}


def engine(package: str) -> SimpleNamespace:
    """Return what is needed of the engine, which Odoo has under another name than pytest."""

    def part(name: str) -> Any:
        return importlib.import_module(f"{package}.engine.duplicates.{name}")

    score, identity, keys = part("score"), part("identity"), part("keys")
    return SimpleNamespace(
        customer=identity.Customer,
        identity=identity.identity,
        keys=keys.keys,
        is_strong=keys.is_strong,
        common=keys.COMMON,
        compare=score.compare,
        points=score.default_points(),
        threshold=score.THRESHOLD,
    )


def measure(folder: Path, package: str) -> Iterator[Result]:
    """Yield the result of every labelled set that is there."""
    one = engine(package)
    for read in (_febrl, _febrl_linked, _chicago, _restaurants, _names, _persons):
        yield from read(folder, one)
    for read in (_sanctions, _chinese, _listed, _dutch, _misspelled):
        yield from read(folder, one)


# -- comparing -----------------------------------------------------------------------------


def _records(
    one: SimpleNamespace,
    name: str,
    fed: str,
    rows: Iterable[tuple[Any, str]],
    sides: set[int] | None = None,
) -> Iterator[Result]:
    """Judge records by pairs: blocked by the engine's keys, found from the threshold on."""
    known, truth = [], defaultdict(list)
    for customer, label in rows:
        known.append(one.identity(customer))
        truth[label].append(customer.key)
    if not known:
        return
    true = {pair for keys in truth.values() for pair in combinations(sorted(keys), 2)}
    by_key = {other.key: other for other in known}
    found = {
        pair
        for pair in _blocked(one, known)
        if one.compare(by_key[pair[0]], by_key[pair[1]], one.points).score
        >= one.threshold
    }
    if sides is not None:
        true = {(a, b) for a, b in true if (a in sides) != (b in sides)}
        found = {(a, b) for a, b in found if (a in sides) != (b in sides)}
    yield _result(name, fed, len(found & true), len(found), len(true))


def _blocked(one: SimpleNamespace, known: list[Any]) -> set[Pair]:
    holders = defaultdict(list)
    for customer in known:
        for key in one.keys(customer):
            holders[key].append(customer.key)
    shared: Counter[Pair] = Counter()
    for key, ids in holders.items():
        if 1 < len(ids) <= one.common:
            for pair in combinations(sorted(ids), 2):
                shared[pair] += 2 if one.is_strong(key) else 1
    return {pair for pair, count in shared.items() if count > 1}


def _pairs(
    one: SimpleNamespace, name: str, rows: Iterable[tuple[str, str, bool]]
) -> Iterator[Result]:
    """Judge pairs of names that are given."""
    found = true = right = 0
    for first, second, is_same in rows:
        pair = [
            one.identity(one.customer(key, text))
            for key, text in ((1, first), (2, second))
        ]
        is_found = one.compare(*pair, one.points).score >= one.threshold
        found, true = found + is_found, true + is_same
        right += is_found and is_same
    if true:
        yield _result(name, "name", right, found, true)


def _result(name: str, fed: str, right: int, found: int, true: int) -> Result:
    precision = right / found if found else 1.0
    recall = right / true if true else 1.0
    total = precision + recall
    f1 = 2 * precision * recall / total if total else 0.0
    return Result(
        name,
        fed,
        round(precision, 4),
        round(recall, 4),
        round(f1, 4),
        found,
        true,
        ANCHORS.get(name, {}),
    )


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    path = folder / "duplicates" / f"{name}_open.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return list(csv.DictReader(file))


# -- the sets ------------------------------------------------------------------------------

_PERSON = "name, street, city, zip, state, number (tax id), date of birth"


def _person(one: SimpleNamespace, key: int, row: dict[str, str]) -> tuple[Any, str]:
    number = row["soc_sec_id"].strip()
    customer = one.customer(
        key,
        f"{row['given_name']} {row['surname']}".strip(),
        tax_ids=(number,) if number else (),
        street=f"{row['street_number']} {row['address_1']} {row['address_2']}",
        city=row["suburb"],
        zip=row["postcode"],
        state=row["state"],
        born=row["date_of_birth"],
    )
    return customer, row["true_id"]


def _febrl(folder: Path, one: SimpleNamespace) -> Iterator[Result]:
    for number in (1, 2, 3):
        rows = _rows(folder, f"febrl_dataset{number}")
        people = [_person(one, key, row) for key, row in enumerate(rows, 1)]
        yield from _records(one, f"febrl {number}", _PERSON, people)


def _febrl_linked(folder: Path, one: SimpleNamespace) -> Iterator[Result]:
    first, second = (_rows(folder, f"febrl_dataset4{side}") for side in "ab")
    people = [_person(one, key, row) for key, row in enumerate([*first, *second], 1)]
    sides = set(range(1, len(first) + 1))
    yield from _records(one, "febrl 4", _PERSON, people, sides)


def _chicago(folder: Path, one: SimpleNamespace) -> Iterator[Result]:
    sites = [
        (
            one.customer(
                key,
                row["Site name"].strip(),
                phones=(row["Phone"],) if row["Phone"].strip() else (),
                emails=(row["Email Address"],) if row["Email Address"] else (),
                street=row["Address"],
                zip=row["Zip"],
            ),
            row["True Id"],
        )
        for key, row in enumerate(_rows(folder, "chicago_childcare_sites"), 1)
    ]
    yield from _records(one, "chicago", "name, telephone, e-mail, street, zip", sites)


def _restaurants(folder: Path, one: SimpleNamespace) -> Iterator[Result]:
    first = _rows(folder, "restaurants_fodors")
    places = [
        (
            one.customer(
                key,
                row["name"],
                phones=(row["phone"],),
                street=row["addr"],
                city=row["city"],
            ),
            row["true_id"],
        )
        for key, row in enumerate([*first, *_rows(folder, "restaurants_zagats")], 1)
    ]
    sides = set(range(1, len(first) + 1))
    fed = "name, telephone, street, city"
    yield from _records(one, "fodors-zagats", fed, places, sides)


def _names(folder: Path, one: SimpleNamespace) -> Iterator[Result]:
    for name, file, column in (
        ("highradius names", "highradius_customer_name_variants", "name_customer"),
        ("patstat names", "patstat_nl_applicants", "name_raw"),
    ):
        rows = [
            (one.customer(key, row[column]), row["true_id"])
            for key, row in enumerate(_rows(folder, file), 1)
        ]
        yield from _records(one, name, "name", rows)


def _persons(folder: Path, one: SimpleNamespace) -> Iterator[Result]:
    people = [
        (
            one.customer(
                key,
                f"{row['first_name']} {row['surname']}".strip(),
                emails=(row["email"],) if row["email"] else (),
                city=row["city"],
                born=row["dob"],
            ),
            row["cluster"],
        )
        for key, row in enumerate(_rows(folder, "splink_fake1000_persons"), 1)
    ]
    yield from _records(one, "splink 1000", "name, e-mail, city, date of birth", people)


def _sanctions(folder: Path, one: SimpleNamespace) -> Iterator[Result]:
    rows = _rows(folder, "opensanctions_company_name_pairs")
    pairs = [(row["name1"], row["name2"], row["is_match"] == "true") for row in rows]
    yield from _pairs(one, "opensanctions", pairs)


def _chinese(folder: Path, one: SimpleNamespace) -> Iterator[Result]:
    rows = _rows(folder, "zh_company_name_pairs")
    pairs = [(row["name1"], row["name2"], row["is_same"] == "1") for row in rows]
    yield from _pairs(one, "chinese pairs", pairs)


def _listed(folder: Path, one: SimpleNamespace) -> Iterator[Result]:
    """Every full name is a company of its own: whatever is found is wrong."""
    companies = [
        (one.customer(key, row["公司中文名称"]), str(key))
        for key, row in enumerate(
            _rows(folder, "zh_listed_company_short_full_names"), 1
        )
    ]
    yield from _records(one, "chinese listed (all differ)", "name", companies)


def _dutch(folder: Path, one: SimpleNamespace) -> Iterator[Result]:
    rows = _rows(folder, "ing_emm_dutch_company_name_pairs")
    pairs = [(row["gt_name"], row["name"], row["correct"] == "True") for row in rows]
    yield from _pairs(one, "dutch pairs", pairs)


def _misspelled(folder: Path, one: SimpleNamespace) -> Iterator[Result]:
    rows = _rows(folder, "dnb_synthetic_company_names")
    pairs = [
        (row["company_name_true"], row["company_name_adjusted"], True) for row in rows
    ]
    yield from _pairs(one, "dnb misspelled", pairs)

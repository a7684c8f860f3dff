"""Real numbers and addresses: what proves itself is believed, slips are found."""

import csv
import os
from pathlib import Path

import phonenumbers
from stdnum.util import get_cc_module

from customer_ar_suite.engine.address import read
from customer_ar_suite.engine.correction.contact import phone as corrected
from customer_ar_suite.engine.identifiers import tax_id, uscc
from customer_ar_suite.engine.tabular.phones import read_phone

DATA = Path(os.environ["AR_SHARED_DATA"])


def table(*parts):
    with open(DATA.joinpath(*parts), newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def library_reads(text, region):
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def near(one, other):
    """One wrong character, or two neighbours swapped?"""
    places = [i for i in range(18) if one[i] != other[i]]
    if len(places) == 2 and places[1] == places[0] + 1:
        a, b = places
        return one[a] == other[b] and one[b] == other[a]
    return len(places) == 1


def test_credit_codes_and_their_slips():
    rows = table("cn_uscc", "uscc_codes_open.csv")
    valid = [row["code"] for row in rows if row["valid"] == "1"]
    for row in rows:
        number = tax_id.plain(row["code"])
        assert uscc.is_valid(number) is (row["valid"] == "1"), row
        if row["valid"] == "1":
            assert uscc.doubt(number) == "", row
    slips = [r["code"] for r in rows if r["valid"] == "0" and len(r["code"]) == 18]
    proposed = 0
    for code in slips:
        meant = [good for good in valid if len(good) == 18 and near(good, code)]
        for good in meant:
            assert good in uscc.slips(code), (code, good)
        if meant and (one := uscc.one_slip(code)):
            assert one in meant, (code, one)
            proposed += 1
    print(f"slips: {len(slips)}, one proposal each for {proposed}, none wrong")
    assert proposed >= len(slips) // 2


def test_registrations_and_their_addresses():
    for row in table("cn_uscc", "new_registrations_open.csv"):
        number = row["uscc"]
        assert uscc.is_valid(number) is (row["uscc_checksum_ok"] == "1"), row
        if not uscc.is_valid(number):
            continue
        home = uscc.describe(number)
        parts = read(row["address"], "CN")
        assert parts.province and parts.city and parts.district, row
        assert parts.street and parts.number, row
        if home.county == parts.district:
            assert (home.province, home.city) == (parts.province, parts.city), row


def test_tax_numbers():
    for row in table("tax_ids", "eu_vat_numbers_open.csv"):
        country = row["country"].upper()
        country = "GR" if country == "EL" else country
        number = tax_id.plain(row["raw"])
        assert bool(tax_id.is_valid(number, country)) is (row["valid"] == "1"), row
        if row["valid"] == "1":
            assert tax_id.normal(row["raw"], country) == row["compact"], row


def test_tax_numbers_of_other_countries():
    judged = wrong = 0
    for row in table("tax_ids", "tax_ids_open.csv"):
        scheme = row["scheme(stdnum module)"]
        country = scheme.split(".")[1]
        module = get_cc_module(country, "vat")
        if not module or module.__name__ != scheme:
            continue
        judged += 1
        found = tax_id.is_valid(tax_id.plain(row["raw"]), country.upper())
        wrong += bool(found) is not (row["valid"] == "1")
    print(f"tax numbers: {judged} judged, {wrong} otherwise than listed")
    assert judged > 1_500
    assert wrong <= judged // 100


def test_chinese_spellings_of_telephone_numbers():
    rows = table("phones", "phones_cn_written_variants_derived_open.csv")
    right = 0
    for row in rows:
        found = read_phone(row["raw"], "CN")
        assert not found or found.number == row["intended_e164"], row
        right += bool(found)
    print(f"Chinese spellings: {right} of {len(rows)}")
    assert right >= 0.97 * len(rows)


def test_examples_of_the_library():
    """All that the library reads become the listed number; none becomes another one."""
    rows = table("phones", "libphonenumber_examples_open.csv")
    real = {row["expected_e164"] for row in rows if row["expected_valid"] == "1"}
    readable = 0
    for row in rows:
        found = read_phone(row["raw"], row["default_region"])
        listed = library_reads(row["raw"], row["default_region"])
        if listed and listed == row["expected_e164"]:
            readable += 1
            assert found and found.number == row["expected_e164"], row
        elif found and row["expected_valid"] == "1":
            assert found.number == row["expected_e164"], row
        elif found:
            # 0061… written where 00 is not dialled: the number of the same example
            assert found.number in real, row
    print(f"examples the library reads: {readable} of {len(rows)}")


def test_columns_of_the_real_world():
    rows = table("phones", "phones_realworld_columns_open.csv")
    for row in rows:
        found = read_phone(row["raw"], row["default_region"])
        if found and row["expected_valid"] == "1":
            assert found.number == row["expected_e164"], row
            shown = corrected(row["raw"], row["default_region"])
            assert shown == row["raw"] or shown.startswith(row["expected_e164"]), row

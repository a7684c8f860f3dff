"""Who paid: the customer behind what the bank says of the payer.

The bank account is looked up by the ledger. What is left is decided here, surest first: a
name or account learned from an earlier receipt, a tax id or the customer's whole name in
the text, the payer's name. Whatever fits two customers identifies none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from ..ledger import Receipt
from ..party_name import is_chinese, name_key, text_keys
from ..text import compact

#: shorter names, tax ids and accounts say too little to be looked for
MIN_NAME, MIN_NUMBER = 4, 6
#: of 100: what each way to identify a payer is worth
POINTS = {
    "payer": 100,
    "payer_alias": 95,
    "payer_tax_id": 95,
    "payer_name": 80,
    "payer_in_text": 60,
    "payer_similar": 50,
}
#: words that more names than this share find none of them
COMMON = 300
#: likeness (0 to 100) from which a name is similar, and by how much it must lead
SIMILAR, LEAD = 92.0, 4.0
_NUMBER = re.compile(r"[A-Z0-9]{6,30}")

#: likeness of two name keys from 0 to 100
Likeness = Callable[[str, str], float]


class Party(NamedTuple):
    """A customer who may have paid; all from the books."""

    partner_id: int  #: commercial partner
    name: str
    tax_id: str = ""


class Alias(NamedTuple):
    """What was learned: receipts that say this came from that customer."""

    partner_id: int
    kind: str  #: ``account`` or ``name``
    key: str  #: see :func:`alias_key`


class Payer(NamedTuple):
    """Who it was, and what says so: a key of :data:`POINTS`."""

    partner_id: int
    code: str


def alias_key(kind: str, value: str) -> str:
    """The form in which a payer's account or name is remembered; empty: says too little.

    >>> alias_key("account", "NL91 ABNA 0417 1643 00"), alias_key("name", "Acme Trading Ltd.")
    ('NL91ABNA0417164300', 'acme trading')
    """
    key = compact(value) if kind == "account" else name_key(value)
    least = MIN_NUMBER if kind == "account" else MIN_NAME
    return key if _weight(key) >= least else ""


class Directory:
    """The customers and aliases of one run, ready to be looked up.

    :param likeness: compares names that are not equal; ``None``: they are not compared
    """

    def __init__(
        self,
        parties: Iterable[Party],
        aliases: Iterable[Alias] = (),
        likeness: Likeness | None = None,
    ) -> None:
        self._likeness = likeness
        self._aliases: dict[tuple[str, str], set[int]] = defaultdict(set)
        self._tax_ids: dict[str, set[int]] = defaultdict(set)
        self._names: dict[str, set[int]] = defaultdict(set)
        self._by_word: dict[str, set[str]] = defaultdict(set)
        for alias in aliases:
            self._aliases[alias.kind, alias.key].add(alias.partner_id)
        for party in parties:
            self._add(party)

    def _add(self, party: Party) -> None:
        tax_id = compact(party.tax_id)
        if len(tax_id) >= MIN_NUMBER:
            self._tax_ids[tax_id].add(party.partner_id)
        key = name_key(party.name)
        if _weight(key) >= MIN_NAME:
            self._names[key].add(party.partner_id)
            for word in _blocks(key):
                self._by_word[word].add(key)

    def identify(self, receipt: Receipt) -> Payer | None:
        """The one customer a receipt comes from, or nothing."""
        if receipt.partner_id:
            return Payer(receipt.partner_id, "payer")
        for code, found in (
            ("payer_alias", self._learned(receipt)),
            ("payer_tax_id", self._by_tax_id(receipt)),
            ("payer_name", self._by_name(receipt)),
            ("payer_in_text", self._in_text(receipt)),
            ("payer_similar", self._similar(receipt)),
        ):
            if len(found) == 1:
                return Payer(next(iter(found)), code)
            if found:
                return None
        return None

    def _learned(self, receipt: Receipt) -> set[int]:
        values = {"account": receipt.payer_account, "name": receipt.payer_name}
        found = [
            self._aliases.get((kind, alias_key(kind, value)), set())
            for kind, value in values.items()
        ]
        by_account, by_name = found
        return by_account or by_name

    def _by_tax_id(self, receipt: Receipt) -> set[int]:
        numbers = _NUMBER.findall(receipt.text.upper())
        return {pid for number in numbers for pid in self._tax_ids.get(number, ())}

    def _by_name(self, receipt: Receipt) -> set[int]:
        return self._names.get(name_key(receipt.payer_name), set())

    def _in_text(self, receipt: Receipt) -> set[int]:
        """Customers whose whole name stands in the text; of one within another the longer."""
        words, dense = text_keys(receipt.text)
        found = [
            key
            for key in self._sharing(_blocks(words) | _blocks(dense))
            if _weight(key) >= 2 * MIN_NAME
            and (key in dense if is_chinese(key) else f" {key} " in f" {words} ")
        ]
        longest = [
            key for key in found if not any(key != o and key in o for o in found)
        ]
        return {pid for key in longest for pid in self._names[key]}

    def _similar(self, receipt: Receipt) -> set[int]:
        """The customers of the name most like the payer's, if it leads clearly."""
        key = name_key(receipt.payer_name)
        if not self._likeness or _weight(key) < MIN_NAME:
            return set()
        ranked: Sequence[tuple[float, str]] = sorted(
            ((self._likeness(key, o), o) for o in self._sharing(_blocks(key))),
            reverse=True,
        )
        if not ranked or ranked[0][0] < SIMILAR:
            return set()
        near = [one for score, one in ranked if score > ranked[0][0] - LEAD]
        return {pid for one in near for pid in self._names[one]}

    def _sharing(self, blocks: Iterable[str]) -> set[str]:
        """Names that share one of these words, if few do."""
        found = (self._by_word.get(block, set()) for block in blocks)
        return {key for keys in found if len(keys) <= COMMON for key in keys}


def _weight(key: str) -> int:
    """Length of a key; a Chinese character says as much as two letters."""
    return sum(2 if is_chinese(char) else 1 for char in key)


def _blocks(key: str) -> set[str]:
    """Words by which names are found; pairs of characters where there are no words."""
    words = {word for word in key.split() if len(word) > 2}
    if is_chinese(key):
        dense = key.replace(" ", "")
        words |= {dense[i : i + 2] for i in range(len(dense) - 1)}
    return words

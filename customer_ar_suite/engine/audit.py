"""The chain that makes a rewritten audit log visible: canonical JSON, keyed links, checking.

Entries are linked one behind the other: the mark of a link is an HMAC over the entry and the
mark before it. Seals close a run of links with the time and the horizon of their transaction;
heads are copies of seals that are kept elsewhere. What was changed, taken away, put in or
moved no longer fits its mark, and without the key nobody can make marks.

Needs Python's standard library alone and imports nothing of the suite: the stand-alone
checker (``tools/verify_audit.py``) is a command line around this file.

>>> canonical({"b": 1, "a": [None, True]})
'{"a":[null,true],"b":1}'
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

#: mark before the first link and before the first seal
GENESIS = "0" * 64
#: a secret shorter than this is no secret
SECRET_LENGTH = 32
#: decimals are told from texts by a character no JSON text in PostgreSQL can hold
NUMBER = "\x00"


class Link(NamedTuple):
    """An entry of the log in its place in the chain; all of it is protected by its mark."""

    seq: int
    seal: int
    id: int
    at: str
    user_id: int
    company_id: int | None
    event: str
    model: str
    res_id: int
    partner_ref: int | None
    origin: str
    xid: int
    digest: str


class Seal(NamedTuple):
    """The end of a run of links: when it was sealed, and which transactions it can hold."""

    id: int
    first_seq: int
    last_seq: int
    at: str
    horizon: int
    mark: str
    previous: str


@dataclass(frozen=True)
class Key:
    """A secret of the server, named so that it can be replaced."""

    id: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit: what, and where."""

    code: str
    seq: int | None = None
    entry: int | None = None
    seal: int | None = None
    detail: str = ""

    def __str__(self) -> str:
        places = {"position": self.seq, "entry": self.entry, "seal": self.seal}
        where = ", ".join(
            f"{name} {at}" for name, at in places.items() if at is not None
        )
        detail = f" ({self.detail})" if self.detail else ""
        return f"{where or 'the log'}: {MEANING[self.code]}{detail}"


#: what a finding says; the screen has its own, translated sentences
MEANING = {
    "entry_changed": "the entry is not the one that was sealed",
    "entry_missing": "the sealed entry was deleted",
    "payload_changed": "the details of the entry were changed",
    "payload_erased": "the details were removed without a record of the erasure",
    "link_missing": "links of the chain are missing here",
    "link_twice": "two links claim the same position",
    "entry_unsealed": "the entry was put in later, or its seal was taken away",
    "entry_late": "the entry is dated long before the seal in front of it",
    "entry_old_transaction": "its transaction ended before the seal in front of it",
    "seal_changed": "the seal is not the one that was made",
    "seal_missing": "seals are missing here",
    "seal_range": "the seal does not close the links in front of it",
    "key_unknown": "its key is not among the keys given",
    "head_missing": "the seal is kept elsewhere but gone here: the end was cut off or an "
    "old state was restored",
    "head_differs": "another seal is kept elsewhere: the log was rewritten from here on or "
    "before",
    "record_differs": "the record was changed without an entry",
    "recording_off": "the recording was switched off",
    "file_damaged": "the line cannot be read",
    "file_incomplete": "the export was cut off",
}


# -- canonical form ------------------------------------------------------------------------


def _number(value: object) -> str:
    if isinstance(value, Decimal) and value.is_finite():
        text = format(value.normalize(), "f")
        return NUMBER + ("0" if text in ("-0", "0") else text)
    raise ValueError(f"not JSON: {value!r}")


_encode = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), allow_nan=False, default=_number
).encode


def canonical(value: Any) -> str:
    """Return the one text, in ASCII, that stands for a value read by :func:`read`.

    The order of keys, blanks and the way a number was written make no difference.
    """
    return _encode(value)


def _not_json(text: str) -> Any:
    raise ValueError(f"not JSON: {text}")


_decode = json.JSONDecoder(parse_float=Decimal, parse_constant=_not_json).decode


def read(text: str) -> Any:
    """Return the value of a JSON text; fractions stay exact."""
    return _decode(text)


# -- marks ---------------------------------------------------------------------------------


def digest(payload: Any, salt: str) -> str:
    """Return the salted digest that stands in the chain for the details of an entry.

    The details and their salt can be erased, the chain stays whole.
    """
    return hashlib.sha256((salt + canonical(payload)).encode("ascii")).hexdigest()


def link_mark(key: Key, link: Link, previous: str) -> str:
    """Return the mark of a link behind the one marked ``previous``."""
    return _mark(key, "link", previous, link)


def seal_mark(key: Key, seal: Seal) -> str:
    """Return the mark of a seal; it holds the mark of its last link and of the seal before."""
    return _mark(key, "seal", key.id, seal)


def _mark(key: Key, kind: str, previous: str, row: Any) -> str:
    text = f"{kind}{previous}{_encode(row)}"
    return hmac.digest(key.secret, text.encode("utf-8"), "sha256").hex()


def parse_keys(text: str) -> list[Key]:
    """Return the keys of ``id:secret,id:secret``; the first one seals, all of them check.

    :raise ValueError: naming the key that is wrong, never its secret
    """
    keys = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, colon, secret = part.partition(":")
        if not colon or not name.strip() or len(secret.strip()) < SECRET_LENGTH:
            raise ValueError(name.strip()[:20] if colon else "?")
        keys.append(Key(name.strip(), secret.strip().encode()))
    return keys


# -- sealing -------------------------------------------------------------------------------


def chain(
    key: Key, rows: Iterable[tuple[Any, ...]], after: tuple[int, str], seal: int
) -> Iterator[tuple[Link, str]]:
    """Link entries behind position and mark ``after``, as a part of ``seal``.

    :param rows: what :class:`Link` holds from ``id`` to ``xid``, payload text, salt
    """
    seq, mark = after
    for *values, payload, salt in rows:
        seq += 1
        content = digest(read(payload) if payload else None, salt or "")
        link = Link._make((seq, seal, *values, content))
        mark = link_mark(key, link, mark)
        yield link, mark


# -- checking ------------------------------------------------------------------------------


#: names of what a line of the export holds of an entry, in order
COLUMNS = [[*Link._fields], "mark", "key", "payload", "salt"]


@dataclass
class Checker:
    """Reads an export line by line and collects what does not fit.

    Memory does not grow with the log, but for what was erased.
    """

    keys: Mapping[str, Key]
    heads: list[dict[str, Any]] = field(default_factory=list)
    late: timedelta = timedelta(hours=24)
    most: int = 1000
    findings: list[Finding] = field(default_factory=list)
    entry_count: int = 0
    seal_count: int = 0
    unsealed_count: int = 0
    erased_count: int = 0
    is_partial: bool = False
    _seq: int = 0
    _mark: str = GENESIS
    _seal: dict[str, Any] | None = None
    _old: list[tuple[int, int]] = field(default_factory=list)
    _seen_at: str = ""
    _erased: dict[int, int] = field(default_factory=dict)
    _erasures: set[int] = field(default_factory=set)
    _heads_seen: dict[int, str] = field(default_factory=dict)
    _ended: bool = False

    def feed(self, line: str) -> None:
        """Take one line of the export."""
        try:
            self._take(_decode(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self._found("file_damaged", detail=f"{type(error).__name__}: {line[:60]!r}")

    def expect_erasures(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Know of erasures on record elsewhere than in the part that is checked."""
        for first, last in pairs:
            self._erasures.update(range(first, last + 1))

    def finish(self) -> list[Finding]:
        """Compare with the heads kept elsewhere and return all that was found."""
        if not self._ended:
            self._found("file_incomplete")
        self._check_heads()
        for entry, seq in self._erased.items():
            if entry not in self._erasures:
                self._found("payload_erased", seq or None, entry)
        return self.findings

    @property
    def head(self) -> dict[str, Any] | None:
        """The last seal of the export."""
        return self._seal

    def _found(
        self,
        code: str,
        seq: int | None = None,
        entry: int | None = None,
        seal: int | None = None,
        detail: str = "",
    ) -> None:
        if len(self.findings) < self.most:
            self.findings.append(Finding(code, seq, entry, seal, detail))

    # -- one method per kind of line ---------------------------------------------------

    def _take(self, row: Any) -> None:
        if isinstance(row, list):
            self._take_entry(*row)
        elif row["kind"] == "seal":
            self._take_seal(row)
        elif row["kind"] == "start":
            self._take_start(row)
        elif row["kind"] == "end":
            self._take_end(row)
        else:
            raise ValueError(row["kind"])

    def _take_start(self, row: dict[str, Any]) -> None:
        if row["columns"] != COLUMNS:
            raise ValueError("columns")
        before = row.get("after")
        if before:  # a part of the log: it hangs on the seal in front of it
            self.is_partial = True
            self._seal, self._seq = before, before["last_seq"]
            self._mark = before["mark_of_last"]
            self._check_seal_mark(before)

    def _take_entry(
        self,
        link: list[Any],
        mark: str | None,
        key: str,
        payload: Any,
        salt: str | None,
    ) -> None:
        self.entry_count += 1
        seq, seal, entry = link[:3]
        is_there = link[3] is not None
        if salt is None and is_there:
            self.erased_count += 1
            self._erased[entry] = seq or 0
        if link[6] == ERASE:
            self._erasures.update(_erased_entries(payload))
        if seq is None or mark is None:
            self._take_unsealed(link)
            return
        if seq != self._seq + 1:
            self._found_gap(seq, seal, entry)
        if is_there:
            self._check_link(link, mark, key, payload, salt)
        else:
            self._found("entry_missing", seq, entry, seal)
        if seq > self._seq:
            self._seq = seq
        self._mark = mark

    def _found_gap(self, seq: int, seal: int, entry: int) -> None:
        if seq <= self._seq:
            self._found("link_twice", seq, entry, seal)
        else:
            missing = f"{self._seq + 1} to {seq - 1}"
            self._found("link_missing", self._seq + 1, None, seal, missing)

    def _check_link(
        self, link: list[Any], mark: str, key_id: str, payload: Any, salt: str | None
    ) -> None:
        seq, seal, entry, at = link[:4]
        if salt is None:
            is_same = payload is None
        else:
            is_same = digest(payload, salt) == link[-1]
        if not is_same:
            self._found("payload_changed", seq, entry, seal)
        key = self.keys.get(key_id)
        if key is None:
            self._found("key_unknown", seq, entry, seal, str(key_id)[:40])
        elif _mark(key, "link", self._mark, link) != mark:
            self._found("entry_changed", seq, entry, seal)
        if self._seal and link[-2] < self._seal["horizon"]:
            self._old.append((seq, entry))
        elif at < self._seen_at:
            self._found("entry_late", seq, entry, seal, at)

    def _take_unsealed(self, link: list[Any]) -> None:
        self.unsealed_count += 1
        before = self._seal
        if before and (link[-2] < before["horizon"] or link[3] < self._seen_at):
            self._found("entry_unsealed", None, link[2])

    def _take_seal(self, row: dict[str, Any]) -> None:
        self.seal_count += 1
        before, number = self._seal, row["id"]
        expected = before["id"] + 1 if before else 1
        if number != expected:
            self._found("seal_missing", None, None, expected, f"found {number}")
        if row["mark_of_last"] != self._mark or row["last_seq"] != self._seq:
            self._found("seal_range", row["last_seq"], None, number)
        if row["previous"] != (before["mark"] if before else GENESIS):
            self._found("seal_changed", None, None, number)
        self._check_seal_mark(row)
        # transactions start at a low number again where a database was restored elsewhere
        if not before or row["horizon"] >= before["horizon"]:
            for seq, entry in self._old:
                self._found("entry_old_transaction", seq, entry, number)
        self._old.clear()
        self._heads_seen[number] = row["mark"]
        self._seal = row
        self._seq, self._mark = row["last_seq"], row["mark_of_last"]
        moment = datetime.fromisoformat(row["at"]) - self.late
        self._seen_at = moment.isoformat(timespec="microseconds")

    def _check_seal_mark(self, row: dict[str, Any]) -> None:
        key = self.keys.get(row["key"])
        seal = Seal(
            row["id"], row["first_seq"], row["last_seq"], row["at"], row["horizon"],
            row["mark_of_last"], row["previous"],
        )  # fmt: skip
        if key is None:
            self._found("key_unknown", None, None, row["id"], str(row["key"])[:40])
        elif seal_mark(key, seal) != row["mark"]:
            self._found("seal_changed", None, None, row["id"])

    def _take_end(self, row: dict[str, Any]) -> None:
        self._ended = True
        if row["entries"] != self.entry_count or row["seals"] != self.seal_count:
            self._found("file_incomplete")

    def _check_heads(self) -> None:
        last = self._seal["id"] if self._seal else 0
        for head in self.heads:
            mark = self._heads_seen.get(head["seal"])
            if mark is None and head["seal"] > last:
                self._found(
                    "head_missing",
                    None,
                    None,
                    head["seal"],
                    f"up to position {head['seq']}",
                )
            elif mark is not None and mark != head["mark"]:
                self._found("head_differs", None, None, head["seal"])


#: event of the entry that names the entries whose details were erased
ERASE = "audit.erase"


def _erased_entries(payload: Any) -> Iterator[int]:
    for first, last in (payload or {}).get("entries", ()):
        yield from range(first, last + 1)


def ranges(numbers: Iterable[int]) -> list[list[int]]:
    """Return numbers as pairs of first and last, for thousands of ids in few characters.

    >>> ranges([3, 1, 2, 7])
    [[1, 3], [7, 7]]
    """
    found: list[list[int]] = []
    for number in sorted(set(numbers)):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found

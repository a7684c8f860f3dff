"""With whom it is worth comparing a customer: two that share no key are never compared.

Keys are numbers of 32 bits made with a secret, so that a table of them tells nobody a tax
id. Exact keys stand for one value; the others for parts of names and addresses, chosen so
that a slip or two leaves one of them as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from zlib import crc32

from .identity import Identity
from .words import GENERIC

#: keys that more customers than this share bring nobody together
COMMON = 60
#: bands of the sketch of a name, and values in each
BANDS, ROWS = 8, 2
_MASKS = [crc32(b"mask %d" % number) for number in range(BANDS * ROWS)]


def keys(one: Identity, secret: bytes = b"") -> frozenset[int]:
    """The keys of a customer, between -2**31 and 2**31; odd ones suffice alone.

    Two customers are worth a comparison if they share an odd key, or two even ones.
    """
    start = _start(secret)
    strong = {_number(text, start) | 1 for text in strong_texts(one)}
    weak = {_weak(text, secret) for text in weak_texts(one)}
    return frozenset(strong | weak)


def tax_keys(one: Identity, secret: bytes = b"") -> frozenset[int]:
    """Those of the keys that stand for a tax id or registry number."""
    start = _start(secret)
    return frozenset(_number(f"tax {number}", start) | 1 for number in one.tax_ids)


def is_strong(key: int) -> bool:
    """Whether sharing this key suffices."""
    return bool(key & 1)


def pairs_that_share(
    keyed: Mapping[int, Collection[int]],
) -> Iterator[tuple[int, int]]:
    """Rows worth a comparison, by the later one; keys that are too common are left out.

    >>> list(pairs_that_share({1: {2, 3}, 2: {3}, 3: {2, 4}, 4: {2, 4}}))
    [(1, 2), (3, 4)]
    """
    counts = Counter(chain.from_iterable(keyed.values()))
    holders: dict[int, list[int]] = {
        key: [] for key, count in counts.items() if 1 < count <= COMMON
    }
    for row, own in sorted(keyed.items()):
        shared: Counter[int] = Counter()
        for key in holders.keys() & own:
            shared.update(holders[key])
            if is_strong(key):  # counts as two
                shared.update(holders[key])
            holders[key].append(row)
        yield from ((one, row) for one in sorted(shared) if shared[one] > 1)


def strong_texts(one: Identity) -> Iterator[str]:
    """What identifies a customer, or hardly occurs twice by chance."""
    for kind, values in (
        ("tax", one.tax_ids),
        ("account", one.accounts),
        ("email", one.emails),
        ("phone", [phone[-7:] for phone in one.phones]),
    ):
        yield from (f"{kind} {value}" for value in values)
    if one.code:
        yield f"code {one.code}"
    if one.name:
        yield f"name {''.join(one.words)}"
    if one.chinese:
        yield f"whole {one.chinese.whole}"


def weak_texts(one: Identity) -> Iterator[str]:
    """Parts of what is known; several of them agree where one is written with a slip."""
    yield from (
        f"tax part {part}" for number in one.tax_ids for part in _halves(number)
    )
    yield from (f"domain {domain}" for domain in one.domains)
    yield from _name_texts(one)
    yield from _place_texts(one)


def _name_texts(one: Identity) -> Iterator[str]:
    if not one.name:
        return
    name = "".join(one.words)
    if one.chinese:
        name = one.chinese.whole
        yield f"own {one.chinese.core}"
        yield f"begin {name[:4]}"
        yield f"end {name[-4:]}"
    for word in one.words:
        if word not in GENERIC and len(word) > 2:
            yield f"word {word}"
            yield f"begin {word[:5]} {len(one.words)}"
            if len(word) > 7:  # a slip in the first half
                yield f"rest {word[-5:]} {len(one.words)}"
    for number, band in enumerate(_sketch(name)):
        yield f"band {number} {band}"


def _place_texts(one: Identity) -> Iterator[str]:
    numbers, words = one.street_numbers, one.street_words
    for number in numbers:
        for word in words:
            yield f"street {number} {word[:4]}"
        if one.zip:
            yield f"house {number} {one.zip}"
    for word in one.words:
        if one.zip and word not in GENERIC:
            yield f"zip {one.zip} {word[:3]}"
        if one.city and word not in GENERIC:
            yield f"city {one.city[:5]} {word[:4]}"
    if len(words) > 1 and one.zip:
        yield f"street {' '.join(words)} {one.zip}"


def _halves(number: str) -> Iterable[str]:
    """A slip is in one half and leaves the other as it is."""
    if len(number) >= 8:
        middle = len(number) // 2
        yield f"begin {number[:middle]} {len(number)}"
        yield f"end {number[middle:]} {len(number)}"


def _sketch(name: str) -> Iterator[str]:
    """Bands of the least hashes of a name's parts: like names share one of them."""
    size = 2 if len(name) < 8 or not name.isascii() else 3
    framed = f" {name} "
    parts = {framed[i : i + size] for i in range(len(framed) - size + 1)}
    least = list(map(min, zip(*map(_masked, parts), strict=True)))
    for start in range(0, len(least), ROWS):
        yield "-".join(map(str, least[start : start + ROWS]))


@lru_cache(maxsize=32_768)
def _masked(part: str) -> tuple[int, ...]:
    """The hashes of a part; names have most of their parts in common."""
    number = crc32(part.encode())
    return tuple(number ^ mask for mask in _MASKS)


@lru_cache(maxsize=16_384)
def _weak(text: str, secret: bytes) -> int:
    """The key of a part, which many customers have in common."""
    return _number(text, _start(secret)) & ~1


@lru_cache(maxsize=4)
def _start(secret: bytes) -> blake2b:
    """Where hashing begins: the secret has been taken in."""
    return blake2b(digest_size=4, key=secret)


def _number(text: str, start: blake2b) -> int:
    """The text as a number, hashed from where the secret has been taken in."""
    found = start.copy()
    found.update(text.encode())
    return int.from_bytes(found.digest(), "big", signed=True)

"""A folder of evidence as one file: opens without us, proves that nothing was changed.

Each file stands in the manifest with its size and SHA-256; the fingerprint of the manifest
is kept elsewhere, so that a manifest made anew is found out, too. The same files make the
same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..errors import FileError

FORMAT = "customer_ar_suite evidence 1"
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
#: members, and bytes of all of them together, that are read
MOST_FILES, MOST_BYTES = 20_000, 1_000_000_000
#: what a damaged archive raises, depending on where it is damaged
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
_EPOCH = (1980, 1, 1, 0, 0, 0)
#: what a spreadsheet takes for the beginning of a formula
_FORMULA = tuple("=+-@\t\r\n\0|＝＋－＠")
_NUMBER = frozenset("0123456789.")


class File(NamedTuple):
    """A file of the pack; ``name`` with folders, parted by slashes."""

    name: str
    content: bytes


class Checked(NamedTuple):
    """A file of a pack; ``intact``, ``changed``, ``missing`` or ``added``."""

    name: str
    state: str


@dataclass(frozen=True)
class Verification:
    """What a pack says of itself, and whether that is true."""

    about: dict[str, str]
    fingerprint: str  #: SHA-256 of the manifest
    files: tuple[Checked, ...]

    @property
    def is_intact(self) -> bool:
        return all(one.state == "intact" for one in self.files)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def manifest(files: Iterable[File], about: Mapping[str, str]) -> bytes:
    """The list of the files with their hashes, always written the same way."""
    rows = [
        {"name": one.name, "sha256": sha256(one.content), "size": len(one.content)}
        for one in sorted(files)
    ]
    data = {"about": dict(about), "files": rows, "format": FORMAT}
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True).encode()


def build(files: Sequence[File], about: Mapping[str, str]) -> tuple[bytes, str]:
    """The pack, and the fingerprint of its manifest.

    ``sha256sum -c SHA256SUMS`` checks it where there is nothing but a shell.
    """
    content = manifest(files, about)
    sums = "".join(f"{sha256(one.content)}  {one.name}\n" for one in sorted(files))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in (
            *sorted(files),
            File(SUMS, sums.encode()),
            File(MANIFEST, content),
        ):
            entry = zipfile.ZipInfo(one.name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, one.content)
    return target.getvalue(), sha256(content)


def verify(data: bytes) -> Verification:
    """Compare every file of a pack with its manifest.

    :raises FileError: ``evidence_unreadable``, ``evidence_no_manifest`` or
        ``evidence_too_large``
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _verify(archive)
    except _DAMAGED as error:
        raise FileError("evidence_unreadable") from error


def _verify(archive: zipfile.ZipFile) -> Verification:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    size = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_FILES or size > MOST_BYTES:
        raise FileError("evidence_too_large", files=len(entries), size=size)
    names = [entry.filename for entry in entries]
    if MANIFEST not in names:
        raise FileError("evidence_no_manifest")
    raw = archive.read(MANIFEST)
    about, listed = _read_manifest(raw)
    checked = []
    for name in sorted({*names, *listed} - {MANIFEST, SUMS}):
        if name not in names:
            state = "missing"
        elif name not in listed or names.count(name) > 1:
            state = "added"
        else:
            state = "intact" if _hash(archive, name) == listed[name] else "changed"
        checked.append(Checked(name, state))
    return Verification(about, sha256(raw), tuple(checked))


def _read_manifest(raw: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """What a manifest says of the pack, and {name: hash}."""
    try:
        data = json.loads(raw)
        about = {str(key): str(value) for key, value in data["about"].items()}
        listed = {str(row["name"]): str(row["sha256"]) for row in data["files"]}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FileError("evidence_no_manifest") from error
    if data.get("format") != FORMAT:
        raise FileError("evidence_no_manifest")
    return about, listed


def _hash(archive: zipfile.ZipFile, name: str) -> str:
    """The hash of a member, piece by piece; one that cannot be read has none."""
    digest = hashlib.sha256()
    try:
        with archive.open(name) as member:
            while piece := member.read(1 << 20):
                digest.update(piece)
    except _DAMAGED:
        return ""
    return digest.hexdigest()


def neutral(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula.

    >>> neutral("=1+1"), neutral("-12.50"), neutral("-cmd"), neutral("Acme")
    ("'=1+1", '-12.50', "'-cmd", 'Acme')
    """
    if not text.startswith(_FORMULA):
        return text
    digits = text[1:]
    is_number = text[0] in "+-" and digits and set(digits) <= _NUMBER
    return text if is_number and digits.count(".") < 2 else f"'{text}"


def as_csv(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as csv that every spreadsheet opens in the right encoding, without formulas."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    for row in rows:
        writer.writerow(
            [neutral(str(cell)) if cell is not None else "" for cell in row]
        )
    return target.getvalue().encode("utf-8-sig")

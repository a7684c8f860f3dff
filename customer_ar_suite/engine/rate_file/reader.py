"""Bytes of a file of rates -> quotes. Runs in the child process."""

from __future__ import annotations

from .base import RateFile
from .ecb import read_ecb
from .tables import Reading, read_rate_table


def read_rates(data: bytes, filename: str, reading: Reading) -> RateFile:
    """Read a central bank's XML or a table; which one it is, its first bytes say."""
    start = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n\0")
    if start.startswith((b"<?xml", b"<gesmes", b"<Envelope")):
        return read_ecb(data)
    return read_rate_table(data, filename, reading)

#!/usr/bin/env python3
"""Check an export of the audit log on any computer with Python; nothing else is needed.

    CUSTOMER_AR_AUDIT_KEY=name:secret python3 verify_audit.py audit_log.jsonl.gz
    python3 verify_audit.py audit_log.jsonl.gz --key-file key.txt --heads heads.jsonl

Exit code 0: intact. 1: tampered with, each finding on a line of its own. 2: cannot be checked.
Keep audit.py, which comes with this file, beside it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
KEY = "CUSTOMER_AR_AUDIT_KEY"


def main(words: list[str] | None = None) -> int:
    """Check what the command line names."""
    options = _parser().parse_args(words)
    sys.path[:0] = [str(HERE), str(HERE.parent / "engine")]
    from audit import Checker, parse_keys  # found beside this file, or in the addon

    try:
        text = (
            options.key_file.read_text()
            if options.key_file
            else os.environ.get(KEY, "")
        )
        keys = {key.id: key for key in parse_keys(text.replace("\n", ","))}
        heads = [head for path in options.heads for head in _heads(path)]
        if not keys:
            raise ValueError(f"no key: give --key-file or set {KEY}")
        checker = Checker(keys, heads, late=timedelta(hours=options.late_hours))
        started = time.perf_counter()
        for line in _lines(options.export):
            checker.feed(line)
    except (OSError, EOFError, ValueError) as error:
        print(f"cannot check: {error}", file=sys.stderr)
        return 2
    findings = checker.finish()
    seconds = time.perf_counter() - started
    for finding in findings:
        print(finding)
    speed = checker.entry_count / seconds if seconds else 0
    print(
        f"{checker.entry_count} entries, {checker.seal_count} seals, "
        f"{checker.unsealed_count} not sealed yet, {checker.erased_count} erased, "
        f"{len(heads)} heads compared, {speed:,.0f} entries/s"
    )
    if checker.is_partial:
        print("The export is a part of the log: what lies before it was not checked.")
    if not heads:
        print(
            "Without heads a cut-off end or a restored old state cannot be seen (--heads)."
        )
    print("TAMPERED WITH" if findings else "INTACT")
    return 1 if findings else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("export", type=Path, help="audit_log.jsonl.gz or .jsonl")
    parser.add_argument(
        "--key-file", type=Path, help=f"file with name:secret; default: {KEY}"
    )
    parser.add_argument(
        "--heads",
        type=Path,
        action="append",
        default=[],
        help="file of heads that was kept outside the database; may be repeated",
    )
    parser.add_argument(
        "--late-hours",
        type=float,
        default=24,
        help="how much older than the seal before it an entry may be (24)",
    )
    return parser


def _lines(path: Path) -> Iterator[str]:
    with path.open("rb") as plain:
        is_packed = plain.read(2) == b"\x1f\x8b"
    opened = gzip.open if is_packed else open
    with opened(path, "rt", encoding="utf-8", errors="replace") as file:
        yield from file


def _heads(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if "{" in line:
            head = json.loads(line[line.index("{") : line.rindex("}") + 1])
            yield {name: head[name] for name in ("seal", "seq", "mark")}


if __name__ == "__main__":
    sys.exit(main())

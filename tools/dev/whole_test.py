"""Everything that people and CI test, shared out among the cores of the machine."""

from __future__ import annotations

import math
import os
import shutil
import sys
import time
from collections.abc import Iterable
from datetime import datetime, timezone
from pathlib import Path

from . import i18n, odoo_run, parts, shards, suites
from .base import ROOT, SUITE, DevError, checkout_key, say, subdir
from .outcome import Outcome
from .parts import Part

GIGABYTES_EACH = 1.5  # of an Odoo, its share of PostgreSQL and a browser
MOST = 4  # more do not pay: a container may show more cores than it may use
FEWEST = (
    4  # processes for the suite's tests in Odoo: one that is too long counts as stuck
)
PLAIN = "install without demo data"


def main() -> Outcome:
    """Run every part and give the total; a line per part on the way."""
    started = time.monotonic()
    slots = slots_of_machine()
    say(f"testing, {slots} part{'s' if slots > 1 else ''} at a time")
    done = parts.run_all(plan(slots), slots, _folder())
    bad = [name for name, outcome in done.items() if outcome.failed]
    minutes = (time.monotonic() - started) / 60
    say(f"{len(done)} parts in {minutes:.1f} minutes; bad: {', '.join(bad) or 'none'}")
    total = Outcome(0, 0)
    for outcome in done.values():
        total = total.also(outcome)
    return total


def plan(slots: int) -> list[Part]:
    """Return the parts, in the order in which they begin as cores become free.

    First what others wait for, beside it what is soon done; then the longest first, so
    that at the end short ones fill the gaps.
    """
    found = [
        _part("prepare", "prepare"),
        _part(_install(SUITE), "install", "--books", needs="prepare"),
        _part(PLAIN, "install", "--plain", needs="prepare"),
        _part("lint", "lint"),
        _part("engine", "test-engine"),
        _part("tools", "test-tools"),
    ]
    if i18n.kept_up():
        found.append(_part("terms", "i18n", "--check", needs=PLAIN))
    others = [addon for addon in odoo_run.addons() if addon != SUITE]
    for addon in others:  # they build on it
        words = ("install", "--addon", addon)
        found.append(_part(_install(addon), *words, needs=_install(SUITE)))
    # one for each slot and one without books: each loads Odoo and looks all up anew
    long = [*_odoo(SUITE, max(FEWEST, slots + 1)), *_system(2 * slots)]
    for addon in others:
        long += _odoo(addon, 1)
    if suites.has_data():
        data = _part("data", "test-data", needs=_install(SUITE))
        long.append((shards.USUAL, data))
    return [*found, *(part for _seconds, part in sorted(long, key=lambda x: -x[0]))]


def _install(addon: str) -> str:
    return "install" if addon == SUITE else f"install {addon}"


def _odoo(addon: str, count: int) -> list[tuple[float, Part]]:
    """Return the addon's tests in Odoo, in so many processes, and how long they take."""
    words = ("test-odoo", "--installed", "--addon", addon)
    found, name = shards.shards(addon, count), "odoo" if addon == SUITE else addon
    return [
        (
            shard.seconds,
            _part(
                f"{name} {n} of {len(found)}",
                *words,
                *(["--books"] if shard.books else []),
                shard.tags,
                needs=_install(addon),
            ),
        )
        for n, shard in enumerate(found, 1)
    ]


def _system(count: int) -> list[tuple[float, Part]]:
    """Return the tests that kill processes, in so many groups, and how long they take."""
    groups, times = suites.system_groups(count), shards.remembered()
    return [
        (
            shards.total(files, times),
            _part(
                f"system {n} of {len(groups)}",
                "test-system",
                *files,
                needs=(PLAIN, *_samples(files)),
            ),
        )
        for n, files in enumerate(groups, 1)
    ]


def _samples(files: Iterable[str]) -> tuple[str, ...]:
    """Return what has the sample data of tests that begin with them: one installs, not two."""
    texts = [(ROOT / file).read_text() for file in files]
    return (
        (_install(SUITE),) if any("installed(SUITE)" in text for text in texts) else ()
    )


def _part(name: str, *words: str, needs: str | tuple[str, ...] = ()) -> Part:
    command = [sys.executable, "-m", "tools.dev", *words]
    return Part(name, command, (needs,) if isinstance(needs, str) else needs)


def slots_of_machine() -> int:
    """Return how many processes may work at once, by cores and memory.

    Half as many again as cores: one waits for its database, its browser or for what it
    has killed a quarter of its time.
    """
    wanted = os.environ.get("CUSTOMER_AR_JOBS", "")
    if wanted:
        if not wanted.isdigit() or not int(wanted):
            raise DevError(f"CUSTOMER_AR_JOBS={wanted} is no number from 1 on.")
        return int(wanted)
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    memory = min(pages, _of_container("memory.max") or pages) / 2**30
    cores = len(os.sched_getaffinity(0))
    cores = min(cores, math.ceil(_of_container("cpu.max")) or cores)
    return max(1, min(cores + cores // 2, int(memory / GIGABYTES_EACH), MOST))


def _of_container(name: str) -> float:
    """Return what a container may use, 0: no limit; ``cpu.max`` is time per period."""
    path = Path("/sys/fs/cgroup", name)
    words = path.read_text().split() if path.is_file() else ["max"]
    if words[0] == "max":
        return 0
    return float(words[0]) / (float(words[1]) if len(words) > 1 else 1)


def _folder() -> Path:
    """Return a new folder for the output of the parts; the last three are kept."""
    base = subdir("logs", f"{checkout_key()}_test")
    for old in sorted(base.iterdir(), key=lambda path: path.stat().st_mtime)[:-2]:
        shutil.rmtree(old, ignore_errors=True)
    folder = base / f"{datetime.now(tz=timezone.utc):%Y%m%d_%H%M%S}_{os.getpid()}"
    folder.mkdir()
    return folder

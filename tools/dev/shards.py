"""Share an addon's tests out among several Odoo processes, equally long each."""

from __future__ import annotations

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from .base import ROOT, locked, subdir, write_atomically

# of the report that Odoo's logger "odoo.tests.stats" writes at level DEBUG
_STAT = re.compile(
    r"\t[\w.]+\.test_\w+\.(?P<name>\w+): (?P<seconds>[\d.]+)s \d+ queries"
)
USUAL = 3.0  # seconds of a class nobody has timed yet
#: classes of tests/common_*.py for which the database with books keeps something
BOOKS = ("Books", "CustomerCase", "TourCase")


class Shard(NamedTuple):
    """What one process tests: Odoo's test tags, and whether on the database with books."""

    tags: str
    books: bool = False
    seconds: float = 0.0


def shards(addon: str, count: int) -> list[Shard]:
    """Return what each of ``count`` processes tests.

    The last one takes whatever the others do not name, so that no test is left out, but
    for the engine's: these need no Odoo and are tested beside it. Classes that look at
    the company of the tests come to a database that has it, all others to one without.
    """
    folder = ROOT / addon / "tests"
    here = classes(folder, without="engine")
    elsewhere = [name for name in classes(folder) if name not in here]
    kin = set().union(*(descendants(folder, name) for name in BOOKS))
    times = remembered()
    with_books = [name for name in here if name in kin]
    plain = [name for name in here if name not in kin]
    share = _share(with_books, plain, times, count)
    books = balanced(with_books, times, share) if share else []
    rest = balanced(plain, times, count - share)
    groups = [*books, *rest]
    tags = [_named(addon, group) for group in groups[:-1]]
    others = [f"-{tag}" for names in tags for tag in names.split(",")]
    others += [f"-/{addon}:{name}" for name in elsewhere]
    tags.append(",".join([f"/{addon}", *others]))
    spent = [total(names, times) for names in groups[:-1]]
    spent.append(total(here, times) - sum(spent))
    return [
        Shard(tag, n < len(books), seconds)
        for n, (tag, seconds) in enumerate(zip(tags, spent, strict=True))
    ]


def total(names: Iterable[str], times: Mapping[str, float]) -> float:
    """Return how many seconds these take, by what they took last time."""
    return sum(times.get(name, USUAL) for name in names)


def _share(
    with_books: list[str], plain: list[str], times: dict[str, float], count: int
) -> int:
    """Return how many of the processes look at the books: by duration, but not all."""
    if not with_books or count < 2:
        return 0
    first, second = total(with_books, times), total(plain, times)
    return min(count - 1, max(1, round(count * first / (first + second))))


def _named(addon: str, names: list[str]) -> str:
    return ",".join(f"/{addon}:{name}" for name in names)


def descendants(folder: Path, ancestor: str) -> set[str]:
    """Return the names of the classes below a folder that derive from ``ancestor``."""
    bases: dict[str, set[str]] = {}
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                names = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
                bases.setdefault(node.name, set()).update(names)
    found = {ancestor}
    while more := {name for name in bases if bases[name] & found} - found:
        found |= more
    return found


def classes(folder: Path, without: str = "") -> list[str]:
    """Return the names of the classes with tests below a folder, but for the long ones.

    ``without``: a folder in it that does not count.
    """
    found = set()
    for path in folder.rglob("test_*.py"):
        if without and path.is_relative_to(folder / without):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and any(map(_is_test, node.body)):
                if not _is_long(node):
                    found.add(node.name)
    return sorted(found)


def _is_long(node: ast.ClassDef) -> bool:
    """Tell whether a class is tagged as no standard test: only asked for by name."""
    return any("'-standard'" in ast.unparse(one) for one in node.decorator_list)


def _is_test(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test")


def balanced(
    names: Iterable[str], seconds: dict[str, float], count: int
) -> list[list[str]]:
    """Split names into groups of about equal duration: longest first, always to the
    group that has least; at most as many groups as names, the shortest one last."""
    times = {name: seconds.get(name, USUAL) for name in names}
    groups: list[list[str]] = [[] for _ in range(max(1, min(count, len(times))))]
    for name in sorted(times, key=lambda name: (-times[name], name)):
        min(groups, key=lambda group: sum(times[x] for x in group)).append(name)
    return sorted(groups, key=lambda group: -sum(times[x] for x in group))


def remember(log: Iterable[str]) -> None:
    """Keep how long each class took, for the next run on this machine."""
    found: defaultdict[str, float] = defaultdict(float)
    for line in log:
        if match := _STAT.match(line):
            found[match["name"]] += float(match["seconds"])
    keep(found)


def keep(seconds: Mapping[str, float]) -> None:
    """Keep how long classes or files took."""
    if seconds:
        with locked("durations"):
            text = json.dumps({**remembered(), **seconds}, indent=1, sort_keys=True)
            write_atomically(_memory(), text)


def remembered() -> dict[str, float]:
    """Return the seconds that classes took when they last ran."""
    text = _memory().read_text() if _memory().exists() else "{}"
    return {str(name): float(seconds) for name, seconds in json.loads(text).items()}


def _memory() -> Path:
    return subdir("durations") / "classes.json"

"""Mutation of controls: take one check away at a time and see whether a test notices.

Checks in Python are taken out of a copy of the addon, constraints and triggers out of a copy of
the database; rights and record rules are taken away by an Odoo test (``long_mutants``).
"""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from . import odoo_run
from .base import ROOT, SUITE, digest, free_port, say, subdir, write_atomically
from .installed import installed
from .outcome import Outcome

FOLDERS = ("models", "wizard", "controllers", "report")
#: calls that refuse somebody, as a statement of their own
_CHECKS = re.compile(r"^(check_access|_check_\w+|_demand|_refuse|_lock_\w+)$")
#: questions whose answer "no" is followed by a refusal
_RIGHTS = re.compile(r"^(has_group|has_groups|has_access|_is_\w+|_may_\w+)$")
#: decorators that make a method a control
_CONTROLS = ("constrains", "ondelete", "ar_identity_required")
#: tests that look at everything; asked when those of the model have noticed nothing
EVERYTHING = (
    *("TestModuleAccess", "TestModuleRpc", "TestGateRoutes"),
    *("TestIdentityCoverage", "TestIdentity"),
)
#: tests too slow or too broad to say anything about one check
_NOT_WITNESSES = re.compile(
    r"test_(tours|demo|gates|rpc|module|architecture|role_matrix)"
)
_RESULT = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
_CONSTRAINTS = """
SELECT 'constraint', c.relname, k.conname FROM pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid
 WHERE k.contype IN ('c', 'u', 'x')
UNION ALL
SELECT 'index', c.relname, i.relname FROM pg_index x
  JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
 WHERE x.indisunique AND NOT x.indisprimary
   AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.oid)
UNION ALL
SELECT 'trigger', c.relname, t.tgname FROM pg_trigger t
  JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
ORDER BY 2, 3
"""
_DROP = {
    "constraint": 'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"',
    "index": 'DROP INDEX "{name}"',
    "trigger": 'DROP TRIGGER "{name}" ON "{table}"',
}


class Mutant(NamedTuple):
    """One control that is missing."""

    key: str
    model: str  # technical name, whose tests are asked first
    path: str = ""
    text: str = ""
    statement: str = ""


def run(count: int, only: str = "") -> Outcome:
    """Try so many mutants that have not been tried yet; say which survive.

    ``only`` those whose key has this text. Several calls may run side by side.
    """
    database = installed(SUITE)
    found = [*code_mutants(), *data_mutants(database)]
    everything = [one for one in found if only in one.key]
    waiting = [one for one in everything if one.key not in _known()]
    say(f"mutants: {len(everything)}, {len(waiting)} of them not tried yet")
    for mutant in waiting[:count]:
        result = _tried(mutant, database)
        say(f"{result}: {mutant.key}")
        write_atomically(
            _memory(), json.dumps(_known() | {mutant.key: result}, indent=1)
        )
    known = _known()
    results = {one.key: known[one.key] for one in everything if one.key in known}
    survivors = [key for key, result in results.items() if result == "survived"]
    for key in survivors:
        say(f"survived: {key}")
    return Outcome(len(results) - len(survivors), len(survivors))


def _memory() -> Path:
    return subdir("long") / "mutants.json"


def _known() -> dict[str, str]:
    """What has become of each mutant that was tried."""
    memory = _memory()
    known: dict[str, str] = json.loads(memory.read_text()) if memory.exists() else {}
    return known


# -- mutants in Python ------------------------------------------------------------------------


def code_mutants() -> Iterator[Mutant]:
    """Every check of the addon's Python, taken out."""
    for folder in FOLDERS:
        for path in sorted((ROOT / SUITE / folder).rglob("*.py")):
            yield from mutants_of(str(path.relative_to(ROOT)), path.read_text())


def mutants_of(path: str, text: str) -> Iterator[Mutant]:
    """Each check of one file, taken out."""
    lines = text.splitlines()
    model = _model_of(text) or Path(path).stem.replace("_", ".")
    for node in ast.walk(ast.parse(text)):
        for first, last, indent in _controls(node):
            mutated = [*lines]
            mutated[first - 1 : last] = [" " * indent + "pass"] * (last - first + 1)
            if isinstance(node, ast.FunctionDef):  # a decorator goes without a trace
                mutated[first - 1 : last] = [""] * (last - first + 1)
            what = " ".join(" ".join(lines[first - 1 : last]).split())[:90]
            key = f"{path}:{first} {what} {digest(text)[:6]}"
            yield Mutant(key, model, path, "\n".join(mutated) + "\n")


def _controls(node: ast.AST) -> Iterator[tuple[int, int, int]]:
    """(first line, last line, indentation) of what refuses in this statement."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        if _CHECKS.match(_name(node.value)):
            yield node.lineno, node.end_lineno or node.lineno, node.col_offset
    elif isinstance(node, ast.If) and isinstance(node.body[-1], ast.Raise):
        names = [_name(one) for one in ast.walk(node.test) if isinstance(one, ast.Call)]
        if not node.orelse and any(map(_RIGHTS.match, names)):
            yield node.lineno, node.end_lineno or node.lineno, node.col_offset
    elif isinstance(node, ast.FunctionDef):
        for one in node.decorator_list:
            if isinstance(one, ast.Call) and _name(one) in _CONTROLS:
                yield one.lineno, one.end_lineno or one.lineno, one.col_offset


def _name(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _model_of(text: str) -> str:
    found = re.search(r'^    _(?:name|inherit) = "([\w.]+)"', text, re.MULTILINE)
    return found[1] if found else ""


# -- mutants in the database ------------------------------------------------------------------


def data_mutants(database: str) -> Iterator[Mutant]:
    """Every constraint, unique index and trigger of the suite's tables, dropped."""
    for row in odoo_run.sql(database, _CONSTRAINTS):
        kind, table, name = row.split("\t")
        if table.startswith(("ar_", "customer_")):
            statement = _DROP[kind].format(table=table, name=name)
            yield Mutant(statement, table.replace("_", "."), statement=statement)


# -- trying -----------------------------------------------------------------------------------


def _tried(mutant: Mutant, database: str) -> str:
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        root = Path(folder)
        shutil.copytree(ROOT / SUITE, root / SUITE)
        if (ROOT / "docs").is_dir():
            shutil.copytree(ROOT / "docs", root / "docs")
        if mutant.path:
            (root / mutant.path).write_text(mutant.text)
        with odoo_run.passing_database(database, f"{database}_mutant") as name:
            if mutant.statement:
                odoo_run.sql(name, mutant.statement)
            for classes in (witnesses(mutant.model), EVERYTHING):
                if classes and _notices(name, root, classes):
                    return "killed"
    return "survived"


def witnesses(model: str) -> list[str]:
    """Classes of the tests that name the model most often, or its kin."""
    files = sorted((ROOT / SUITE / "tests").glob("test_*.py"))
    kin = ".".join(model.split(".")[:2])
    counted = [
        (text.count(f'"{model}"') * 10 + text.count(kin), text)
        for path in files
        if not _NOT_WITNESSES.match(path.stem)
        for text in [path.read_text()]
    ]
    best = sorted((one for one in counted if one[0]), key=lambda one: -one[0])[:2]
    return [
        name
        for _n, text in best
        for name in re.findall(r"^class (Test\w+)", text, re.M)
    ]


def _notices(database: str, root: Path, classes: list[str] | tuple[str, ...]) -> bool:
    """Run the tests on the mutated copy: does one of them fail?"""
    tags = ",".join(f"/{SUITE}:{name}" for name in classes)
    words = ["-d", database, "--stop-after-init", "--max-cron-threads=0"]
    words += ["--http-interface=127.0.0.1", f"--http-port={free_port()}"]
    line = odoo_run.command(*words, f"--test-tags={tags}")
    line = [word.replace(str(ROOT), str(root)) for word in line]
    env = {**odoo_run.environment(), "ODOO_TEST_MAX_FAILED_TESTS": "1"}
    done = subprocess.run(
        line, env=env, text=True, errors="replace", capture_output=True, check=False
    )
    found = _RESULT.findall(done.stdout + done.stderr)
    if not found:
        return True  # it does not even load
    failed, errors, tests = map(int, found[-1])
    return bool(tests and (failed or errors or done.returncode))

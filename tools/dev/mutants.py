"""Mutation of controls: take one check away at a time and see whether a test notices.

Checks in Python are taken out of what Odoo has loaded, constraints and triggers out of the
transaction of the tests; rights and record rules are taken away by an Odoo test
(``long_mutants``).
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from . import odoo_run
from .base import ROOT, SUITE, digest, locked, say, subdir, write_atomically
from .installed import installed, with_books
from .mutant_trial import Mutant, try_all
from .outcome import Outcome

FOLDERS = ("models", "wizard", "controllers", "report")
#: calls that refuse somebody, as a statement of their own
_CHECKS = re.compile(r"^(check_access|_check_\w+|_demand|_refuse|_lock_\w+)$")
#: questions whose answer "no" is followed by a refusal
_RIGHTS = re.compile(r"^(has_group|has_groups|has_access|_is_\w+|_may_\w+)$")
#: decorators that make a method a control
_CONTROLS = ("constrains", "ondelete", "ar_identity_required")
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


def run(count: int, only: str = "") -> Outcome:
    """Try so many mutants that have not been tried yet; say which survive.

    ``only`` those whose key has this text. Several calls may run side by side.
    """
    python = list(code_mutants())
    found = [*python, *data_mutants(installed(SUITE))]
    everything = [one for one in found if only in one.key]
    waiting = [one for one in everything if one.key not in _known()]
    say(f"mutants: {len(everything)}, {len(waiting)} of them not tried yet")
    if chosen := waiting[:count]:
        watched = sorted({one.entry for one in python})
        try_all(chosen, with_books(), watched, _remember)
    known = _known()
    results = {one.key: known[one.key] for one in everything if one.key in known}
    left = {key: result for key, result in results.items() if result != "killed"}
    for key, result in left.items():
        say(f"{result}: {key}")
    return Outcome(len(results) - len(left), len(left))


def _remember(mutant: Mutant, result: str) -> None:
    say(f"{result}: {mutant.key}")
    with locked("mutants"):
        known = _known() | {mutant.key: result}
        write_atomically(_memory(), json.dumps(known, indent=1))


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
    for node, method, owner in _within(ast.parse(text), None, ""):
        for control, decorator in _controls(node):
            first, last = control.lineno, control.end_lineno or control.lineno
            what = " ".join(" ".join(lines[first - 1 : last]).split())[:90]
            begin = min([method.lineno, *(x.lineno for x in method.decorator_list)])
            yield Mutant(
                f"{path}:{first} {what} {digest(text)[:6]}",
                model,
                path,
                first,
                f"{owner}.{method.name}",
                f"{path}:{begin}",
                decorator,
            )


def _within(
    node: ast.AST, method: ast.FunctionDef | None, owner: str
) -> Iterator[tuple[ast.AST, ast.FunctionDef, str]]:
    """Every node of a function, with the innermost one and its class."""
    if isinstance(node, ast.ClassDef):
        owner = node.name
    elif isinstance(node, ast.FunctionDef):
        method = node
    if method:
        yield node, method, owner
    for child in ast.iter_child_nodes(node):
        yield from _within(child, method, owner)


def _controls(node: ast.AST) -> Iterator[tuple[ast.stmt | ast.expr, str]]:
    """What refuses in this statement, and the decorator's name if it is one."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        if _CHECKS.match(_name(node.value)):
            yield node, ""
    elif isinstance(node, ast.If) and isinstance(node.body[-1], ast.Raise):
        names = [_name(one) for one in ast.walk(node.test) if isinstance(one, ast.Call)]
        if not node.orelse and any(map(_RIGHTS.match, names)):
            yield node, ""
    elif isinstance(node, ast.FunctionDef):
        for one in node.decorator_list:
            if isinstance(one, ast.Call) and _name(one) in _CONTROLS:
                yield one, _name(one)


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

"""Small questions about syntax trees that the static gate asks."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def called(node: ast.AST) -> str:
    """Return the last name of what is called or addressed."""
    if isinstance(node, ast.Call):
        return called(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def makes_sql(node: ast.Call) -> bool:
    """Tell whether a call returns an SQL object, by its name."""
    name = called(node.func)
    return name == "SQL" or name.lower().endswith(("sql", "_query"))


def sql_names(function: ast.FunctionDef) -> Iterator[str]:
    """Names in a function that hold an SQL object, by assignment or annotation."""
    for argument in [*function.args.args, *function.args.kwonlyargs]:
        if argument.annotation and called(argument.annotation) == "SQL":
            yield argument.arg
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            if makes_sql(node.value):
                yield from (t.id for t in node.targets if isinstance(t, ast.Name))


def is_constant(node: ast.AST | None) -> bool:
    """Tell whether a text stands in the source as it is."""
    if isinstance(node, ast.Name):
        return node.id.isupper()
    return node is None or isinstance(node, ast.Constant)


def neutral_workbook(node: ast.Call) -> bool:
    """Tell whether cells that begin with = stay text."""
    text = ast.dump(node)
    return "strings_to_formulas" in text and "Constant(value=False)" in text

"""Small questions about syntax trees that the static gate asks."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

CONTEXTS = ("context", "_context")
#: fields of Odoo that hold money as a float
MONEY = re.compile(
    r"^(debit|credit|balance|credit_limit|amount|price_\w+)$"
    r"|^(amount|balance|residual)_(total|residual|untaxed|tax|currency|due|paid)"
    r"|_(amount|balance|residual)$"
)


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
    """Tell whether cells that begin with =, http or a digit stay text."""
    switched_off = {
        key.value
        for options in node.args + [word.value for word in node.keywords]
        if isinstance(options, ast.Dict)
        for key, value in zip(options.keys, options.values, strict=True)
        if isinstance(key, ast.Constant)
        and isinstance(value, ast.Constant)
        and value.value is False
    }
    kinds = ("formulas", "urls", "numbers")
    return {f"strings_to_{kind}" for kind in kinds} <= switched_off


def reads_context(node: ast.AST) -> bool:
    """Tell whether something asks what the client has put into the context."""
    if isinstance(node, ast.Call):
        function = node.func
        return (
            isinstance(function, ast.Attribute)
            and function.attr == "get"
            and called(function.value) in CONTEXTS
        )
    if isinstance(node, ast.Subscript):
        return isinstance(node.ctx, ast.Load) and called(node.value) in CONTEXTS
    if isinstance(node, ast.Compare):
        isin = any(isinstance(one, (ast.In, ast.NotIn)) for one in node.ops)
        return isin and any(called(one) in CONTEXTS for one in node.comparators)
    return False


def context_conditions(function: ast.AST) -> Iterator[ast.AST]:
    """Conditions that hang on a key of the context, at first hand or through a name."""
    from_context = {
        target.id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and holds(node.value, reads_context)
        for target in node.targets
        if isinstance(target, ast.Name)
    }

    def is_from_context(node: ast.AST) -> bool:
        named = isinstance(node, ast.Name) and node.id in from_context
        return named or reads_context(node)

    for node in ast.walk(function):
        tests = [getattr(node, "test", None), *getattr(node, "ifs", ())]
        if any(test is not None and holds(test, is_from_context) for test in tests):
            yield node


def holds(tree: ast.AST, question: Callable[[ast.AST], bool]) -> bool:
    """Tell whether any part of a tree answers the question with yes."""
    return any(question(node) for node in ast.walk(tree))


def names_of_getattr(function: ast.AST) -> set[str]:
    """Names that hold what getattr found under a name that is a variable."""
    return {
        target.id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and is_open_getattr(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def is_open_getattr(node: ast.AST) -> bool:
    """Tell whether getattr looks for a name that is not in the source."""
    return (
        isinstance(node, ast.Call)
        and called(node.func) == "getattr"
        and len(node.args) > 1
        and not isinstance(node.args[1], ast.Constant)
    )


def is_money(node: ast.AST) -> bool:
    """Tell whether something is a float: by its notation, or an amount by its name."""
    if isinstance(node, ast.UnaryOp):
        return is_money(node.operand)
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float)
    return isinstance(node, ast.Attribute) and bool(MONEY.search(node.attr))

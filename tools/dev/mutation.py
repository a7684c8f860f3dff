"""Take one control out of Python that is loaded already."""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

#: what a decorator leaves on the method by which Odoo finds it
_MARKS = {"constrains": "_constrains", "ondelete": "_ondelete"}


class _Without(ast.NodeTransformer):
    """Keeps the statement of a line from ever being run."""

    def __init__(self, line: int) -> None:
        self.line = line

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        return self._dead(node) if node.lineno == self.line else node

    def visit_If(self, node: ast.If) -> ast.stmt:
        if node.lineno == self.line:
            return self._dead(node)
        self.generic_visit(node)
        return node

    @staticmethod
    def _dead(node: ast.stmt) -> ast.stmt:
        # it stays in the text: what it alone takes from outer scopes is still taken,
        # and only so a function can change its code
        dead = ast.If(test=ast.Constant(value=False), body=[node], orelse=[])
        return ast.fix_missing_locations(ast.copy_location(dead, node))


def without(text: str, path: str, line: int) -> CodeType:
    """Compile a file as if the statement that begins on this line were not there."""
    tree = _Without(line).visit(ast.parse(text))
    return compile(tree, path, "exec", dont_inherit=True)


def functions_of(folder: str) -> Iterator[FunctionType]:
    """Every function there is whose code comes from below a folder."""
    for one in gc.get_objects():
        if type(one) is FunctionType and one.__code__.co_filename.startswith(folder):
            yield one


def exchange(path: str, code: CodeType) -> int:
    """Give all functions of a file the code they have there; count those that change.

    Methods, what is behind a decorator, and functions within functions are all reached,
    wherever they are kept.
    """
    new = {(one.co_name, one.co_firstlineno): one for one in _codes(code)}
    changed = 0
    for function in functions_of(path):
        old = function.__code__
        other = new.get((old.co_name, old.co_firstlineno), old)
        if other != old and old.co_name[0] != "<":  # two lambdas may share a line
            function.__code__ = other
            changed += 1
    return changed


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _codes(one)


def undecorate(owner: Any, name: str, decorator: str) -> None:
    """Have a method of a class as if this decorator were not written above it."""
    method = vars(owner)[name]
    if decorator in _MARKS:
        delattr(method, _MARKS[decorator])
    else:
        setattr(owner, name, method.__wrapped__)

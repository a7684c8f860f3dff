"""The rules of the static gate for Python, each a look at one kind of node."""

from __future__ import annotations

import ast
import re

from . import gate_nodes

FILE_READERS = {"openpyxl", "xlrd", "zipfile", "etree", "PIL", "csv"}
FILE_READERS |= {"tarfile", "pytesseract", "ofxparse", "mt940", "sax", "minidom"}
#: what runs or unpacks code that comes from outside
RUNNERS = {"eval", "exec", "compile", "__import__", "safe_eval", "test_python_expr"}
PROCESS_MODULES = {"pickle", "marshal", "shelve", "subprocess", "yaml", "ctypes"}
#: functions that decide on rights, by a word in their name
_DECIDES = re.compile(
    r"(^|_)(access|allow\w*|approv\w*|audit|check|decide|forbid\w*|grant\w*|guard\w*|is|may"
    r"|can|has|lock\w*|log|mask\w*|permit\w*|refuse|right\w*|rule\w*|sign|unmask|vote|verify)(_|$)"
)
_TODAY = {
    ("date", "today"),
    ("Date", "today"),
    ("datetime", "today"),
    ("datetime", "now"),
    ("Datetime", "today"),
    ("datetime", "utcnow"),
}


class Gate(ast.NodeVisitor):
    """Walks one file and collects (line, rule, why)."""

    def __init__(self, text: str) -> None:
        self.lines = ["", *text.splitlines()]
        self.found: list[tuple[int, str, str]] = []
        self.built_by_sql: set[str] = set()
        self.found_by_name: set[str] = set()
        self.statement = 1  # line where the statement begins that is looked at

    def visit(self, node: ast.AST) -> None:
        """Keep track of the statement."""
        outer = self.statement
        if isinstance(node, ast.stmt):
            self.statement = node.lineno
        super().visit(node)
        self.statement = outer

    def _say(self, node: ast.AST, rule: str, why: str) -> None:
        self.found.append((getattr(node, "lineno", 0), rule, why))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Remember which names hold an SQL object while inside the function."""
        outer = self.built_by_sql, self.found_by_name
        self.built_by_sql = outer[0] | set(gate_nodes.sql_names(node))
        self.found_by_name = outer[1] | gate_nodes.names_of_getattr(node)
        if _DECIDES.search(node.name):
            for condition in gate_nodes.context_conditions(node):
                why = "a right hangs on a key of the context, which the client sends"
                self._say(condition, "context", why)
        self.generic_visit(node)
        self.built_by_sql, self.found_by_name = outer

    def visit_Import(self, node: ast.Import) -> None:
        """Only the guarded readers open foreign files."""
        self._imports(node, [alias.name for alias in node.names])

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Only the guarded readers open foreign files."""
        if not node.level:
            module = node.module or ""
            self._imports(node, [module, *(f"{module}.{a.name}" for a in node.names)])

    def _imports(self, node: ast.AST, names: list[str]) -> None:
        parts = {part for name in names for part in name.split(".")}
        if bad := sorted(parts & FILE_READERS):
            why = f"{', '.join(bad)}: foreign files are read by engine/tabular only"
            self._say(node, "file-reader", why)
        if bad := sorted(parts & PROCESS_MODULES):
            why = f"{', '.join(bad)}: only the child process of safe_io"
            self._say(node, "runner", why)

    def visit_Assign(self, node: ast.Assign) -> None:
        """Old constraints are ignored without a word."""
        names = {target.id for target in node.targets if isinstance(target, ast.Name)}
        if "_sql_constraints" in names:
            self._say(
                node, "sql-constraints", "ignored since 19: use models.Constraint"
            )
        self.generic_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        """Errors are not swallowed."""
        body = node.body
        if len(body) == 1 and isinstance(body[0], ast.Pass):
            near = self.lines[node.lineno : body[0].lineno + 1]
            if not any("# " in line for line in near):
                self._say(
                    node, "except-pass", "an error is swallowed without a word why"
                )
        if node.type is None:
            self._say(node, "bare-except", "name the errors that are expected")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """Look at what is called."""
        name = gate_nodes.called(node.func)
        owner = ""
        if isinstance(node.func, ast.Attribute):
            owner = gate_nodes.called(node.func.value)
        first = node.args[0] if node.args else None
        if name in ("sudo", "_sudo") and not self._has_reason(node):
            self._say(node, "sudo", "say why above or beside it: # sudo: reason")
        elif name == "Markup" and not gate_nodes.is_constant(first):
            self._say(node, "markup", "Markup of a built string is not escaped")
        elif (owner, name) in _TODAY:
            self._say(node, "today", "ask fields.Date.context_today(record)")
        elif name == "execute" and owner in ("cr", "_cr"):
            if not self._is_sql(first):
                self._say(node, "raw-sql", "cr.execute takes an SQL(...) object")
        elif name == "commit" and owner in ("cr", "_cr"):
            self._say(node, "commit", "no cr.commit(): use the run mixin's chunks")
        elif name == "SQL" and not gate_nodes.is_constant(first):
            self._say(node, "built-sql", "SQL() takes a constant text first")
        elif name == "Workbook" and not gate_nodes.neutral_workbook(node):
            why = "Workbook without strings_to_formulas, _urls, _numbers: False"
            self._say(node, "workbook", why)
        self._look_at_what_runs(node, owner, name)
        self.generic_visit(node)

    def _look_at_what_runs(self, node: ast.Call, owner: str, name: str) -> None:
        if name in RUNNERS and not owner:
            self._say(node, "runner", f"{name}() runs what somebody wrote elsewhere")
        elif (owner, name) in (("os", "system"), ("os", "popen")):
            self._say(node, "runner", "starts another program")
        inner = node.func
        named = isinstance(inner, ast.Name) and inner.id in self.found_by_name
        if named or gate_nodes.is_open_getattr(inner):
            self._say(node, "getattr", "calls a method whose name is a variable")

    def visit_Compare(self, node: ast.Compare) -> None:
        """Floats that mean the same amount differ in the last bit."""
        sides = [node.left, *node.comparators]
        for position, operator in enumerate(node.ops):
            pair = sides[position : position + 2]
            equal = isinstance(operator, (ast.Eq, ast.NotEq))
            if equal and any(map(gate_nodes.is_money, pair)):
                why = "floats are compared by currency.compare_amounts or is_zero"
                self._say(node, "float-equal", why)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        """Markup(...) % x escapes x, but Markup(a % x) and SQL % x do not."""
        if isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Call):
            if gate_nodes.called(node.left.func) == "SQL":
                self._say(node, "built-sql", "SQL() is not formatted with %")
        self.generic_visit(node)

    def _has_reason(self, node: ast.Call) -> bool:
        end = node.end_lineno or node.lineno
        first = self.statement
        while first > 1 and self.lines[first - 1].lstrip().startswith("#"):
            first -= 1
        near = self.lines[first : end + 1]
        return any(re.search(r"#\s*sudo:\s*\S", line) for line in near)

    def _is_sql(self, node: ast.AST | None) -> bool:
        if isinstance(node, ast.Name):
            return node.id in self.built_by_sql
        return isinstance(node, ast.Call) and gate_nodes.makes_sql(node)

"""Each rule finds what breaks it and lets the right way pass."""

import textwrap

import pytest

from tools.dev.static_gate import check_javascript, check_python, check_xml

BAD = {
    "sudo": "record.sudo().write({})",
    "markup": "Markup(f'<b>{name}</b>')",
    "getattr": "getattr(record, name)()",
    "today": "fields.Date.today()",
    "raw-sql": "self.env.cr.execute('SELECT 1')",
    "built-sql": "SQL(f'SELECT {column}')",
    "commit": "self.env.cr.commit()",
    "workbook": "xlsxwriter.Workbook(stream)",
    "file-reader": "import openpyxl",
    "sql-constraints": "_sql_constraints = []",
    "runner": "safe_eval(record.code)",
    "runner import": "import pickle",
    "runner process": "os.system(command)",
    "markup variable": "Markup(text)",
    "markup format": "Markup('<b>{}</b>'.format(name))",
    "getattr name": "def go(record, name):\n    run = getattr(record, name)\n    run()",
    "context": "def _check_right(self):\n    if self.env.context.get('force'):\n        f()",
    "context in": "def may_edit(self):\n    return 1 if 'skip' in self.env.context else 0",
    "context name": """
        def _can_decide(self):
            skip = self.env.context.get('skip')
            return [one for one in self if not skip]
    """,
    "float-equal": "line.amount_residual == 0",
    "float-equal constant": "limit != -0.5",
    "float-equal card": "partner.ar_balance_amount != other",
    "workbook half": "Workbook(s, {'strings_to_formulas': False, 'in_memory': True})",
    "today utc": "datetime.utcnow()",
    "except-pass": "try:\n    f()\nexcept ValueError:\n    pass",
    "bare-except": "try:\n    f()\nexcept:\n    raise",
}
GOOD = {
    "sudo": "record.sudo().write({})  # sudo: the sequence is nobody's record",
    "sudo above": "# sudo: counters belong to the system\nrecord.sudo().write({})",
    "sudo two lines above": "# sudo: counters\n# are nobody's\nrecord.sudo().write({})",
    "sudo in a chain": """
        # sudo: counters belong to the system
        return (
            record
            .sudo()
            .search([])
        )
    """,
    "except-pass said why": "try:\n    f()\nexcept ValueError:\n    pass  # tried again",
    "file-builder": "from lxml.builder import E",
    "markup": "Markup('<b>%s</b>') % name",
    "getattr": "getattr(record, 'name')()",
    "today": "fields.Date.context_today(record)",
    "raw-sql": "self.env.cr.execute(SQL('SELECT %s', 1))",
    "raw-sql name": """
        def load(self, cr):
            query = SQL('SELECT %s', 1)
            cr.execute(query)
    """,
    "raw-sql argument": "def load(self, query: SQL):\n    self.env.cr.execute(query)",
    "built-sql": "SQL('SELECT %s', SQL.identifier(column))",
    "workbook": """
        Workbook(s, {
            'strings_to_formulas': False,
            'strings_to_urls': False,
            'strings_to_numbers': False,
        })
    """,
    "context as a view": "def _view(self):\n    if self.env.context.get('day'):\n        f()",
    "context handed on": "def _check(self):\n    return self.with_context(lang='zh_CN')",
    "getattr read": "def go(row, name):\n    value = getattr(row, name)\n    return value",
    "amount_type is no money": "rule.amount_type == 'fixed'",
    "zero by the currency": "currency.is_zero(line.amount_residual)",
    "markup constant": "Markup('<br>').join(lines)",
    "file-reader": "from .tabular import openpyxl",
    "except-pass": "try:\n    f()\nexcept ValueError:\n    count += 1",
}


def rules(code: str) -> list[str]:
    """Return the rules that a piece of code breaks."""
    return [hit.rule for hit in check_python("a/models/b.py", textwrap.dedent(code))]


@pytest.mark.parametrize("rule", BAD)
def test_finds(rule: str) -> None:
    assert rules(BAD[rule]) == [rule.split()[0]]


@pytest.mark.parametrize("name", GOOD)
def test_lets_pass(name: str) -> None:
    assert rules(GOOD[name]) == []


def test_listed_files_may() -> None:
    assert not check_python("a/engine/tabular/xlsx.py", "import openpyxl")


def test_names_file_and_line() -> None:
    (hit,) = check_xml("a/views/b.xml", "<odoo>\n<t t-raw='x'/></odoo>")
    assert str(hit) == "a/views/b.xml:2: t-raw prints text unescaped [t-raw]"


@pytest.mark.parametrize(
    "line",
    [
        "element.innerHTML = text;",
        "eval(text);",
        "return markup(text);",
        "new Function(text)();",
    ],
)
def test_javascript(line: str) -> None:
    (hit,) = check_javascript("a/static/src/b.js", f"\n{line}")
    assert (hit.line, hit.rule) == (2, "javascript")


def test_javascript_lets_pass() -> None:
    assert not check_javascript("a/static/src/b.js", "element.textContent = text;")

"""Each rule finds what breaks it and lets the right way pass."""

import textwrap

import pytest

from tools.dev.static_gate import check_python, check_xml

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
    "workbook": "Workbook(s, {'strings_to_formulas': False, 'in_memory': True})",
    "file-reader": "from .tabular import openpyxl",
    "except-pass": "try:\n    f()\nexcept ValueError:\n    count += 1",
}


def rules(code: str) -> list[str]:
    """Return the rules that a piece of code breaks."""
    return [hit.rule for hit in check_python("a/models/b.py", textwrap.dedent(code))]


@pytest.mark.parametrize("rule", BAD)
def test_finds(rule: str) -> None:
    assert rules(BAD[rule]) == [rule]


@pytest.mark.parametrize("name", GOOD)
def test_lets_pass(name: str) -> None:
    assert rules(GOOD[name]) == []


def test_listed_files_may() -> None:
    assert not check_python("a/engine/tabular/xlsx.py", "import openpyxl")


def test_names_file_and_line() -> None:
    (hit,) = check_xml("a/views/b.xml", "<odoo>\n<t t-raw='x'/></odoo>")
    assert str(hit) == "a/views/b.xml:2: t-raw prints text unescaped [t-raw]"

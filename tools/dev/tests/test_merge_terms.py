"""Known translations are kept; what is missing or wrong is named."""

import polib
import pytest

from tools.dev.merge_terms import fault, merge


def test_merge_keeps_what_is_known_and_drops_what_is_gone() -> None:
    template, old = polib.POFile(), polib.POFile()
    template.append(polib.POEntry(msgid="Customer"))
    template.append(polib.POEntry(msgid="Aging"))
    old.append(polib.POEntry(msgid="Customer", msgstr="客户"))
    old.append(polib.POEntry(msgid="Gone", msgstr="旧"))
    merged = merge(template, old)
    assert [(e.msgid, e.msgstr) for e in merged] == [
        ("Customer", "客户"),
        ("Aging", ""),
    ]


@pytest.mark.parametrize(
    ("english", "chinese", "found"),
    [
        ("Customer", "客户", ""),
        ("Customer", "", "not translated"),
        ("Customer", "customer", "repeats the English"),
        ("PDF", "PDF", ""),
        ("%(count)s", "%(count)s", ""),
        ("Excel", "Excel", ""),
        ("%(n)s lines", "行", "has other placeholders than the English"),
        ("%(n)s lines", "%(n)s 行", ""),
    ],
)
def test_fault(english: str, chinese: str, found: str) -> None:
    assert fault(polib.POEntry(msgid=english, msgstr=chinese), {"Excel"}) == found

"""Workbooks whose texts stay texts: none becomes a formula, a link or a number by itself.

What a customer's name or a bank line holds comes from outside; a spreadsheet would run
``=HYPERLINK(…)`` as soon as it is opened (CWE-1236).
"""

import xlsxwriter


def literal_workbook(target, **options):
    """A new workbook, to be closed by ``with``.

    ``target``: a path or an open binary file; ``options``: as of ``xlsxwriter.Workbook``,
    by default all is kept in memory until it is closed.
    """
    return xlsxwriter.Workbook(
        target,
        {
            "in_memory": True,
            **options,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )

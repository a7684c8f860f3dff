"""What ``./dev papers`` runs in Odoo's shell: prints papers made of invented figures.

Nothing is kept: the papers are written, printed and rolled back.
"""

import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from odoo.addons.customer_ar_suite.engine.ledger import Movement, OpenItem
from odoo.addons.customer_ar_suite.engine.statement import BUILDERS
from odoo.addons.customer_ar_suite.engine.statement.builder import Figures
from odoo.addons.customer_ar_suite.engine.statement.matrix import (
    BankAccount,
    Header,
    Party,
    PayCode,
    fingerprint,
)
from odoo.addons.customer_ar_suite.models.ar_confirmation_issue import Ask

env = globals()["env"]  # the shell's
AS_OF, START = date(2026, 6, 30), date(2026, 6, 1)
LANGUAGES = ("en_US", "zh_CN")
ROWS = (1, 25, 400)
MONEY = {1: ("EUR",), 3: ("CNY", "EUR", "JPY")}
CUSTOMERS = {
    "en_US": Party(
        "Caldbeck Process Engineering Ltd",
        ("Accounts Payable", "18 Foundry Lane", "Leeds LS10 1AB", "United Kingdom"),
        tax_id="GB 123 4567 89",
        reference="C20018",
    ),
    "zh_CN": Party(
        "宁波甬泰阀门制造有限公司",
        ("北仑区新大路1069号", "宁波市 浙江 315390", "中国"),
        tax_id="91330200MAA18GAX70",
        reference="C10004",
    ),
}
BANKS = (
    BankAccount("NL79 DEMO 9444 1932 49", "Demobank Rotterdam", "DEMONL2R", "EUR"),
    BankAccount("3225 0198 8736 0000 1234", "苏州城湖银行园区支行", "", "CNY"),
)
CODE = "\n".join(
    ("BCD", "002", "1", "SCT", "", "Meerhoven Components B.V.", "NL79DEMO9444193249")
)


def items(currency, rows, first_id):
    """Open items of the last months: paid in part, not due, credit notes."""
    currencies = env["res.currency"].with_context(active_test=False)
    record = currencies.search([("name", "=", currency)])
    for i in range(rows):
        day = AS_OF - timedelta(days=(rows - i) * 150 // rows)
        amount = (123456 + 98765 * i) % 5000000
        kind = "credit_note" if i % 9 == 8 else "invoice"
        amount = -amount // 10 if kind == "credit_note" else amount
        residual = amount // 2 if i % 7 == 3 else amount
        yield OpenItem(
            line_id=first_id + i,
            move_id=first_id + i,
            company_id=1,
            partner_id=1,
            account_id=1,
            currency_id=record.id,
            digits=record.decimal_places,
            company_digits=2,
            date=day,
            due_date=day + timedelta(days=30),
            invoice_date=day,
            number=f"{'RINV' if kind == 'credit_note' else 'INV'}/2026/{first_id + i:05}",
            reference=f"PO 45-{8000 + i} 采购订单" if i % 3 else f"PO 45-{8000 + i}",
            kind=kind,
            amount=amount,
            residual=residual,
            amount_company=amount,
            residual_company=residual,
        )


def figures(kind, rows, codes):
    """A ledger with so many lines on paper, spread over the currencies."""
    found = []
    share = -(-rows // len(codes))
    for n, code in enumerate(codes):
        found += items(code, share, 1 + 1000 * n)
    if kind != "activity":
        return Figures(found)
    known = [one for one in found if one.date >= START]
    movements = [
        Movement(
            one.line_id, one.move_id, 1, one.currency_id, one.date, one.due_date,
            one.number, one.reference, one.kind, one.amount, one.amount,
        )
        for one in known
    ] + [
        Movement(
            one.line_id + 500000, one.move_id + 500000, 1, one.currency_id,
            AS_OF, AS_OF, f"BNK1/2026/{one.line_id:05}", "转账 / transfer",
            "payment", one.residual - one.amount, one.amount,
        )
        for one in found
        if one.residual != one.amount
    ]  # fmt: skip
    opening = {}
    for one in found:
        opening[one.currency_id] = opening.get(one.currency_id, 0) + one.residual
    for one in movements:
        opening[one.currency_id] -= one.amount
    return Figures(found, movements, opening)


def matrix(kind, rows, codes, language, company):
    """The figures as a statement of the sample company."""
    statements = env["ar.statement"]
    layout = env["ar.statement.layout"].search([("kind", "=", kind)], limit=1)
    shared = statements._shared_header(company, layout, language)
    header = Header(
        layout=kind,
        customer=CUSTOMERS[language],
        as_of=AS_OF,
        language=language,
        date_from=START if kind == "activity" else None,
        **{**shared, "banks": BANKS},
    )
    made = BUILDERS.get(kind).build(
        header, figures(kind, rows, codes), statements._currencies()
    )
    code = PayCode("QR", CODE, BANKS[0].number)
    return replace(
        made,
        sections=tuple(
            replace(s, pay_code=code if s.currency == "EUR" else None)
            for s in made.sections
        ),
    ).with_words()


def statement(found, number, company):
    """A row that is printed and rolled back."""
    layout = env["ar.statement.layout"].search(
        [("kind", "=", found.header.layout)], limit=1
    )
    text = found.to_json()
    # sudo: a script of the developers, on a database of theirs
    return (
        env["ar.statement"]
        .sudo()
        .create(
            {
                "name": number,
                "partner_id": company.partner_id.id,
                "company_id": company.id,
                "company_currency_id": company.currency_id.id,
                "layout_id": layout.id,
                "as_of_date": AS_OF,
                "language": found.header.language,
                "snapshot": text,
                "snapshot_hash": fingerprint(text),
            }
        )
    )


def main():
    target = Path(os.environ["AR_PAPERS"])
    wanted = os.environ.get("AR_PAPERS_ONLY", "")
    report = env["ir.actions.report"]
    company = (
        env.ref("__ar_sample__.company_nl", raise_if_not_found=False) or env.company
    )
    letters = env["ar.confirmation"].with_company(company)
    for language in LANGUAGES:
        for count, codes in MONEY.items():
            for rows in ROWS:
                for kind in ("open_item", "activity", "compact"):
                    name = f"{kind}_{language}_{rows}_{count}"
                    if wanted not in name:
                        continue
                    found = matrix(kind, rows, codes, language, company)
                    paper = statement(found, "SOA/2026/00042", company)
                    (target / f"{name}.pdf").write_bytes(report._ar_papers_pdf(paper))
                    print(name)
                    env.cr.rollback()
            for kind in ("positive", "negative", "blank"):
                name = f"letter_{kind}_{language}_{count}"
                if wanted not in name:
                    continue
                found = matrix("open_item", 25, codes, language, company)
                ask = Ask(
                    kind,
                    AS_OF,
                    AS_OF + timedelta(days=20),
                    True,
                    "" if kind == "negative" else "Van der Meulen Accountants N.V.",
                    "Wijnhaven 88\n3011 WR Rotterdam\nMs J. Smit, +31 10 555 0777",
                )
                known = {
                    "partner_id": company.partner_id.id,
                    "balance_amount": 0,
                    "matrix": found,
                }
                paper = letters._write_letters(company, ask, [known])
                (target / f"{name}.pdf").write_bytes(report._ar_papers_pdf(paper))
                print(name)
                env.cr.rollback()


main()

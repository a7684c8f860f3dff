from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from odoo import models

from ..engine.errors import EngineError
from ..engine.statement import BUILDERS
from ..engine.statement.builder import Currency, Figures, gaps
from ..engine.statement.matrix import BankAccount, Header, Party, StatementMatrix
from .garbage import collector_off
from .sensitive_values import clear_values

MOST_BANKS = 3


class Draft(NamedTuple):
    """A statement about to be issued; sums in minor units of the company's currency."""

    partner_id: int
    matrix: StatementMatrix
    balance: int
    overdue: int


class ArStatement(models.Model):
    _inherit = "ar.statement"

    def _build(
        self, company, layout, as_of, date_from=None, partner_ids=None, only=None
    ):
        """The checked figures of many customers; questions do not grow with their number.

        :return: drafts in the order of customers' names, errors by customer
        :rtype: tuple[list[Draft], dict[int, EngineError]]
        """
        with collector_off():
            return self._build_all(company, layout, as_of, date_from, partner_ids, only)

    def _build_all(self, company, layout, as_of, date_from, partner_ids, only):
        builder = BUILDERS.get(layout.kind)
        start = date_from if builder.needs_period else None
        figures = self._load_figures(company, layout, as_of, start, partner_ids, only)
        headers = self._load_headers(company, layout, as_of, start, list(figures))
        currencies = self._currencies()
        drafts, errors = [], {}
        for partner_id, header in headers.items():
            try:
                matrix = builder.build(header, figures[partner_id], currencies)
            except EngineError as error:
                errors[partner_id] = error
                continue
            items = figures[partner_id].items
            balance = sum([item.residual_company for item in items])
            overdue = sum([i.residual_company for i in items if i.due_date < as_of])
            drafts.append(Draft(partner_id, matrix, balance, overdue))
        return self._with_payables(drafts, company, as_of), errors

    def _with_payables(self, drafts, company, as_of):
        """Beside each balance what we owe the same customer, where the company shows it."""
        owed = {
            (row.partner_id, row.currency_id): row.amount
            for row in self.env["ar.ledger"]._payables(
                as_of,
                company_ids=company.ids,
                partner_ids=[draft.partner_id for draft in drafts],
            )
        }
        if not owed:
            return drafts
        ids = self._currency_ids()
        return [
            draft._replace(
                matrix=replace(
                    draft.matrix,
                    sections=tuple(
                        replace(
                            section,
                            payable=owed.get(
                                (draft.partner_id, ids[section.currency]), 0
                            ),
                        )
                        for section in draft.matrix.sections
                    ),
                )
            )
            for draft in drafts
        ]

    # -- figures --------------------------------------------------------------------------

    def _load_figures(self, company, layout, as_of, start, partner_ids, only):
        """What the ledger knows, by customer.

        :rtype: dict[int, Figures]
        """
        ledger = self.env["ar.ledger"]
        scope = {"company_ids": company.ids}
        if partner_ids is not None:
            # sudo: ids of commercial partners only; what is shown of them is filtered
            # by the user's rules when the headers are made
            chosen = self.env["res.partner"].sudo().browse(partner_ids)
            chosen.fetch(["commercial_partner_id"])
            # a customer whose items are hidden would get a statement that shows nothing
            chosen.commercial_partner_id.with_env(self.env)._ar_check_money()
            scope["partner_ids"] = chosen.commercial_partner_id.ids
        items = _by_partner(ledger._open_items(as_of, **scope))
        if only == "overdue":
            items = {
                partner_id: rows
                for partner_id, rows in items.items()
                if any(row.due_date < as_of and row.residual > 0 for row in rows)
            }
        if partner_ids is None or only:
            scope["partner_ids"] = [partner_id for partner_id in items if partner_id]
        movements, opening = self._load_history(layout, as_of, start, scope)
        figures = {
            partner_id: Figures(
                items.get(partner_id, ()),
                movements.get(partner_id, ()),
                opening.get(partner_id, {}),
            )
            for partner_id in scope["partner_ids"]
        }
        return self._with_transfers(figures, as_of, start, scope) if start else figures

    def _with_transfers(self, figures, as_of, start, scope):
        """Add what was settled across currencies and customers, where there is any."""
        moved = [pid for pid, known in figures.items() if gaps(known)]
        if not moved:
            return figures
        scope = {**scope, "partner_ids": moved}
        for partner_id, rows in _by_partner(
            self.env["ar.ledger"]._transfers(as_of, **scope)
        ).items():
            known = figures[partner_id]
            opening = defaultdict(int, known.opening)
            for row in rows:
                if row.date < start:
                    opening[row.currency_id] += row.amount
            within = [row for row in rows if row.date >= start]
            figures[partner_id] = Figures(
                known.items, [*known.movements, *within], opening
            )
        return figures

    def _load_history(self, layout, as_of, start, scope):
        """Movements and opening balances where the layout shows any, by customer."""
        ledger = self.env["ar.ledger"]
        opening = defaultdict(dict)
        if start:
            for balance in ledger._opening_balances(start, **scope):
                opening[balance.partner_id][balance.currency_id] = balance.amount
            movements = ledger._movements(start, as_of, **scope)
        elif layout.settled_days > 0:
            first = as_of - timedelta(days=layout.settled_days)
            movements = ledger._movements(first, as_of, **scope)
        else:
            movements = []
        return _by_partner(movements), opening

    def _currencies(self):
        """Code and digits of every currency by id."""
        currencies = self.env["res.currency"].with_context(active_test=False)
        currencies = currencies.search_fetch([], ["name", "decimal_places"])
        return {c.id: Currency(c.name, c.decimal_places) for c in currencies}

    def _currency_ids(self):
        """Ids by code."""
        return {currency.code: key for key, currency in self._currencies().items()}

    # -- headers --------------------------------------------------------------------------

    def _load_headers(self, company, layout, as_of, start, partner_ids):
        """Everything around the figures, in each customer's language, by customer.

        Customers whom the user may not see are not among them.

        :rtype: dict[int, Header]
        """
        partners = self._load_mailing(partner_ids)
        contacts = self._load_invoice_contacts(list(partners))
        languages = self._languages(company)
        receivers = [*partners.values(), *contacts.values()]
        countries = {row["country_id"] for row in receivers}
        states = {row["state_id"] for row in receivers}
        shared, writers, headers = {}, {}, {}
        for partner_id, values in partners.items():
            language = languages[values["lang"]]
            if language not in shared:
                shared[language] = self._shared_header(company, layout, language)
                writers[language] = self._address_writer(language, countries, states)
            headers[partner_id] = Header(
                layout=layout.kind,
                customer=_party(values, contacts.get(partner_id), writers[language]),
                as_of=as_of,
                language=language,
                date_from=start,
                **shared[language],
            )
        return headers

    def _languages(self, company):
        """The language a statement is written in, by the language of the customer."""
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        wanted = (company.partner_id.lang, self.env.lang)
        fallback = next((code for code in wanted if code in installed), "en_US")
        return defaultdict(lambda: fallback, {code: code for code in installed})

    def _shared_header(self, company, layout, language):
        """What all statements of one language have in common."""
        company = company.with_context(lang=language)
        sender = company.partner_id
        layout = layout.with_context(lang=language)
        # our own numbers, which we want everybody to know
        with clear_values():
            parts = self._sender(company, sender, layout)
        return {
            **parts,
            "bucket_limits": layout._bucket_limits(company),
            "intro": layout.intro or company.ar_statement_intro or "",
            "closing": layout.closing or company.ar_statement_closing or "",
            "tagline": company.ar_statement_tagline or "",
            "footer": company.ar_statement_footer or "",
        }

    def _sender(self, company, sender, layout):
        """Who writes, and where to pay."""
        banks = sender.bank_ids[:MOST_BANKS] if layout.show_banks else ()
        website = (company.website or "").split("://")[-1].rstrip("/")
        return {
            "company": Party(
                name=company.name,
                address=_address_lines(sender),
                contact=tuple(filter(None, (company.phone, company.email, website))),
                tax_id=company.vat or "",
            ),
            "banks": tuple(
                BankAccount(
                    bank.acc_number,
                    bank.bank_name or "",
                    bank.bank_bic or "",
                    _account_currency(bank, company).name or "",
                )
                for bank in banks
            ),
        }


def _by_partner(rows):
    groups = defaultdict(list)
    for row in rows:
        groups[row.partner_id].append(row)
    return groups


def _account_currency(bank, company):
    """What an account is kept in; one without journal and currency takes anything."""
    journal = bank.journal_id[:1]
    own = journal and company.currency_id
    return bank.currency_id or journal.currency_id or own or bank.currency_id


def _address_lines(partner):
    """The postal address as the company's country writes it, without empty lines."""
    lines = partner._display_address(without_company=True).splitlines()
    return tuple(line.strip() for line in lines if line.strip())


def _party(values, contact, write_address):
    """The receiver: the customer, at the address of its contact for invoices if any."""
    address = write_address(contact or values)
    if contact and contact["name"] and contact["name"] != values["name"]:
        address = (contact["name"], *address)
    return Party(
        name=values["name"] or "",
        address=address,
        tax_id=values["vat"] or "",
        reference=values["ref"] or "",
    )

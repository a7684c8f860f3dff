from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from odoo import models

from ..engine.errors import EngineError
from ..engine.statement import BUILDERS
from ..engine.statement.builder import Currency, Figures
from ..engine.statement.matrix import BankAccount, Header, Party, StatementMatrix
from .garbage import collector_off
from .sensitive_values import clear_values

MOST_BANKS = 3
#: what is asked of the company and of its own contact: a record read whole, with all its
#: hundred fields, takes longer than the figures of a hundred customers
_OF_COMPANY = (
    *("partner_id", "name", "active", "parent_path", "currency_id"),
    *("phone", "email", "ar_shows_payables"),
    *("ar_statement_intro", "ar_statement_closing"),
    *("ar_statement_tagline", "ar_statement_footer"),
)
_OF_SENDER = (
    *("lang", "tz", "phone", "email", "website", "vat", "commercial_company_name"),
    *("state_id", "country_id", "company_id", "partner_share"),
)


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
        self._load_settings(company)
        builder = BUILDERS.get(layout.kind)
        start = date_from if builder.needs_period else None
        currencies = self._currencies()
        figures = self._load_figures(company, layout, as_of, start, partner_ids, only)
        headers = self._load_headers(company, layout, as_of, start, list(figures))
        build = partial(_matrices, builder, currencies)
        matrices, errors = build(headers, figures)
        if start and errors:
            # entries alone do not lead to what is open: it was settled with another
            # currency or customer, or the ledger is wrong
            figures |= self._with_transfers(figures, errors, company, as_of, start)
            settled, errors = build({key: headers[key] for key in errors}, figures)
            matrices |= settled
        drafts = [
            _draft(partner_id, matrices[partner_id], figures[partner_id].items, as_of)
            for partner_id in headers
            if partner_id in matrices
        ]
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
        builder = BUILDERS.get(layout.kind)
        scope = {"company_ids": company.ids}
        if partner_ids is not None:
            # ids of customers only; what is shown of them is filtered by the user's
            # rules when the headers are made
            chosen = ledger._customers(partner_ids)
            # a customer whose items are hidden would get a statement that shows nothing
            self.env["res.partner"].browse(chosen)._ar_check_money()
            scope["partner_ids"] = chosen
        items = _by_partner(
            ledger._open_items(as_of, described=builder.lists_items, **scope)
        )
        if only == "overdue":
            items = {
                partner_id: rows
                for partner_id, rows in items.items()
                if any(row.due_date < as_of and row.residual > 0 for row in rows)
            }
        if partner_ids is None or only:
            scope["partner_ids"] = ledger._customers(list(filter(None, items)))
        movements, opening = self._load_history(layout, as_of, start, scope)
        return {
            partner_id: Figures(
                items.get(partner_id, ()),
                movements.get(partner_id, ()),
                opening.get(partner_id, {}),
            )
            for partner_id in scope["partner_ids"]
        }

    def _with_transfers(self, figures, partner_ids, company, as_of, start):
        """The figures of these customers with what was settled across currencies and customers.

        :rtype: dict[int, Figures]
        """
        rows = self.env["ar.ledger"]._transfers(
            as_of, company_ids=company.ids, partner_ids=list(partner_ids)
        )
        completed = {}
        for partner_id, moved in _by_partner(rows).items():
            known = figures[partner_id]
            opening = defaultdict(int, known.opening)
            for row in moved:
                if row.date < start:
                    opening[row.currency_id] += row.amount
            within = [row for row in moved if row.date >= start]
            completed[partner_id] = Figures(
                known.items, [*known.movements, *within], opening
            )
        return completed

    def _load_history(self, layout, as_of, start, scope):
        """Movements and opening balances where the layout shows any, by customer."""
        ledger = self.env["ar.ledger"]
        opening = defaultdict(dict)
        if start:
            for balance in ledger._opening_balances(start, **scope):
                opening[balance.partner_id][balance.currency_id] = balance.amount
            movements = ledger._movements(start, as_of, in_company=False, **scope)
        elif layout.settled_days > 0:
            first = as_of - timedelta(days=layout.settled_days)
            movements = ledger._movements(first, as_of, in_company=False, **scope)
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

    def _load_settings(self, company):
        """Read what all statements of the company have in common."""
        self.env.user.fetch(["share"])
        company.fetch(_OF_COMPANY)
        sender = company.partner_id
        with clear_values():
            sender.fetch([*_OF_SENDER, *sender._formatting_address_fields()])
        sender.country_id.fetch(["code", "name", "address_format"])
        sender.state_id.fetch(["code", "name"])

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
        countries = {row.country_id for row in receivers}
        states = {row.state_id for row in receivers}
        forms, writers, headers = {}, {}, {}
        for partner_id, row in partners.items():
            language = languages[row.lang]
            if language not in forms:
                forms[language] = Header(
                    layout=layout.kind,
                    customer=Party(""),
                    as_of=as_of,
                    language=language,
                    date_from=start,
                    **self._shared_header(company, layout, language),
                )
                writers[language] = self._address_writer(language, countries, states)
            customer = _party(row, contacts.get(partner_id), writers[language])
            headers[partner_id] = forms[language].addressed_to(customer)
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
        banks = self._paid_to(sender, company) if layout.show_banks else ()
        website = (company.website or "").split("://")[-1].rstrip("/")
        return {
            "company": Party(
                name=company.name,
                address=_address_lines(sender),
                contact=tuple(filter(None, (company.phone, company.email, website))),
                tax_id=company.vat or "",
            ),
            "banks": banks,
        }

    def _paid_to(self, sender, company):
        """The first bank accounts of the company."""
        banks = self.env["res.partner.bank"].search_fetch(
            [("partner_id", "=", sender.id)],
            ["acc_number", "bank_id", "currency_id"],
            limit=MOST_BANKS,
        )
        journals = self.env["account.journal"].search_fetch(
            [("bank_account_id", "in", banks.ids)], ["bank_account_id", "currency_id"]
        )
        journals = journals.grouped("bank_account_id")
        return tuple(
            BankAccount(
                bank.acc_number,
                bank.bank_name or "",
                bank.bank_bic or "",
                _account_currency(bank, journals.get(bank), company).name or "",
            )
            for bank in banks
        )


def _matrices(builder, currencies, headers, figures):
    """What could be built and what could not, by customer."""
    matrices, errors = {}, {}
    for partner_id, header in headers.items():
        try:
            matrices[partner_id] = builder.build(
                header, figures[partner_id], currencies
            )
        except EngineError as error:
            errors[partner_id] = error
    return matrices, errors


def _draft(partner_id, matrix, items, as_of):
    balance = sum([item.residual_company for item in items])
    overdue = sum([i.residual_company for i in items if i.due_date < as_of])
    return Draft(partner_id, matrix, balance, overdue)


def _by_partner(rows):
    groups = defaultdict(list)
    for row in rows:
        groups[row.partner_id].append(row)
    return groups


def _account_currency(bank, journals, company):
    """What an account is kept in; one without journal and currency takes anything."""
    of_journal = journals and (journals[:1].currency_id or company.currency_id)
    return bank.currency_id or of_journal or bank.currency_id


def _address_lines(partner):
    """The postal address as the company's country writes it, without empty lines."""
    lines = partner._display_address(without_company=True).splitlines()
    return tuple(line.strip() for line in lines if line.strip())


def _party(row, contact, write_address):
    """The receiver: the customer, at the address of its contact for invoices if any."""
    address = write_address(contact or row)
    if contact and contact.name and contact.name != row.name:
        address = (contact.name, *address)
    return Party(
        name=row.name or "",
        address=address,
        tax_id=row.vat or "",
        reference=row.ref or "",
    )

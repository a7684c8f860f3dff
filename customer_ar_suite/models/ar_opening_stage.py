from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..engine.money import from_minor
from ..engine.opening_items.plan import Books, Customer, build, number_key
from ..engine.opening_items.rows import Settings, read_items
from ..engine.tabular.mapped import Column
from ..engine.tabular.numbers import FORMATS
from .ar_opening_import import CLERK

_STAGE_SIZE = 2_000


class ArOpeningImport(models.Model):
    """The dry run: items read, customers found, doubles refused, sums made."""

    _inherit = "ar.opening.import"

    def action_check(self):
        """Show what the file would book; nothing is booked."""
        self._check_role(CLERK, "mapping", "check")
        for one in self:
            one._check_columns()
            one._check_period()
            chosen = one._chosen_customers()
            one._forget_check()
            planned, settings = one._load_plan(chosen)
            one._apply_plan(planned, settings)

    def action_back_to_mapping(self):
        """Forget the dry run and change how the columns are read."""
        self._check_role(CLERK, "check")
        self._forget_check()

    def _forget_check(self):
        # sudo: items of a dry run are made and dropped by the import alone
        imports = self.sudo()
        imports.item_ids.unlink()
        imports.total_ids.unlink()
        imports.write(
            {"checked_at": False, "confirmed_by_id": False, "confirmed_at": False}
        )

    def _check_columns(self):
        self.ensure_one()
        codes = set(self.column_ids.mapped("field_code"))
        if not codes & {"customer_ref", "customer_name", "customer_vat"}:
            raise UserError(
                self.env._(
                    "No column names the customer. Choose the field of one of them."
                )
            )
        if not codes & {"amount", "debit"}:
            raise UserError(
                self.env._(
                    "No column is the open amount, or the debit. Choose the field of one of "
                    "them."
                )
            )
        if {"amount", "debit"} <= codes or {"amount", "credit"} <= codes:
            raise UserError(
                self.env._(
                    "Amounts stand either in one column or in a debit and a credit column. "
                    "Leave the field of the other columns empty."
                )
            )

    def _check_period(self):
        """The cut-over date is one on which may still be booked."""
        self.ensure_one()
        locks = self.company_id._get_violated_lock_dates(
            self.cut_over_date, False, self.journal_id
        )
        if locks:
            raise UserError(
                self.env._(
                    "%(day)s is in a closed period: the books are locked up to %(lock)s. "
                    "Choose a later cut-over date, or have the lock date moved.",
                    day=format_date(self.env, self.cut_over_date),
                    lock=format_date(self.env, locks[-1][0]),
                )
            )

    # -- load -----------------------------------------------------------------------------

    def _chosen_customers(self):
        """What the file calls a customer → whom somebody chose for it."""
        return {
            item.customer_key: item.partner_id.id
            for item in self.item_ids
            if item.is_chosen and item.partner_id
        }

    def _load_plan(self, chosen):
        _table, sheet = self._load_table()
        rows = sheet.rows[self._header_position(sheet) + 1 :]
        settings = self._load_settings()
        columns = [
            Column(column.position, column.heading, column.field_code)
            for column in self.column_ids
            if column.field_code
        ]
        return build(read_items(rows, columns, settings), self._load_books(chosen)), (
            settings
        )

    def _load_settings(self):
        currencies = self.env["res.currency"].search([("active", "=", True)])
        return Settings(
            self.cut_over_date,
            self.company_currency_id.name,
            {currency.name: currency.decimal_places for currency in currencies},
            self._load_rates(currencies),
            FORMATS[self.number_format],
            self.date_order,
            self.negative_kind,
        )

    def _load_rates(self, currencies):
        """Company currency per unit, for currencies that have a rate by then."""
        company = self.company_id.root_id
        # sudo: rates are read by everybody
        rated = dict(
            self.env["res.currency.rate"]
            .sudo()
            ._read_group(
                [
                    ("name", "<=", self.cut_over_date),
                    ("company_id", "in", (False, company.id)),
                ],
                ["currency_id"],
                ["__count"],
            )
        )
        convert = self.env["res.currency"]._get_conversion_rate
        return {
            currency.name: Decimal(
                repr(
                    convert(
                        currency,
                        self.company_currency_id,
                        self.company_id,
                        self.cut_over_date,
                    )
                )
            )
            for currency in currencies
            if currency in rated
        }

    def _load_books(self, chosen):
        partners = (
            self.env["res.partner"]
            .with_context(active_test=False)
            .search_fetch(
                [
                    ("parent_id", "=", False),
                    ("company_id", "in", (False, self.company_id.id)),
                    ("ref_company_ids", "=", False),
                ],
                ["ref", "vat", "name"],
            )
        )
        return Books(
            [Customer(p.id, p.ref or "", p.vat or "", p.name or "") for p in partners],
            chosen,
            self._booked_keys(),
        )

    def _booked_keys(self, partner_ids=None):
        """(customer, number) of what is in the books: documents and opening items."""
        scope = [("company_id", "=", self.company_id.id), ("state", "=", "posted")]
        if partner_ids is not None:
            scope.append(("commercial_partner_id", "in", list(partner_ids)))
        # sudo: only whether a number is taken is told
        moves = self.env["account.move"].sudo()
        documents = moves._read_group(
            [*scope, ("move_type", "in", moves.get_sale_types(include_receipts=True))],
            ["commercial_partner_id"],
            ["name:array_agg", "ref:array_agg"],
        )
        # sudo: as above
        opened = (
            self.env["ar.opening.item"]
            .sudo()
            ._read_group(
                [("company_id", "=", self.company_id.id), ("outcome", "=", "booked")],
                ["partner_id"],
                ["number:array_agg"],
            )
        )
        return frozenset(
            (partner.id, number_key(number))
            for partner, *lists in [*documents, *opened]
            for numbers in lists
            for number in numbers
            if number
        )

    # -- apply: the items of the dry run --------------------------------------------------

    def _apply_plan(self, planned, settings):
        """Keep what was read and found as items of this import."""
        currencies = {
            currency.name: currency.id
            for currency in self.env["res.currency"].search([("active", "=", True)])
        }
        digits = settings.digits
        own = digits[settings.company_currency]
        values = [self._prepare_item(one, currencies, digits, own) for one in planned]
        # sudo: items are what the file says; users only choose customers and leave out
        items = self.env["ar.opening.item"].sudo()
        for start in range(0, len(values), _STAGE_SIZE):
            items.create(values[start : start + _STAGE_SIZE])
        self._set(checked_at=fields.Datetime.now())
        self._count_totals()

    def _prepare_item(self, planned, currencies, digits, own):
        item = planned.item
        places = digits.get(item.currency, 2)
        return {
            "import_id": self.id,
            "row": item.row,
            "status": planned.status,
            "kind": item.kind or False,
            "customer_key": item.customer,
            "customer_text": " · ".join(
                dict.fromkeys(filter(None, (item.customer_ref, item.customer_name)))
            )
            or item.customer,
            "partner_id": planned.partner_id or False,
            "number": item.number,
            "reference": item.reference,
            "invoice_date": item.invoice_date,
            "due_date": item.due_date,
            "currency_id": currencies.get(item.currency) or self.company_currency_id.id,
            "amount": float(from_minor(item.amount, places)),
            "company_amount": float(from_minor(item.company_amount, own)),
            "has_warning": any(f.severity == "warning" for f in item.findings),
            "findings": [
                {
                    "severity": f.severity,
                    "code": f.code,
                    "params": {k: _plain(v) for k, v in f.params.items()},
                }
                for f in item.findings
            ],
        }

    def _count_totals(self):
        """The control totals, by currency and in all; what the old ledger says stays."""
        for one in self:
            said = {
                (total.currency_id, total.is_company_total): total.ledger_amount
                for total in one.total_ids
            }
            sums = {}
            for currency, status, out, count, amount, company in self.env[
                "ar.opening.item"
            ]._read_group(
                [("import_id", "=", one.id)],
                ["currency_id", "status", "is_left_out"],
                ["__count", "amount:sum", "company_amount:sum"],
            ):
                whole = (one.company_currency_id, True)
                for key, value in (((currency, False), amount), (whole, company)):
                    tally = sums.setdefault(key, [0, 0.0, 0.0])
                    if status == "ready" and not out:
                        tally[0] += count
                        tally[1] += value
                    elif not out:
                        tally[2] += value
            # sudo: totals are what the items add up to
            totals = one.sudo()
            totals.total_ids.unlink()
            self.env["ar.opening.total"].sudo().create(  # sudo: see above
                [
                    {
                        "import_id": one.id,
                        "currency_id": currency.id,
                        "is_company_total": whole,
                        "item_count": count,
                        "file_amount": currency.round(amount),
                        "waiting_amount": currency.round(waiting),
                        "ledger_amount": said.get((currency, whole), 0.0),
                    }
                    for (currency, whole), (count, amount, waiting) in sums.items()
                ]
            )
            one._set(confirmed_by_id=False, confirmed_at=False)

    def action_confirm_totals(self):
        """Say that the file is complete: its totals are those of the old ledger."""
        self._check_role(CLERK, "check")
        for one in self:
            if not one.are_equal:
                raise UserError(
                    self.env._(
                        "The totals differ from the old ledger:\n%(totals)s",
                        totals="\n".join(one._told_differences()),
                    )
                )
            one._set(confirmed_by_id=self.env.uid, confirmed_at=fields.Datetime.now())
            one._log(
                "opening.confirm",
                totals={t.currency_id.name: t.file_amount for t in one.total_ids},
            )

    def _told_differences(self):
        for total in self.total_ids:
            currency = total.currency_id
            if not currency.is_zero(total.difference_amount):
                yield self.env._(
                    "%(currency)s: to book %(file)s, old ledger %(ledger)s, not ready "
                    "%(waiting)s",
                    currency=currency.name,
                    file=currency.format(total.file_amount),
                    ledger=currency.format(total.ledger_amount),
                    waiting=currency.format(total.waiting_amount),
                )


def _plain(value):
    return value if isinstance(value, (int, str)) else str(value)

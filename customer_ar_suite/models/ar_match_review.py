from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_date

from ..engine.matching.deductions import discount_on
from ..engine.money import from_minor

_CLERK = "customer_ar_suite.customer_ar_suite_group_ar_clerk"
_ACCOUNTANT = "customer_ar_suite.customer_ar_suite_group_ar_accountant"
#: tabs of the screen that show proposals, by their state
_STATES = {
    "proposed": ("proposed",),
    "accepted": ("accepted",),
    "applied": ("applied",),
}
#: tabs of bank lines without a proposal, by the sign of their money
_SIGNS = {"unmatched": 1, "outgoing": -1}
_PAGE, _MAX_PAGE = 80, 200
_ITEMS_SHOWN = 60


class ArMatchReview(models.AbstractModel):
    """What the reconciliation screen shows: one call per page, one for other open items.

    It reads only; decisions go to ``ar.match.proposal``.
    """

    _name = "ar.match.review"
    _description = "Reconciliation Screen"

    @api.model
    def get_page(
        self,
        tab="proposed",
        search="",
        confidence="",
        offset=0,
        limit=_PAGE,
        line_id=False,
        import_id=False,
    ):
        """Receipts of a tab with their proposals, and how many each tab has.

        :param tab: ``proposed``, ``accepted``, ``applied``, ``unmatched`` or ``outgoing``
        :param search: text, customer or payer
        :param confidence: only this class of confidence
        :param line_id: only this bank line
        :param import_id: only receipts of this bank file, in every tab
        """
        self._check_reviewer()
        file, proposals_of_file, lines_of_file = self._of_file(import_id)
        limit = max(1, min(int(limit), _MAX_PAGE))
        offset = max(0, int(offset))
        if tab in _STATES:
            only = proposals_of_file
            if line_id:
                only &= Domain("statement_line_id", "=", int(line_id))
            rows, total = self._proposal_rows(
                tab, search, confidence, offset, limit, only
            )
        else:
            only = Domain("id", "=", int(line_id)) if line_id else Domain.TRUE
            domain = self._unmatched_domain(_SIGNS.get(tab, 1)) & only & lines_of_file
            rows, total = self._unmatched_rows(search, offset, limit, domain)
        return {
            "rows": rows,
            "total": total,
            "counts": self._counts(proposals_of_file, lines_of_file),
            "file": file.display_name or "",
            "reasons": self._reason_rows(),
            "can_apply": self.env.user.has_group(_ACCOUNTANT),
        }

    @api.model
    def get_open_items(self, statement_line_id, search="", all_currencies=False):
        """Open items a receipt could pay: of its customer, else what is searched for.

        Those nearest to the amount received come first, credit notes to deduct last; for
        money that goes out the other way round.

        :param all_currencies: also items in other currencies than the receipt's
        """
        self._check_reviewer()
        line = self.env["account.bank.statement.line"].browse(int(statement_line_id))
        line.check_access("read")
        ledger = self.env["ar.ledger"]
        receipts = ledger._receipts(
            ledger._receipt_domain(line.company_id.ids, line_ids=line.ids, sign=0)
        )
        if not receipts:
            return []
        receipt = receipts[0]
        items = ledger._open_items(
            max(fields.Date.context_today(self), receipt.date),
            company_ids=line.company_id.ids,
            currency_ids=None if all_currencies else [receipt.currency_id],
            **self._item_scope(receipt, search),
        )
        items = [item for item in items if not item.is_advance]
        out = receipt.amount < 0
        items.sort(
            key=lambda i: (
                i.currency_id != receipt.currency_id,
                (i.residual < 0) != out,
                abs(i.residual - receipt.amount),
                i.due_date,
                i.line_id,
            )
        )
        items = self.env["ar.match.run"]._with_discounts(items[:_ITEMS_SHOWN])
        return self._item_rows(items, receipt)

    def _check_reviewer(self):
        if not self.env.user.has_group(_CLERK):
            raise AccessError(self.env._("Only AR clerks may review proposals."))

    # -- receipts -------------------------------------------------------------------------

    def _of_file(self, import_id):
        """The bank file, and what is its own of the proposals and of the bank lines."""
        files = self.env["ar.bank.import"]
        if not import_id:
            return files, Domain.TRUE, Domain.TRUE
        file = files.search([("id", "=", int(import_id))])
        posted = file.line_ids.statement_line_id.ids
        proposals = Domain("import_line_id.import_id", "in", file.ids)
        proposals |= Domain("statement_line_id", "in", posted)
        return file, proposals, Domain("id", "in", posted)

    def _proposal_rows(self, tab, search, confidence, offset, limit, only):
        domain = Domain("state", "in", _STATES[tab]) & only
        domain &= Domain("company_id", "in", self.env.companies.ids)
        if confidence:
            domain &= Domain("confidence_class", "=", str(confidence))
        if search:
            domain &= Domain.OR(
                [
                    Domain(name, "ilike", str(search))
                    for name in (
                        "payment_ref",
                        "payer_name",
                        "partner_id.name",
                        "import_line_id.label",
                        "import_line_id.payer_name",
                    )
                ]
                + [Domain("allocation_ids.move_id.name", "ilike", str(search))]
            )
        order = "decided_at desc, id desc" if tab == "applied" else None
        model = self.env["ar.match.proposal"]
        proposals = model.search(domain, offset=offset, limit=limit, order=order)
        return [self._proposal_row(one) for one in proposals], model.search_count(
            domain
        )

    def _proposal_row(self, proposal):
        currency = proposal.currency_id
        return {
            **self._proposal_line_row(proposal),
            "key": f"p{proposal.id}",
            "proposal_id": proposal.id,
            "amount": proposal.receipt_amount,
            "amount_text": currency.format(proposal.receipt_amount),
            "currency": self._currency_row(currency),
            "partner": proposal.partner_id.display_name or "",
            "confidence": proposal.confidence,
            "confidence_class": proposal.confidence_class,
            "is_unique": proposal.is_unique,
            "reasons": proposal._reasons(),
            "error": proposal.run_error or "",
            "remainder": proposal.remainder_amount,
            "remainder_text": currency.format(proposal.remainder_amount),
            "short_text": currency.format(proposal.short_amount),
            "is_short": bool(proposal.short_amount),
            "keep_as_advance": proposal.keep_as_advance,
            "state": proposal.state,
            "decided_by": proposal.decided_by_id.name or "",
            "kind": proposal.kind,
            "is_automatic": proposal.is_automatic,
            "approval": proposal.approval_state or "",
            "allocations": [self._allocation_row(a) for a in proposal.allocation_ids],
        }

    def _proposal_line_row(self, proposal):
        """What the bank says of the receipt: posted, or staged in a file."""
        if proposal.import_line_id:
            return proposal.import_line_id._ar_review_row()
        return self._line_row(proposal.statement_line_id)

    def _allocation_row(self, allocation):
        item = allocation.item_line_id
        return {
            "item_id": item.id,
            "move_id": item.move_id.id,
            "number": item.move_name or "",
            "customer": item.partner_id.display_name or "",
            "due": format_date(self.env, item.date_maturity or item.date),
            "open": allocation.open_amount,
            "open_text": allocation.currency_id.format(allocation.open_amount),
            "amount": allocation.amount,
            "amount_text": allocation.currency_id.format(allocation.amount),
            "paid": allocation.paid_amount,
            "currency": self._currency_row(allocation.currency_id),
            "deductions": [
                {
                    "type_id": one.type_id.id,
                    "reason": one.type_id.name,
                    "amount": one.amount,
                    "amount_text": one.currency_id.format(one.amount),
                    "note": one.note or "",
                }
                for one in allocation.adjustment_ids
            ],
        }

    def _reason_rows(self):
        """The reasons that can be chosen, by company."""
        types = self.env["ar.adjustment.type"]
        return [
            {
                "id": one.id,
                "name": one.name,
                "kind": one.kind,
                "needs_note": one.needs_note,
                "company": one.company_id.id,
            }
            for company in self.env.companies
            for one in types._usable(company)
        ]

    def _unmatched_rows(self, search, offset, limit, domain):
        if search:
            domain &= Domain.OR(
                [
                    Domain(name, "ilike", str(search))
                    for name in ("payment_ref", "partner_name", "partner_id.name")
                ]
            )
        model = self.env["account.bank.statement.line"]
        lines = model.search(domain, offset=offset, limit=limit)
        receipts = {
            one.line_id: one
            for one in self.env["ar.ledger"]._receipts(Domain("id", "in", lines.ids))
        }
        return [
            self._unmatched_row(line, receipts[line.id])
            for line in lines
            if line.id in receipts
        ], model.search_count(domain)

    def _unmatched_domain(self, sign=1):
        live = self.env["ar.match.proposal"].search_fetch(
            [
                ("state", "in", ("proposed", "accepted")),
                ("company_id", "in", self.env.companies.ids),
            ],
            ["statement_line_id"],
        )
        domain = self.env["ar.ledger"]._receipt_domain(sign=sign)
        return domain & Domain("id", "not in", live.statement_line_id.ids)

    def _unmatched_row(self, line, receipt):
        currency = self.env["res.currency"].browse(receipt.currency_id)
        amount = float(from_minor(receipt.amount, receipt.digits))
        partner = self.env["res.partner"].browse(receipt.partner_id)
        return {
            **self._line_row(line),
            "key": f"l{line.id}",
            "proposal_id": False,
            "amount": amount,
            "amount_text": currency.format(amount),
            "currency": self._currency_row(currency),
            "partner": partner.display_name if receipt.partner_id else "",
            "reasons": [],
            "allocations": [],
            "state": "unmatched" if amount > 0 else "outgoing",
        }

    def _line_row(self, line):
        return {
            "line_id": line.id,
            "move_id": line.move_id.id,
            "date": format_date(self.env, line.date),
            "payer": line.partner_name or line.partner_id.display_name or "",
            "account": line.account_number or "",
            "text": line.payment_ref or "",
            "journal": line.journal_id.name,
            "company": line.company_id.name,
            "company_id": line.company_id.id,
        }

    def _currency_row(self, currency):
        return {"id": currency.id, "digits": currency.decimal_places}

    def _counts(self, proposals, lines):
        """How many each tab has, of these proposals and bank lines."""
        counts = dict.fromkeys(_STATES, 0)
        classes = {}
        for state, level, count in self.env["ar.match.proposal"]._read_group(
            Domain("company_id", "in", self.env.companies.ids)
            & Domain("state", "in", list(_STATES))
            & proposals,
            ["state", "confidence_class"],
            ["__count"],
        ):
            counts[state] += count
            if state == "proposed":
                classes[level] = count
        for tab, sign in _SIGNS.items():
            counts[tab] = self.env["account.bank.statement.line"].search_count(
                self._unmatched_domain(sign) & lines
            )
        return {**counts, "classes": classes}

    # -- open items -----------------------------------------------------------------------

    def _item_scope(self, receipt, search):
        """Which open items to look at: those searched for, the customer's, or near ones."""
        if search:
            found = Domain.OR(
                [
                    Domain(name, "ilike", str(search))
                    for name in ("move_name", "ref", "partner_id.complete_name")
                ]
            )
            return {"line_ids": self._open_line_ids(receipt, found)}
        if receipt.partner_id:
            return {"partner_ids": [receipt.partner_id]}
        live = self.env["ar.match.proposal"].search(
            [
                ("statement_line_id", "=", receipt.line_id),
                ("state", "in", ("proposed", "accepted")),
            ]
        )
        if partner := live.partner_id.commercial_partner_id:
            return {"partner_ids": partner.ids}
        amount = float(from_minor(receipt.amount, receipt.digits))
        low, high = sorted((0.9 * amount, 1.1 * amount))
        near = Domain("amount_residual_currency", ">=", low) & Domain(
            "amount_residual_currency", "<=", high
        )
        return {"line_ids": self._open_line_ids(receipt, near)}

    def _open_line_ids(self, receipt, condition):
        lines = self.env["account.move.line"].search(
            Domain("account_id.account_type", "=", "asset_receivable")
            & Domain("reconciled", "=", False)
            & Domain("parent_state", "=", "posted")
            & Domain("company_id", "=", receipt.company_id)
            & Domain("currency_id", "=", receipt.currency_id)
            & condition,
            limit=4 * _ITEMS_SHOWN,
        )
        return lines.ids

    def _item_rows(self, items, receipt):
        partners = self.env["res.partner"].browse(
            {item.partner_id for item in items} - {0}
        )
        names = {partner.id: partner.display_name for partner in partners}
        rows = []
        for item in items:
            currency = self.env["res.currency"].browse(item.currency_id)
            residual = float(from_minor(item.residual, item.digits))
            discount = float(from_minor(discount_on(item, receipt), item.digits))
            rows.append(
                {
                    "item_id": item.line_id,
                    "move_id": item.move_id,
                    "number": item.number,
                    "reference": item.reference,
                    "customer": names.get(item.partner_id, ""),
                    "due": format_date(self.env, item.due_date),
                    "open": residual,
                    "open_text": currency.format(residual),
                    "currency": self._currency_row(currency),
                    "discount": discount,
                    "worth": self._worth(item, residual, receipt),
                }
            )
        return rows

    def _worth(self, item, residual, receipt):
        """What an item in another currency comes to in the receipt's, on its day."""
        if item.currency_id == receipt.currency_id:
            return residual
        currencies = self.env["res.currency"]
        company = self.env["res.company"].browse(item.company_id)
        return currencies.browse(item.currency_id)._convert(
            residual, currencies.browse(receipt.currency_id), company, receipt.date
        )

from odoo import Command, models
from odoo.exceptions import UserError

from ..engine.opening_items.plan import number_key
from ..identity import ar_identity_required
from .ar_opening_import import ACCOUNTANT


class ArOpeningImport(models.Model):
    """Booking the items and taking them back: one entry each, once, in chunks."""

    _inherit = "ar.opening.import"

    def action_apply(self):
        """Book what the dry run shows; resumes where it stopped."""
        self._check_role(ACCOUNTANT, "check", "apply")
        for one in self:
            one._check_period()
            if one.run_state == "draft":
                one._check_ready()
            one._start_run()

    def _check_ready(self):
        if not self.confirmed_at:
            raise UserError(
                self.env._(
                    "Confirm the totals first: enter what the old ledger says and compare."
                )
            )
        ready = self._run_items([("status", "=", "ready"), ("is_left_out", "=", False)])
        if not ready:
            raise UserError(self.env._("No item is ready to be booked."))
        bills = ready.filtered(lambda item: item.kind == "bill")
        # sudo: a setting of the company
        if bills and not self.company_id.sudo().ar_bill_account_id:
            raise UserError(
                self.env._(
                    "The file has bills receivable (row %(row)s), but the company has no "
                    "account for them. Set it under Settings, Bills Receivable, or leave "
                    "these rows out.",
                    row=bills[0].row,
                )
            )
        self._set_item_state(self._run_items() - ready, "skipped")
        self._log(
            "opening.apply",
            items=len(ready),
            totals={t.currency_id.name: t.file_amount for t in self.total_ids},
        )

    def _apply_items(self, items):
        if self.is_undone:
            self._take_back(items)
        else:
            self._book(items)

    def _book(self, items):
        self._check_period()
        # nobody books these numbers between this look and the entries
        booked = self._booked_keys(items.partner_id.ids)
        for item in items:
            if not item.partner_id:
                raise UserError(self.env._("The customer has been deleted."))
            if item.number and (item.partner_id.id, number_key(item.number)) in booked:
                if not self._is_own_instalment(item):
                    raise UserError(
                        self.env._(
                            "Row %(row)s: %(number)s of this customer is in the books by "
                            "now.",
                            row=item.row,
                            number=item.number,
                        )
                    )
        moves = (
            self.env["account.move"]
            .with_company(self.company_id)
            .create([self._prepare_move(item) for item in items])
        )
        moves._ar_name_openings([(item.number, item.kind) for item in items])
        moves._post(soft=False)
        for item, move in zip(items, moves, strict=True):
            # sudo: the outcome is the import's; numbers are given in another order than
            # that of the file
            item.sudo().write(
                {
                    "move_id": move.id,
                    "outcome": "booked",
                    "position": move.sequence_number,
                }
            )
        for item in items.filtered(lambda each: each.kind == "bill"):
            # sudo: as above
            item.sudo().bill_id = item._receive_bill()

    def _is_own_instalment(self, item):
        """Another instalment of the same invoice, booked by this very import."""
        return any(
            finding["code"] == "opening_instalment" for finding in item.findings or []
        ) or bool(
            self.env["ar.opening.item"].search_count(
                [
                    ("import_id", "=", self.id),
                    ("partner_id", "=", item.partner_id.id),
                    ("number", "=", item.number),
                    ("outcome", "=", "booked"),
                ],
                limit=1,
            )
        )

    def _prepare_move(self, item):
        label = " · ".join(filter(None, (item.number, item.reference)))
        shared = {
            "partner_id": item.partner_id.id,
            "name": label or dict(self._kind_labels())[item.kind],
            "currency_id": item.currency_id.id,
        }
        return {
            "move_type": "entry",
            "journal_id": self.journal_id.id,
            "company_id": self.company_id.id,
            "date": self.cut_over_date,
            "invoice_date": item.invoice_date,
            "partner_id": item.partner_id.id,
            "ref": item.number or label,
            "payment_reference": item.reference or False,
            "line_ids": [
                Command.create(
                    {
                        **shared,
                        "account_id": self._account_of(item).id,
                        "date_maturity": item.due_date,
                        "amount_currency": item.amount,
                        "balance": item.company_amount,
                    }
                ),
                Command.create(
                    {
                        **shared,
                        "account_id": self.opening_account_id.id,
                        "amount_currency": -item.amount,
                        "balance": -item.company_amount,
                    }
                ),
            ],
        }

    def _kind_labels(self):
        return (
            self.env["ar.opening.item"]._fields["kind"]._description_selection(self.env)
        )

    def _account_of(self, item):
        company = self.company_id
        if item.kind == "bill":
            return company.sudo().ar_bill_account_id  # sudo: a setting of the company
        if item.kind == "receipt" and self.advance_account_id:
            return self.advance_account_id
        partner = item.partner_id.with_company(company)
        account = partner.property_account_receivable_id
        if not account:
            raise UserError(
                self.env._(
                    "%(customer)s has no receivable account in %(company)s.",
                    customer=partner.display_name,
                    company=company.name,
                )
            )
        return account

    # -- proof ----------------------------------------------------------------------------

    def _booked_totals(self):
        """{currency: amount on customers' accounts}, "" for all in company currency."""
        self.ensure_one()
        moves = self.item_ids.filtered(lambda item: item.outcome == "booked").move_id
        totals = {}
        for currency, amount, company in self.env["account.move.line"]._read_group(
            [
                ("move_id", "in", moves.ids),
                ("parent_state", "=", "posted"),
                ("account_id", "!=", self.opening_account_id.id),
            ],
            ["currency_id"],
            ["amount_currency:sum", "balance:sum"],
        ):
            totals[currency] = amount
            totals[""] = totals.get("", 0.0) + company
        return totals

    def _compute_proof_text(self):
        """Whether what was booked is what was confirmed, currency by currency."""
        for one in self:
            if one.step not in ("done", "undone"):
                one.proof_text = False
                continue
            off = [
                self.env._(
                    "%(currency)s: confirmed %(file)s, in the books %(booked)s",
                    currency=total.currency_id.name,
                    file=total.currency_id.format(total.file_amount),
                    booked=total.currency_id.format(total.booked_amount),
                )
                for total in one.total_ids
                if not total.currency_id.is_zero(
                    total.file_amount - total.booked_amount
                )
            ]
            one.proof_text = "\n".join(off) if one.step == "done" else False

    # -- undo -----------------------------------------------------------------------------

    @ar_identity_required("undo", "company_id")
    def action_undo(self):
        """Take the entries out of the books, but for items that were paid since."""
        self._check_role(ACCOUNTANT, "done", "undone")
        for one in self:
            booked = one._run_items([("outcome", "=", "booked")])
            if not booked:
                raise UserError(self.env._("Nothing of this import is in the books."))
            one._check_period()
            one._set(is_undone=True, run_state="draft")
            one._set_item_state(one._run_items() - booked, "skipped")
            one._set_item_state(booked, "todo")
            one._log("opening.undo", items=len(booked))
            one._start_run()

    def _next_items(self):
        """Undone from the last entry backwards: so it leaves no gap in the numbers."""
        if not self.is_undone:
            return super()._next_items()
        items = self.env[self._run_item_model].search(
            [(self._run_item_field, "in", self.ids), ("run_state", "=", "todo")],
            limit=4 * self._run_chunk_size,
            order="position desc, id desc",
        )
        return items.try_lock_for_update(limit=self._run_chunk_size)

    def _take_back(self, items):
        """Remove the entries whose numbers are the last ones, reverse the others.

        What was paid or changed since stays, and says so.
        """
        self._check_period()
        fit = items
        for item in items:
            if kept_because := item._kept_because():
                self._set_item_state(item, "error", kept_because)
                fit -= item
        for item in fit.filtered("bill_id"):
            item.bill_id._undo_opening()
        gone = fit.browse()
        for item in fit.sorted("position", reverse=True):
            if not item.move_id.inalterable_hash and (
                (gone | item).move_id._is_end_of_seq_chain()
            ):
                gone |= item
        rest = fit - gone
        # sudo: the outcome is the import's
        gone.sudo().outcome, rest.sudo().outcome = "removed", "reversed"
        moves = gone.move_id
        moves.button_draft()
        moves.unlink()
        rest.move_id._reverse_moves(
            [
                {
                    "date": self.cut_over_date,
                    "ref": self.env._("Undone: %(number)s", number=move.ref),
                }
                for move in rest.move_id
            ],
            cancel=True,
        )


class ArOpeningItem(models.Model):
    _inherit = "ar.opening.item"

    def _kept_because(self):
        """Why the entry is not taken back: paid, reconciled or changed since."""
        self.ensure_one()
        move = self.move_id
        if not move or move.state != "posted":
            return self.env._(
                "Row %(row)s: the entry of %(number)s has been taken out by somebody else.",
                row=self.row,
                number=self.number or "",
            )
        lines = move.line_ids.filtered(lambda line: line.account_id.reconcile)
        if lines.matched_debit_ids or lines.matched_credit_ids:
            return self.env._(
                "Row %(row)s: %(number)s of %(customer)s has been paid or reconciled since "
                "(%(entry)s). Undo that first.",
                row=self.row,
                number=self.number or "",
                customer=self.partner_id.display_name,
                entry=move.name,
            )
        if self.bill_id and len(self.bill_id._live_steps()) > 1:
            return self.env._(
                "Row %(row)s: the bill %(number)s has been passed on since. Take back its "
                "later steps first.",
                row=self.row,
                number=self.number,
            )
        return ""

    def _receive_bill(self):
        """The bill in hand, with the opening entry as the entry of its first step."""
        self.ensure_one()
        bills = self.env["ar.bill"].with_company(self.company_id)
        bill = bills.search(
            [
                ("company_id", "=", self.company_id.id),
                ("number", "=", self.number),
                ("partner_id", "=", self.partner_id.id),
                ("state", "=", "draft"),
            ],
            limit=1,
        ) or bills.create(
            {
                "number": self.number,
                "company_id": self.company_id.id,
                "partner_id": self.partner_id.id,
                "currency_id": self.currency_id.id,
                "amount": self.amount,
                "issue_date": self.invoice_date,
                "due_date": self.due_date,
            }
        )
        self.env["ar.bill.step"]._take_opening(
            bill, self.import_id.cut_over_date, self.move_id
        )
        return bill


class ArBillStep(models.Model):
    _inherit = "ar.bill.step"

    def _take_opening(self, bill, day, move):
        """A bill that was in hand before this system was: its entry is the opening one."""
        self._check_accountant("receive")
        # sudo: nobody has the right to write steps; who may take this one was checked
        self.sudo()._insert(
            [
                {
                    "bill_id": bill.id,
                    "kind": "receive",
                    "date": day,
                    "reason": bill.env._("Taken over from the system before"),
                    "move_id": move.id,
                }
            ]
        )
        bill._remind()


class ArBill(models.Model):
    _inherit = "ar.bill"

    def _undo_opening(self):
        """Back to a draft; the import takes its entry out itself."""
        self.ensure_one()
        self._live_steps()._mark_undone()
        self._remind()

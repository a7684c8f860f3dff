"""Random histories of receivables, for tests of what must hold whatever happens."""

from collections import defaultdict
from datetime import timedelta
from itertools import groupby

from hypothesis import strategies as st

from .common import ArCommon, date

DAY_0 = date(2026, 1, 1)
DAYS = st.integers(0, 120)
AMOUNTS = st.integers(1, 50_000).map(lambda cents: cents / 100)
DOCUMENTS = st.sampled_from(
    ["invoice", "invoice", "instalments", "credit_note", "payment", "refund", "entry"]
)
PICK = st.integers(0, 99)
CHANGES = ("unmatch", "draft", "post", "due", "redate", "cancel", "delete")


@st.composite
def histories(draw, deep=False):
    """A few documents in few currencies first, then a mixture of everything.

    Few currencies, and picks among what can be matched or undone: otherwise most steps
    would do nothing.

    :param deep: also what rewrites the past: other dates, cancelled and deleted entries
    """
    codes = draw(
        st.lists(st.sampled_from(["USD", "EUR", "JPY", "BHD"]), min_size=1, max_size=2)
    )
    create = st.tuples(
        DOCUMENTS, st.sampled_from([0, 0, 1]), st.sampled_from(codes), AMOUNTS, DAYS
    )
    match = st.tuples(st.just("match"), PICK)
    kinds = ["unmatch", "draft", "draft", "post"]
    if deep:
        kinds += ["due", "redate", "cancel", "delete"]
    change = st.tuples(st.sampled_from(kinds), PICK)
    first = draw(st.lists(create, min_size=3, max_size=5))
    later = draw(
        st.lists(st.one_of(match, match, change, create), min_size=2, max_size=7)
    )
    return [*first, *later]


class LedgerHistories(ArCommon):
    """Plays random histories of two customers in four currencies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rates = [("2020-01-01", 2.0), ("2026-02-01", 2.7), ("2026-03-15", 1.3)]
        cls.currencies = {
            "USD": cls.company.currency_id,
            "EUR": cls.foreign_currency("EUR", rates),
            "JPY": cls.foreign_currency(
                "JPY", [(d, r * 60) for d, r in rates], rounding=1
            ),
            "BHD": cls.foreign_currency(
                "BHD", [(d, r / 5) for d, r in rates], rounding=0.001
            ),
        }
        cls.customers = [cls.customer("Acme Ltd"), cls.customer("Bolt Ltd")]
        cls.payers = [cls.contact(cls.customers[0]), cls.customers[1]]
        cls.halves = cls.terms((50, 10), (50, 40))

    # -- a random history -----------------------------------------------------------------

    def play(self, history, mixed=False, together=True):
        """Do what ``history`` says.

        :param mixed: also reconcile across currencies and customers
        :param together: make and post documents that follow each other at once
        """
        documents = []
        for kind, steps in groupby(history, key=self.kind_of_step):
            steps = list(steps)
            if kind == "create":
                for some in [steps] if together else [[step] for step in steps]:
                    documents += self.documents(some)
                    self.after_step()
                continue
            for what, pick in steps:
                if kind == "match":
                    self.match_some(documents, pick, mixed)
                else:
                    self.change(what, documents, pick)
                self.after_step()
        self.env.flush_all()

    @staticmethod
    def kind_of_step(step):
        if step[0] == "match":
            return "match"
        return "change" if step[0] in CHANGES else "create"

    def after_step(self):
        """For tests that look at every moment of a history."""

    def documents(self, steps):
        """The posted documents of steps ``(kind, who, currency, amount, day)``."""
        made, moves, payments = {}, {}, {}
        for number, (kind, who, code, amount, day) in enumerate(steps):
            currency, on = self.currencies[code], DAY_0 + timedelta(days=day)
            amount = max(currency.round(amount), 1)
            if kind == "entry":
                made[number] = self.entry(self.payers[who], amount, on)
            elif kind in ("payment", "refund"):
                payments[number] = {
                    "partner_type": "customer",
                    "payment_type": "inbound" if kind == "payment" else "outbound",
                    "partner_id": self.payers[who].id,
                    "amount": amount,
                    "date": on,
                    "journal_id": self.bank_journal.id,
                    "currency_id": currency.id,
                }
            else:
                moves[number] = self._invoice_values(
                    self.customers[who],
                    amount,
                    on,
                    None,
                    self.company,
                    currency=currency,
                    terms=self.halves if kind == "instalments" else None,
                    move_type="out_refund" if kind == "credit_note" else "out_invoice",
                )
        if moves:
            posted = self._documents(self.company, list(moves.values()))
            posted.action_post()
            made |= dict(zip(moves, posted, strict=True))
        if payments:
            paid = self.env["account.payment"].create(list(payments.values()))
            paid.action_post()
            made |= dict(zip(payments, paid.mapped("move_id"), strict=True))
        return [made[number] for number in range(len(steps))]

    def match_some(self, documents, pick, mixed):
        """Reconcile one pair of open items; alike in customer and currency, or mixed."""
        lines = self.receivable_lines(*documents).filtered(
            lambda line: not line.reconciled and line.parent_state == "posted"
        )
        pairs = [
            debit + credit
            for debit in lines.filtered(lambda line: line.balance > 0)
            for credit in lines.filtered(lambda line: line.balance < 0)
            if mixed or self.alike(debit, credit)
        ]
        if pairs:
            pairs[pick % len(pairs)].reconcile()

    def alike(self, debit, credit):
        return (
            debit.currency_id == credit.currency_id
            and debit.partner_id.commercial_partner_id
            == credit.partner_id.commercial_partner_id
        )

    def change(self, what, documents, pick):
        """Undo, reset, post … one document, a matched one if there is one."""
        state = "posted" if what in ("unmatch", "draft", "due") else "draft"
        moves = [move for move in documents if move.state == state]
        matched = [
            move
            for move in moves
            if any(self.receivable_lines(move).mapped("matching_number"))
        ]
        if not moves:
            return
        moves = matched or moves
        move = moves[pick % len(moves)]
        getattr(self, f"do_{what}")(move, pick)
        if what == "delete":
            documents.remove(move)

    def do_unmatch(self, move, _pick):
        self.unmatch(move)

    def do_draft(self, move, _pick):
        move.button_draft()

    def do_post(self, move, _pick):
        move.action_post()

    def do_due(self, move, pick):
        for line in self.receivable_lines(move):
            line.date_maturity = line.date + timedelta(days=pick)

    def do_redate(self, move, pick):
        move.date = DAY_0 + timedelta(days=pick)

    def do_cancel(self, move, _pick):
        move.button_cancel()

    def do_delete(self, move, _pick):
        self.unmatch(move)
        move.with_context(force_delete=True).unlink()

    # -- what must hold -------------------------------------------------------------------

    def days_looked_at(self):
        """Every day on which anything happened, and the days around it."""
        lines = self.env["account.move.line"].search(
            [("partner_id", "child_of", [p.id for p in self.customers])]
        )
        dates = {line.date for line in lines} | {DAY_0}
        return sorted({day + timedelta(days=n) for day in dates for n in (-1, 0)})

    def open_items(self, as_of):
        return self.env["ar.ledger"]._open_items(
            as_of, partner_ids=[partner.id for partner in self.customers]
        )

    def sums(self, rows, key, amounts):
        sums = defaultdict(lambda: [0] * len(amounts))
        for row in rows:
            for number, amount in enumerate(amounts):
                sums[key(row)][number] += getattr(row, amount)
        return {k: tuple(v) for k, v in sums.items() if any(v)}

    def residuals_by_hand(self, as_of):
        """{journal item: (document, company residual)}, from the partials one by one."""
        found = {}
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "child_of", [p.id for p in self.customers]),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("date", "<=", as_of),
            ]
        )
        for line in lines:
            amount, company_amount = line.amount_currency, line.balance
            for part in line.matched_credit_ids:
                if self.counts(part.credit_move_id, as_of):
                    amount -= part.debit_amount_currency
                    company_amount -= part.amount
            for part in line.matched_debit_ids:
                if self.counts(part.debit_move_id, as_of):
                    amount += part.credit_amount_currency
                    company_amount += part.amount
            residual = (
                self.minor(amount, line.currency_id),
                self.minor(company_amount, line.company_currency_id),
            )
            if any(residual):
                found[line.id] = residual
        return found

    def counts(self, other, as_of):
        return other.parent_state == "posted" and other.date <= as_of

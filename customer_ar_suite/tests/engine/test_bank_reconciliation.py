"""The bank's balance against ours: adjusted balances agree, or the difference has names."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from ...engine.bank_reconciliation import BankStatement, Cause, Item, compare_balances
from .case import EngineCase, examples

DAY = date(2026, 6, 30)


def one(line_id, source, amount):
    return Item(line_id, source, DAY, str(line_id), "", 0, amount)


class TestBankReconciliation(EngineCase):
    def test_a_month_end_by_hand(self):
        """银行存款余额调节表, as in any textbook.

        The bank shows 1,000. We took in a cheque over 300 it has not booked, and paid 120
        it has not booked. It has received 50 and taken 8 of charges we have not booked.
        Adjusted: 1,000 + 300 - 120 = 1,180; our books say 1,180 - 50 + 8 = 1,138.
        """
        statements = [BankStatement("June", DAY, 400, 1000, 600)]
        items = [
            one(1, "payment", 300),
            one(2, "payment", -120),
            one(3, "suspense", 50),
            one(4, "suspense", -8),
        ]
        # the ledger of the bank account holds all bank lines: 1,000
        found = compare_balances(1000, items, statements, opening_booked=400)
        self.assertEqual((found.bank, found.books), (1000, 1138))
        self.assertEqual((found.bank_adjusted, found.books_adjusted), (1180, 1180))
        self.assertEqual((found.difference, found.causes), (0, ()))
        self.assertEqual([i.line_id for i in found.of("bank", True)], [1])
        self.assertEqual([i.line_id for i in found.of("bank", False)], [2])
        self.assertEqual([i.line_id for i in found.of("books", True)], [3])
        self.assertEqual([i.line_id for i in found.of("books", False)], [4])

    def test_the_opening_was_never_booked(self):
        statements = [BankStatement("1", DAY, 400, 450, 50)]
        found = compare_balances(50, [], statements)
        self.assertEqual(found.difference, 400)
        self.assertEqual(found.causes, (Cause("opening", 400, "1"),))

    def test_a_missing_and_a_wrong_statement(self):
        statements = [
            BankStatement("1", DAY, 0, 100, 100),
            BankStatement("3", DAY, 130, 150, 25),
        ]
        found = compare_balances(125, [], statements)
        self.assertEqual(found.causes, (Cause("gap", 30, "3"), Cause("sum", -5, "3")))
        self.assertEqual(found.difference, 25)

    def test_within_a_statement_its_lines_so_far_count(self):
        statements = [BankStatement("1", DAY, 0, 900, 70, is_whole=False)]
        found = compare_balances(70, [], statements)
        self.assertEqual((found.bank, found.difference), (70, 0))

    def test_without_any_statement_the_books_are_believed_until_told_otherwise(self):
        self.assertEqual(compare_balances(70, [], [], 70).bank, 70)
        found = compare_balances(70, [], [], 70, entered=60)
        self.assertEqual((found.bank, found.causes), (60, (Cause("entered", -10),)))

    def test_what_the_paper_shows(self):
        statements = [BankStatement("1", DAY, 0, 100, 100)]
        found = compare_balances(100, [], statements, entered=90)
        self.assertEqual(found.causes, (Cause("entered", -10),))

    @given(
        st.lists(st.tuples(st.integers(-99, 99), st.integers(-99, 99), st.integers(-9, 9),
                           st.integers(-9, 9)), max_size=5),
        st.integers(-50, 50), st.integers(-50, 50), st.integers(-50, 50),
        st.lists(st.tuples(st.sampled_from(["payment", "direct", "unlisted", "suspense"]),
                           st.integers(-99, 99)), max_size=8),
        st.one_of(st.none(), st.integers(-500, 500)),
    )  # fmt: skip
    @examples(60)
    def test_the_causes_add_up_to_the_difference(
        self, months, opening, booked, foreign, rows, entered
    ):
        """A ledger made of its parts: nothing is ever unexplained."""
        statements, before = [], opening
        for number, (lines, _unused, gap, fault) in enumerate(months):
            start = before + (gap if number else 0)
            end = start + lines + fault
            statements.append(BankStatement(str(number), DAY, start, end, lines))
            before = end
        items = [one(n, source, amount) for n, (source, amount) in enumerate(rows)]
        ledger = booked + sum(m[0] for m in months)
        ledger += sum(i.amount for i in items if i.source in ("direct", "unlisted"))
        found = compare_balances(ledger, items, statements, booked, entered)
        self.assertEqual(found.difference, sum(cause.amount for cause in found.causes))
        self.assertNotIn("unexplained", {cause.code for cause in found.causes})
        # what nobody knows of is said to be so
        other = compare_balances(ledger + foreign, items, statements, booked, entered)
        rest = sum(c.amount for c in other.causes if c.code == "unexplained")
        self.assertEqual(rest, -foreign)

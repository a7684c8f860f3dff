"""Confirmation letters and what supersedes them, without a database."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from ...engine.errors import BalanceError
from ...engine.statement import BUILDERS, confirmation, paginate
from ...engine.statement.builder import Figures
from ...engine.statement.confirmation import (
    Confirmation,
    check_code,
    claims,
    lay_out_confirmation,
    with_something_to_confirm,
)
from ...engine.statement.matrix import Party, fingerprint
from ...engine.statement.paginate import A4, LETTER
from ...engine.statement.superseding import Entry, judge
from .case import EngineCase, examples
from .statement_text import CNY, CURRENCIES, ENGLISH, USD, header, item

CODES = {key: currency.code for key, currency in CURRENCIES.items()}
DAY = date(2026, 6, 30)
LABELS = (
    "number", "check_code", "reply_to", "title_positive", "title_negative", "title_blank",
    "salutation", "reason_auditor", "reason_own", "request_positive", "request_negative",
    "request_blank", "grid_as_of", "grid_currency", "owed_to_us", "owed_by_us", "remarks",
    "other_matters", "no_demand", "signed_by", "enclosure", "reply_heading",
    "agree_positive", "agree_negative", "agree_blank", "differ_positive",
    "differ_negative", "differ_blank", "their_balance", "reply_name", "reply_title",
    "reply_date", "reply_chop",
)  # fmt: skip
WORDING = replace(
    ENGLISH, labels={**{code: f"<{code}>" for code in LABELS}, **ENGLISH.labels}
)


def matrix(*items):
    return BUILDERS.get("open_item").build(
        header(as_of=DAY), Figures(items), CURRENCIES
    )


def letter(found, kind="positive", **values):
    return Confirmation(
        kind=kind,
        matrix=found,
        reply_to=Party("Auditors LLP", ("1 Wharf", "London")),
        by_auditor=True,
        issued_on=date(2026, 7, 3),
        reply_by=date(2026, 7, 20),
        **{"with_items": True, **values},
    )


def entry(one, **values):
    """A journal item as it is now."""
    known = Entry(one.line_id, one.currency_id, one.number, one.date, one.amount, True)
    return known._replace(**values)


def grid(sheets):
    [block] = [b for page in sheets.pages for b in page.blocks if b.kind == "grid"]
    return [line.cells for line in block.lines[1:]]


class TestLetter(EngineCase):
    def test_hand_calculated(self):
        # given two invoices and a payment not applied in one currency, one in another
        found = matrix(
            item(1, DAY, DAY, 10000),
            item(2, DAY, DAY, 5000, 2000),
            item(3, DAY, DAY, -700, kind="payment"),
            item(4, DAY, DAY, 999, currency=USD),
        )
        # then what is owed either way stands apart, and adds up to the balance
        self.assertEqual(
            [
                (c.currency, c.owed_to_us, c.owed_by_us, c.balance)
                for c in claims(found)
            ],
            [("CNY", 12000, 700, 11300), ("USD", 999, 0, 999)],
        )
        sheets = lay_out_confirmation(letter(found), WORDING, A4, "BC/1")
        self.assertEqual(
            grid(sheets),
            [
                ("2026-06-30", "CNY", "120.00", "7.00", ""),
                ("2026-06-30", "USD", "9.99", "0.00", ""),
            ],
        )

    def test_sentences_are_set_apart_as_their_language_does(self):
        found = matrix(item(1, DAY, DAY, 100))
        for reason, together in (
            ("We reconcile.", "We reconcile. Please compare."),
            ("本公司核对账目。", "本公司核对账目。Please compare."),
        ):
            labels = {"reason_auditor": reason, "request_positive": "Please compare."}
            wording = replace(WORDING, labels={**WORDING.labels, **labels})
            sheets = lay_out_confirmation(letter(found), wording, A4, "BC/1")
            texts = [
                line.cells[0]
                for block in sheets.pages[0].blocks
                for line in block.lines
                if line.cells
            ]
            self.assertIn(together, texts)

    def test_blank_letter_tells_no_amount(self):
        found = matrix(item(1, DAY, DAY, 123456))
        content = letter(found, "blank", with_items=False)
        sheets = lay_out_confirmation(content, WORDING, A4, "BC/1")
        texts = [
            cell
            for page in sheets.pages
            for block in page.blocks
            for line in block.lines
            for cell in line.cells
        ]
        self.assertEqual(grid(sheets), [("2026-06-30", "CNY", "", "", "")])
        self.assertNotIn("1,234.56", " ".join(texts))

    def test_customer_who_owes_nothing_confirms_nothing(self):
        found = with_something_to_confirm(matrix(), "CNY", 2)
        self.assertEqual([c.balance for c in claims(found)], [0])
        self.assertEqual(found, with_something_to_confirm(found, "USD", 2))

    def test_round_trip_and_hash(self):
        for kind in confirmation.KINDS:
            text = letter(matrix(item(1, DAY, DAY, 5)), kind).to_json()
            again = Confirmation.from_json(text)
            self.assertEqual(again.to_json(), text)
            self.assertEqual(len(check_code(fingerprint(text))), 9)

    def test_unknown_form_and_later_versions_are_refused(self):
        text = letter(matrix()).to_json()
        for other in (
            text.replace('"kind":"positive"', '"kind":"rude"'),
            text[:-1].replace('"version":1', '"version":99') + "}",
        ):
            with self.assertRaises(BalanceError):
                Confirmation.from_json(other)

    @examples()
    @given(
        st.lists(st.sampled_from([CNY, USD]), max_size=150),
        st.sampled_from(confirmation.KINDS),
        st.sampled_from([A4, LETTER]),
        st.booleans(),
    )
    def test_no_page_is_too_full_and_every_item_is_enclosed(
        self, currencies, kind, paper, with_items
    ):
        items = [
            item(i, DAY, DAY, 100 + i, None, currency)
            for i, currency in enumerate(currencies)
        ]
        content = letter(matrix(*items), kind, with_items=with_items)
        sheets = lay_out_confirmation(content, WORDING, paper, "BC/1")
        heights = {
            "sign": confirmation.SIGNATURE,
            "reply": confirmation.REPLY,
            "aging": paginate.STRIP,
        }
        row = confirmation.BLANK_ROW if kind == "blank" else paginate.ROW + 4
        rows = 0
        for page in sheets.pages:
            used = 0
            for block in page.blocks:
                count = len(block.lines)
                used += {
                    **heights,
                    "title": paginate.TITLE,
                    "text": paginate.TEXT * count + paginate.GAP,
                    "grid": paginate.HEAD + row * (count - 1) + paginate.GAP,
                    "table": paginate.HEAD + paginate.ROW * count + 8,
                }[block.kind]
                if block.kind == "table":
                    rows += sum(line.kind == "row" for line in block.lines)
            room = paper.first if page.number == 1 else paper.other
            self.assertLessEqual(used, room + 8)
        self.assertEqual(rows, len(items) if with_items else 0)


class TestSuperseding(EngineCase):
    def setUp(self):
        super().setUp()
        self.one = item(1, date(2026, 6, 1), DAY, 10000)
        self.two = item(2, date(2026, 6, 2), DAY, 5000)
        self.frozen = matrix(self.one, self.two)

    def judge(self, items, entries):
        return judge(self.frozen, items, entries, CODES, last_line_id=10)

    def kinds(self, verdict):
        return [(c.kind, c.line_id, c.before, c.after) for c in verdict.changes]

    def test_nothing_changed(self):
        found = self.judge([self.one, self.two], [entry(self.one), entry(self.two)])
        self.assertFalse(found.is_superseded)
        self.assertEqual(found.balances, {"CNY": 15000})

    def test_entry_made_later_with_an_earlier_date(self):
        late = item(11, date(2026, 6, 15), DAY, 700)
        found = self.judge(
            [self.one, self.two, late],
            [entry(self.one), entry(self.two), entry(late)],
        )
        self.assertTrue(found.is_superseded)
        self.assertEqual(self.kinds(found), [("added", 11, 0, 700)])

    def test_late_payment_that_is_applied_at_once_is_named_with_what_it_pays(self):
        paid = self.one._replace(residual=4000)
        late = Entry(12, CNY, "PAY/1", date(2026, 6, 20), -6000, True)
        found = self.judge([paid, self.two], [entry(self.one), entry(self.two), late])
        self.assertEqual(
            self.kinds(found), [("added", 12, 0, -6000), ("open", 1, 10000, 4000)]
        )

    def test_entry_taken_back_moved_or_changed(self):
        for values, kind in (
            ({"is_posted": False}, "removed"),
            ({"date": date(2026, 7, 1)}, "removed"),
            ({"amount": 9000}, "amount"),
        ):
            with self.subTest(kind, **values):
                now = [self.two]
                if kind == "amount":
                    now.append(self.one._replace(amount=9000, residual=9000))
                found = self.judge(now, [entry(self.one, **values), entry(self.two)])
                self.assertTrue(found.is_superseded)
                self.assertEqual(found.changes[0].kind, kind)
        gone = self.judge([self.two], [entry(self.two)])
        self.assertEqual(self.kinds(gone), [("removed", 1, 10000, 0)])

    def test_payments_applied_otherwise_leave_the_letter_as_it_is(self):
        # given an old payment that was open, and has been applied since
        payment = item(3, date(2026, 6, 3), DAY, -4000, kind="payment")
        self.frozen = matrix(self.one, self.two, payment)
        found = self.judge(
            [self.one._replace(residual=6000), self.two],
            [entry(self.one), entry(self.two), entry(payment)],
        )
        self.assertFalse(found.is_superseded)
        self.assertEqual(found.changes, ())

    def test_draft_posted_later_changes_the_balance(self):
        draft = item(5, date(2026, 6, 9), DAY, 300)  # older than the letter
        found = self.judge(
            [self.one, self.two, draft], [entry(self.one), entry(self.two)]
        )
        self.assertEqual(self.kinds(found), [("open", 5, 0, 300)])

    def test_activity_is_compared_by_its_balances(self):
        activity = BUILDERS.get("activity").build(
            header("activity", DAY, date(2026, 6, 1)),
            Figures([self.one], (), {CNY: 10000}),
            CURRENCIES,
        )
        same = judge(activity, [self.one], [], CODES, 10)
        other = judge(activity, [self.two], [], CODES, 10)
        self.assertEqual((same.is_superseded, other.is_superseded), (False, True))

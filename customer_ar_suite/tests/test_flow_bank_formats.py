"""MT940, OFX, QIF and new table layouts through the screens; nothing twice, nothing lost."""

import base64
import os
import random
from collections import Counter

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .bank_files import camt, camt_statement, entry
from .test_flow_bank_import import BankFileCase

MT940 = """:20:STARTUMSE
:25:37040044/532013000
:28C:00012/001
:60F:C260302USD0,00
:61:2603020302CR250,50N166NONREF//BANKREF0001
:86:166?00GUTSCHR?20EREF+E2E-17?21SVWZ+INV/2026/00017?32Nordwind GmbH
:61:2603030303D0,50N805NONREF
:86:805?00ABSCHLUSS?20ENTGELT
:62F:C260303USD250,00
-
"""
OFX = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
ENCODING:USASCII
CHARSET:1252

<OFX><BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><STMTRS>
<CURDEF>USD<BANKACCTFROM><BANKID>37040044<ACCTID>0532013000<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260301<DTEND>20260331
{lines}</BANKTRANLIST>
<LEDGERBAL><BALAMT>{closing}<DTASOF>20260331</LEDGERBAL>
</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
MOVEMENT = (
    "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>{day}<TRNAMT>{amount}<FITID>{ref}<NAME>{name}"
    "</STMTTRN>\n"
)


def ofx(closing, *movements):
    lines = "".join(
        MOVEMENT.format(day=day, amount=amount, ref=ref, name="Payer")
        for day, amount, ref in movements
    )
    return OFX.format(lines=lines, closing=closing).encode()


@tagged("post_install", "-at_install")
class TestBankFormats(BankFileCase):
    def test_mt940_finds_its_journal_by_the_german_number_and_is_proven(self):
        record = self.stage(MT940.encode(), "umsatz.sta")
        self.assertEqual(record.format_code, "mt940")
        self.assertRecordValues(
            record.statement_ids,
            [{"journal_id": self.journal.id, "proof": "balance", "state": "ready"}],
        )
        self.confirm(record)
        self.assertEqual(self.ledger_balance(self.journal), 250.0)
        self.assertEqual(record.line_ids[0].payer_name, "Nordwind GmbH")

    def test_a_cut_mt940_message_writes_nothing(self):
        cut = MT940[: MT940.index(":62F:")].encode()
        self.assertRefused("cut off", cut, "umsatz.sta")

    def test_ofx_is_held_first_and_chained_afterwards_with_overlap(self):
        # given a first file: only its closing balance is known, so totals are asked for
        one, two = ("20260302", "100.00", "F1"), ("20260303", "-30.00", "F2")
        record = self.stage(ofx("70.00", one, two), "a.ofx")
        self.assertEqual((record.state, record.statement_ids.proof), ("held", "none"))
        self.assertIn("number and sum", record.statement_ids.problem)
        # whoever confirms it reads another language than whoever staged it
        self.env["res.lang"]._activate_lang("zh_CN")
        chinese = record.with_context(lang="zh_CN")
        self.assertIn("行数", chinese.problem_text)
        self.assertIn("number and sum", record.problem_text)
        record.statement_ids.write(
            {
                "confirmation": "total",
                "confirmed_count": 2,
                "confirmed_total_amount": 70,
            }
        )
        self.confirm(record)
        # when the next download overlaps with it
        three = ("20260304", "5.25", "F3")
        record = self.stage(ofx("75.25", one, two, three), "b.ofx")
        # then last closing + new line = closing proves it, and only the new line is posted
        self.assertEqual(
            (record.state, record.statement_ids.proof), ("staged", "chain")
        )
        self.assertEqual((record.new_count, record.known_count), (1, 2))
        self.confirm(record)
        self.assertEqual(self.ledger_balance(self.journal), 75.25)
        # and a file that skips a line is held with the difference named
        five = ("20260306", "1.00", "F5")
        record = self.stage(ofx("86.25", three, five), "d.ofx")
        self.assertEqual(record.state, "held")
        self.assertIn("10.00", record.statement_ids.problem)

    def test_a_cut_ofx_file_writes_nothing(self):
        whole = ofx("70.00", ("20260302", "70.00", "F1"))
        self.assertRefused("cut off", whole[: whole.index(b"</STMTRS>")], "a.ofx")

    def test_qif_needs_journal_and_order_and_is_proven_by_totals(self):
        data = b"!Type:Bank\nD02/03/2026\nT1,100.00\nPBuyer\n^\n"
        self.assertRefused("Choose the journal", data, "a.qif")
        self.assertRefused(
            "read in two ways", data, "a.qif", journal_id=self.journal.id
        )
        record = self.stage(data, "a.qif", journal_id=self.journal.id, date_order="dmy")
        self.assertEqual(str(record.line_ids.date), "2026-03-02")
        self.assertEqual((record.state, record.statement_ids.proof), ("held", "none"))
        record.statement_ids.write(
            {
                "confirmation": "total",
                "confirmed_count": 1,
                "confirmed_total_amount": 1100,
            }
        )
        self.confirm(record)
        self.assertEqual(self.ledger_balance(self.journal), 1100.0)


@tagged("post_install", "-at_install")
class TestBankLayoutWizard(BankFileCase):
    SAMPLE = (
        "Bank of Example;;;;\nPrinted on 31.03.26;;;;\n"
        "Datum;Empfänger;Zweck;Betrag;Saldo\n"
        "13.03.26;Nordwind GmbH;RE 17;1.190,00;1.190,00\n"
        "14.03.26;Bank;Entgelt;-2,50;1.187,50\nSumme;;;1.187,50;\n"
    )

    def setUp(self):
        super().setUp()
        self.admin = self.user_with("administrator", login="layout-admin")

    def wizard(self, sample):
        form = Form(self.env(user=self.admin)["ar.bank.layout.define"])
        form.sample = base64.b64encode(sample.encode())
        return form

    def test_from_a_sample_to_a_layout_that_reads_the_next_file(self):
        # given a sample with header and footer rows, short years and German numbers
        form = self.wizard(self.SAMPLE)
        # then the columns are proposed, and what is missing is said live
        self.assertEqual((form.amount_column, form.balance_column), ("Betrag", "Saldo"))
        self.assertEqual((form.date_order, form.number_format), ("dmy", "german"))
        self.assertIn("Summe", form.preview)
        form.footer_marks = "Summe"
        form.counterparty_column = "Empfänger"
        form.text_column = "Zweck"
        form.journal_id = self.journal
        self.assertIn("1,190.00", form.preview)
        self.assertIn("1,187.50", form.preview)
        # when it is kept
        action = form.save().action_create_layout()
        # then the file is recognised by its headings
        layout = self.env["ar.bank.csv.profile"].browse(action["res_id"])
        self.assertEqual(layout.company_id, self.company)
        record = self.stage(self.SAMPLE.encode(), "example.csv")
        self.assertEqual(record.line_ids.mapped("amount"), [1190.0, -2.5])
        self.assertEqual(record.line_ids[0].payer_name, "Nordwind GmbH")

    def test_what_cannot_be_read_is_said_and_not_kept(self):
        form = self.wizard("Day,Sum\n2026-03-02,abc\n")
        form.date_column, form.amount_column = "Day", "Sum"
        self.assertIn("abc", form.preview)
        with self.assertRaisesRegex(UserError, "not an amount"):
            form.save().action_create_layout()

    def test_text_of_the_file_is_shown_as_text(self):
        evil = "Date,Amount,Description\n2026-03-02,1.00,<img src=x onerror=alert(1)>\n"
        form = self.wizard(evil)
        self.assertIn("&lt;img", form.preview)
        self.assertNotIn("<img", form.preview)

    def test_only_administrators_define_layouts(self):
        with self.assertRaises(AccessError):
            self.env(user=self.clerk)["ar.bank.layout.define"].create({})

    def test_shipped_layouts_contradict_nobody(self):
        for layout in self.env["ar.bank.csv.profile"].search([]):
            with self.subTest(layout=layout.name):
                layout._check_amount_columns()
                self.assertTrue(layout._layout(self.journal).required())


@tagged("post_install", "-at_install", "long_bank_double")
class TestNoDoubleNoneLost(BankFileCase):
    """Overlapping files in any order: the books are the multiset union of the files."""

    def test_the_ledger_is_the_union_of_the_files(self):
        seed = int(os.environ.get("AR_SEED", 7))
        rounds = int(os.environ.get("AR_EXAMPLES", 4))
        for number in range(rounds):
            draw = random.Random(f"{seed}-{number}")
            with self.cr.savepoint():
                self.round(
                    draw, self.new_journal(f"U{number:03d}", self.account(number))
                )

    def account(self, number):
        return f"BE{number:014d}"

    def round(self, draw, journal):
        account = journal.bank_account_id.sanitized_acc_number
        # given movements of a few days, many of them twins of each other
        days = [f"2026-03-{day:02d}" for day in range(2, 6)]
        world = [
            (
                draw.choice(days),
                draw.choice((100, 250, -40)),
                draw.choice(("a", "b", "")),
            )
            for _ in range(draw.randint(4, 14))
        ]
        files = [
            draw.sample(world, draw.randint(1, len(world)))
            for _ in range(draw.randint(2, 4))
        ]
        # when files that overlap are imported in any order, the last one once more
        union = Counter()
        for position, file in enumerate([*files, files[-1]]):
            union |= Counter(file)
            entries = [entry(amount, day=day, text=text) for day, amount, text in file]
            data = camt(
                camt_statement(account, "USD", 0, entries, number=f"N{position}")
            )
            record = self.stage(data, f"file-{position}.xml")
            self.assertEqual(record.state, "staged", record.problem_text)
            if record.new_count:
                self.confirm(record)
        # then the books hold each movement as often as the file that has it most often
        lines = self.env["account.bank.statement.line"].search(
            [("journal_id", "=", journal.id)]
        )
        found = Counter(
            (str(line.date), round(line.amount * 100), line.payment_ref.strip("/"))
            for line in lines
        )
        self.assertEqual(found, union)

"""Sample data: an MT940 and an OFX file of the journals in other currencies, to be tried."""

from datetime import timedelta

from odoo import fields, models

from ..demo import bank_formats
from ..demo.payments import Payment
from ..engine.bank_formats import mt940

#: company, currency of the journal, file name, writer: one is ready to be confirmed, the
#: other waits for the totals that its format does not have
FILES = (
    ("cn", "EUR", "umsatz.sta", bank_formats.mt940),
    ("nl", "USD", "download.ofx", bank_formats.ofx),
)
#: payer, amount in minor units, text
RECEIPTS = (
    ("Advance of a new customer", 125000, "Advance for order S00077"),
    ("Trade fair visitor", 48050, "Samples, invoice follows"),
    ("", -1250, "Account fee"),
)


class ArDemo(models.AbstractModel):
    """One file per format that a European or an American bank delivers."""

    _inherit = "ar.demo"

    def _load_bank_files(self):
        result = super()._load_bank_files()
        self._load_other_formats()
        return result

    def _load_other_formats(self):
        day = fields.Date.context_today(self)
        for code, currency, name, write in FILES:
            if write is bank_formats.mt940 and not mt940.is_available():
                continue  # the library is optional
            journal = self._sample(f"journal_{code}_{currency.lower()}")
            lines = [
                Payment(
                    day - timedelta(days=2 - position % 2),
                    amount,
                    payer,
                    "",
                    text,
                    f"{currency}{day:%y%m%d}{position}",
                    "other format",
                )
                for position, (payer, amount, text) in enumerate(RECEIPTS)
            ]
            content = write(
                lines,
                journal.bank_account_id.acc_number,
                currency,
                self._balance(journal, min(line.date for line in lines)),
                day,
            )
            profiles = self._as("accountant", "ar.bank.csv.profile", code).search([])
            staged = self._as("accountant", "ar.bank.import", code)._stage(
                f"{currency.lower()}-{name}",
                content,
                profiles,
                self.env["account.journal"],
            )
            self._keep(staged, [f"bank_import_{code}_{currency.lower()}"])

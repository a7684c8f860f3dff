from odoo import models

from ..engine.statement.confirmation import confirmation_letter, lay_out_confirmation
from ..engine.statement.paginate import A4


class ArConfirmation(models.Model):
    _inherit = "ar.confirmation"

    def _document(self, wording, index):
        content = self._content()
        return {
            "index": index,
            "template": "customer_ar_suite.ar_confirmation_pages",
            "language": self.language,
            "company": self.company_id,
            "sheets": lay_out_confirmation(content, wording, self._paper(), self.name),
            "letter": confirmation_letter(
                content, wording, self.name, self.snapshot_hash
            ),
            "wording": wording,
            "is_blank": self.kind == "blank",
        }

    def _print_title(self):
        return self.env._("Balance Confirmations")

    def _preview_values(self):
        """The letter without its frame, on one endless page."""
        wording = self._wording(self.language)
        endless = A4._replace(first=10**9)
        sheets = lay_out_confirmation(self._content(), wording, endless, self.name)
        return {
            "blocks": [block for page in sheets.pages for block in page.blocks],
            "sheets": sheets,
            "wording": wording,
            "codes": {},
        }

    def _labels(self):
        """The fixed words of the letters; ``reason_…`` and ``request_…`` are its text."""
        return {
            **self.env["ar.statement"].with_env(self.env)._labels(),
            "number": self.env._("Letter no."),
            "check_code": self.env._("Check code"),
            "reply_to": self.env._("Please reply to"),
            "title_positive": self.env._("Balance Confirmation"),
            "title_negative": self.env._("Balance Notice"),
            "title_blank": self.env._("Balance Confirmation"),
            "salutation": self.env._("To %(customer)s:"),
            "reason_auditor": self.env._(
                "Our auditors, %(reply_to)s, are examining our financial statements and ask "
                "for confirmation of our accounts with you."
            ),
            "reason_own": self.env._(
                "We are reconciling our accounts with our customers."
            ),
            "request_positive": self.env._(
                "The balances below are taken from our books as of %(as_of)s. Please compare "
                "them with your records, complete and sign the reply part and return it by "
                "%(reply_by)s, also if the balances agree."
            ),
            "request_negative": self.env._(
                "The balances below are taken from our books as of %(as_of)s. Please compare "
                "them with your records. Only if they differ, please complete and sign the "
                "reply part and return it by %(reply_by)s; without an answer we take it that "
                "you agree."
            ),
            "request_blank": self.env._(
                "Please state below what, by your books, you owed us and we owed you as of "
                "%(as_of)s, sign the reply part and return it by %(reply_by)s, with a list of "
                "the open items if you can."
            ),
            "grid_as_of": self.env._("As of"),
            "grid_currency": self.env._("Currency"),
            "owed_to_us": self.env._("You owe us"),
            "owed_by_us": self.env._("We owe you"),
            "remarks": self.env._("Remarks"),
            "other_matters": self.env._(
                "If there is anything between our companies that is not listed here, please "
                "state it in the reply part with amounts and details."
            ),
            "no_demand": self.env._(
                "This letter serves only to compare our accounts; it is not a demand for "
                "payment. Please answer also if the amounts have been paid since then."
            ),
            "signed_by": self.env._("For the company (signature, company chop)"),
            "enclosure": self.env._(
                "Enclosure: open items on which the balances are based"
            ),
            "reply_heading": self.env._(
                "Reply to %(number)s, balances as of %(as_of)s"
            ),
            "agree_positive": self.env._("The information is correct."),
            "agree_negative": self.env._(
                "The information is correct (an answer is not necessary)."
            ),
            "agree_blank": self.env._(
                "The balances stated above are those of our books."
            ),
            "differ_positive": self.env._("The information differs as follows:"),
            "differ_negative": self.env._("The information differs as follows:"),
            "differ_blank": self.env._(
                "Remarks on the balances, and items in dispute:"
            ),
            "their_balance": self.env._("Balance by our books in %(currency)s:"),
            "reply_name": self.env._("Name of signer"),
            "reply_title": self.env._("Job title"),
            "reply_date": self.env._("Date on reply"),
            "reply_chop": self.env._("Signature and company chop"),
        }

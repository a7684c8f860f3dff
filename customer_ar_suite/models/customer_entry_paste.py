from odoo import api, models
from odoo.exceptions import UserError

from ..engine.errors import EngineError
from ..engine.paste.read import read_block
from ..engine.paste.values import is_credit_code
from .customer_entry import LIKE
from .document_text import ocr_missing, text_of
from .engine_messages import user_error


class CustomerEntry(models.Model):
    """What pasted texts and scans say, for the dialog that fills an entry or a customer."""

    _inherit = "customer.entry"

    @api.model
    def _read_pasted(self, text, company):
        """[(code, value, confidence, line, source)] of a pasted block."""
        readings = read_block(text, company.country_id.code or "")
        found = {reading.code: reading for reading in readings}
        vat = found.get("vat")
        if vat and "country" not in found and is_credit_code(vat.value):
            # only China has such numbers
            readings.append(vat._replace(code="country", value="CN"))
        return [tuple(reading) for reading in readings]

    @api.model
    def _twins_of(self, values, known):
        """Customers who may be the one a pasted text names."""
        named = {known[code]: value for code, value in values.items() if code in known}
        return self.new(
            {name: named[name] for name in LIKE if name in named}
        )._find_twins()

    @api.model
    def _text_of_file(self, content):
        """The text of a scan, photo or PDF; says what to install where none can be read."""
        try:
            text, _pages, way = text_of(content)
            if way == "none":
                if trouble := ocr_missing():
                    raise EngineError(trouble)
                text, _pages, way = text_of(content, with_ocr=True)
        except EngineError as error:
            raise user_error(self.env, error) from error
        return text


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_ar_paste(self):
        """Paste invoicing data or a signature: into this customer, or as a new one."""
        self.check_access("write" if self else "create")
        if len(self) > 1:
            raise UserError(self.env._("Choose one customer to fill in, or none."))
        return self.env["customer.paste"]._open(partner=self)

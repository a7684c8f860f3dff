import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

#: fields a block can fill: code → field of a guided entry
ENTRY_FIELDS = {
    "name": "name",
    "vat": "vat",
    "address": "street",
    "zip": "zip",
    "city": "city",
    "country": "country_id",
    "phone": "phone",
    "bank_name": "bank_name",
    "bank_account": "bank_account",
    "email": "email",
    "website": "website",
    "contact_name": "contact_name",
    "contact_phone": "contact_phone",
}
#: … and of a customer
PARTNER_FIELDS = {
    code: name
    for code, name in ENTRY_FIELDS.items()
    if not code.startswith(("bank_", "contact_"))
}
SURE, LIKELY = 90, 70


class CustomerPaste(models.TransientModel):
    """Paste a block of text; see what it says, put right what is wrong, fill the form."""

    _name = "customer.paste"
    _description = "Paste a Customer"

    text = fields.Text(string="Pasted Text")
    file = fields.Binary(string="Scan, Photo or PDF", attachment=False)
    filename = fields.Char(string="Name of the Scan")
    entry_id = fields.Many2one("customer.entry", string="New Customer", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Fill In", readonly=True)
    line_ids = fields.One2many("customer.paste.line", "paste_id", string="What It Says")
    twin_ids = fields.Many2many(
        "res.partner", string="Already There", compute="_compute_twin_ids"
    )
    twin_text = fields.Html(
        string="Who May Be the Same",
        compute="_compute_twin_ids",
        sanitize=False,
        exportable=False,
    )

    @api.constrains("entry_id", "partner_id")
    def _check_whose(self):
        """Only about records its user may see: their names are shown here."""
        # sudo: taken away; Odoo runs constraints with all rights
        own = self.sudo(False)
        own.entry_id.check_access("read")
        own.partner_id.check_access("read")

    @api.depends("line_ids.value", "line_ids.code")
    @api.depends_context("uid", "lang")
    def _compute_twin_ids(self):
        partners = self.env["res.partner"]
        for paste in self:
            values = {line.code: line.value for line in paste.line_ids if line.value}
            matches = self.env["customer.entry"]._twins_of(values, ENTRY_FIELDS)
            matches = [m for m in matches if m.partner_id != paste.partner_id.id]
            paste.twin_ids = partners.browse(
                m.partner_id for m in matches if m.partner_id
            )
            paste.twin_text = partners._ar_show_matches(matches)

    @api.model
    def _open(self, entry=None, partner=None):
        dialog = self.create(
            {"entry_id": entry and entry.id, "partner_id": partner and partner.id}
        )
        return dialog._form()

    def _form(self):
        return self._get_records_action(
            name=self.env._("Paste Invoicing Data or a Signature"),
            target="new",
            context={},
        )

    @api.onchange("text")
    def _onchange_text(self):
        self.line_ids = [fields.Command.clear()] + [
            fields.Command.create(vals) for vals in self._read_lines()
        ]

    def _read_lines(self):
        company = self.env.company
        readings = self.env["customer.entry"]._read_pasted(self.text or "", company)
        return [
            {
                "code": code,
                "value": value,
                "confidence": confidence,
                "source": source,
                "source_line": line,
                "is_taken": confidence >= 50,
            }
            for code, value, confidence, line, source in readings
        ]

    def action_read_file(self):
        """Take the text of the scan, photo or PDF; the lines follow it."""
        self.ensure_one()
        self.check_access("write")
        if not self.file:
            raise UserError(self.env._("Choose a scan, a photo or a PDF first."))
        content = base64.b64decode(self.with_context(bin_size=False).file)
        self.text = self.env["customer.entry"]._text_of_file(content)
        self._onchange_text()
        return self._form()

    # -- filling --------------------------------------------------------------------------

    def action_fill(self):
        """Put the chosen values where they belong."""
        self.ensure_one()
        self.check_access("write")
        if not self.line_ids and self.text:
            self._onchange_text()
        values = {
            line.code: line.value.strip()
            for line in self.line_ids
            if line.is_taken and (line.value or "").strip()
        }
        if not values:
            raise UserError(self.env._("There is nothing to take over."))
        if self.entry_id:
            self.entry_id.check_access("write")
            self.entry_id.write(self._vals(values, ENTRY_FIELDS))
            return {"type": "ir.actions.act_window_close"}
        if self.partner_id:
            # the user's own rights; guarded fields become requests, as on the form
            self.partner_id.check_access("write")
            self.partner_id.write(self._vals(values, PARTNER_FIELDS))
            return {"type": "ir.actions.act_window_close"}
        entry = self.env["customer.entry"].create(self._vals(values, ENTRY_FIELDS))
        return entry._get_records_action(context={})

    def _vals(self, values, known):
        vals = {known[code]: value for code, value in values.items() if code in known}
        if code := vals.pop("country_id", None):
            country = self.env["res.country"].search(
                ["|", ("code", "=", code.upper()), ("name", "=ilike", code)], limit=1
            )
            vals |= {"country_id": country.id} if country else {}
        return vals


class CustomerPasteLine(models.TransientModel):
    """A field the block names, with how sure that is and the line it came from."""

    _name = "customer.paste.line"
    _description = "Field Found in a Pasted Text"

    paste_id = fields.Many2one("customer.paste", required=True, ondelete="cascade")
    code = fields.Selection(
        lambda self: [
            (
                code,
                self.env["customer.entry"]._fields[name]._description_string(self.env),
            )
            for code, name in ENTRY_FIELDS.items()
        ],
        string="Goes Into",
        required=True,
    )
    value = fields.Char(string="Text Found")
    known_value = fields.Char(string="At Present", compute="_compute_known_value")
    confidence = fields.Integer(string="How Sure (%)", readonly=True, aggregator=None)
    level = fields.Selection(
        [("sure", "Sure"), ("likely", "Likely"), ("doubtful", "Look Again")],
        string="How Sure",
        compute="_compute_level",
    )
    source = fields.Char(string="From the Line", readonly=True)
    source_line = fields.Integer(string="Line No.", readonly=True, aggregator=None)
    is_taken = fields.Boolean(string="Take Over", default=True)

    @api.depends("confidence")
    def _compute_level(self):
        for line in self:
            sure = line.confidence
            line.level = (
                "sure" if sure >= SURE else "likely" if sure >= LIKELY else "doubtful"
            )

    @api.depends("code", "paste_id.entry_id", "paste_id.partner_id")
    def _compute_known_value(self):
        for line in self:
            entry, partner = line.paste_id.entry_id, line.paste_id.partner_id
            name = ENTRY_FIELDS.get(line.code)
            if partner and line.code in PARTNER_FIELDS:
                value = partner[PARTNER_FIELDS[line.code]]
            else:
                value = entry[name] if entry and name else False
            line.known_value = (
                value.display_name if isinstance(value, models.BaseModel) else value
            )

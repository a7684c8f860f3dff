from odoo import api, fields, models
from odoo.exceptions import UserError


class ArStatementRunLine(models.Model):
    """One customer of a statement run: what he gets, by which way, and what became of it.

    Written by the steps of the run alone. What is left out is ``skipped`` and says why.
    """

    _name = "ar.statement.run.line"
    _inherit = ["ar.run.item.mixin", "ar.partner.rule.mixin"]
    _ar_is_money = True
    _description = "Customer of a Statement Run"
    _order = "run_id desc, id"
    _rec_name = "partner_id"

    run_id = fields.Many2one(
        "ar.statement.run", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    run_step = fields.Selection(related="run_id.state", string="Run Status")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    balance_amount = fields.Monetary(string="Balance", readonly=True)
    overdue_amount = fields.Monetary(string="Overdue", readonly=True)
    figures_key = fields.Char(
        string="Fingerprint of the Figures",
        readonly=True,
        help="Of what the preview showed; a statement with other figures is not issued.",
    )
    channel = fields.Selection(
        "_channel_selection", string="Send by", required=True, readonly=True
    )
    email = fields.Char(string="E-Mail Address", readonly=True)
    language = fields.Char(readonly=True)
    warning_codes = fields.Char(
        readonly=True,
        help="What is worth a look, as codes; each reader reads sentences.",
    )
    warning = fields.Char(
        compute="_compute_warning", help="Worth a look; it is sent all the same."
    )
    problem = fields.Char(
        readonly=True, help="Why this customer cannot get the statement this way."
    )
    exclusion_reason = fields.Char(string="Left out Because", readonly=True)
    excluded_by_id = fields.Many2one("res.users", string="Left out by", readonly=True)
    statement_id = fields.Many2one(
        "ar.statement", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    delivery_id = fields.Many2one(
        "ar.statement.delivery",
        string="Delivery Record",
        readonly=True,
        index="btree_not_null",
    )
    delivery_state = fields.Selection(related="delivery_id.state", string="Delivery")

    _run_state_idx = models.Index("(run_id, run_state)")

    def _channel_selection(self):
        return self.env["ar.statement.run"]._channel_selection()

    @api.depends("warning_codes")
    @api.depends_context("lang")
    def _compute_warning(self):
        texts = self._warning_texts()
        for line in self:
            codes = (line.warning_codes or "").split()
            line.warning = "; ".join(texts.get(code, code) for code in codes) or False

    def _warning_texts(self):
        return {
            "posted_instead": self.env._("no e-mail address: by post"),
            "language_replaced": self.env._(
                "language not installed: in that of the company"
            ),
            "email_shared": self.env._("several customers have this e-mail address"),
            "email_bounced": self.env._("e-mails to this address have come back"),
            "issued_before": self.env._("has a statement as of this day already"),
            "credit_balance": self.env._("we owe this customer"),
        }

    # -- buttons --------------------------------------------------------------------------

    def action_exclude(self):
        """Ask why these customers are left out of this run."""
        self.run_id._check_preparer()
        self.check_access("read")
        self.run_id._check_state("preview")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.ar_statement_run_exclude_action"
            ),
            "context": {"default_line_ids": self.ids},
        }

    def action_include(self):
        """Put customers back who had been left out by hand or by a standing exclusion."""
        self.run_id._check_preparer()
        self.check_access("read")
        self.run_id._lock()
        self.run_id._check_state("preview")
        self.run_id._note_preparer()
        # sudo: lines are written by the steps of the run; checked above
        self.filtered(lambda line: line.run_state == "skipped").sudo().write(
            {"run_state": "todo", "exclusion_reason": False, "excluded_by_id": False}
        )

    def action_open_statement(self):
        """The statement as it was issued."""
        self.check_access("read")
        self.ensure_one()
        if not self.statement_id:
            raise UserError(self.env._("No statement has been issued yet."))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.ar_statement_action"
        )
        return {
            **action,
            "res_id": self.statement_id.id,
            "views": [(False, "form")],
            "view_mode": "form",
            "context": {},
        }

    def action_send_again(self):
        """A new e-mail with the same statement, by way of a run of its own."""
        self.run_id._check_preparer()
        self.check_access("read")
        return self.statement_id.action_send_email()

    def _exclude(self, reason):
        """Leave customers out of this run; the reason stays on record."""
        self.run_id._check_preparer()
        self.check_access("read")
        self.run_id._lock()
        self.run_id._check_state("preview")
        # sudo: lines are written by the steps of the run; checked above
        self.filtered(lambda line: line.run_state == "todo").sudo().write(
            {
                "run_state": "skipped",
                "exclusion_reason": reason,
                "excluded_by_id": self.env.uid,
            }
        )

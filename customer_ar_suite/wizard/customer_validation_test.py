from odoo import api, fields, models

#: failures shown line by line; the list of customers has all of them
_MOST_LINES = 500


class CustomerValidationTest(models.TransientModel):
    """Who would fail a rule today, before it is switched on."""

    _name = "customer.validation.test"
    _description = "Test of a Validation Rule"

    rule_id = fields.Many2one(
        "customer.validation.rule", required=True, readonly=True, ondelete="cascade"
    )
    checked_count = fields.Integer(string="Records Checked", readonly=True)
    failing_count = fields.Integer(string="Would Fail", readonly=True)
    summary = fields.Char(compute="_compute_summary")
    failing_ids = fields.Json(string="Failing Records", readonly=True)
    line_ids = fields.One2many(
        "customer.validation.test.line", "test_id", readonly=True
    )

    @api.depends("checked_count", "failing_count", "line_ids")
    @api.depends_context("lang")
    def _compute_summary(self):
        for test in self:
            counts = {"checked": test.checked_count, "failing": test.failing_count}
            test.summary = self.env._(
                "%(checked)s records checked: all keep this rule.", **counts
            )
            if test.failing_count:
                test.summary = self.env._(
                    "%(failing)s of %(checked)s records would fail. They stay as they are "
                    "when the rule is enabled; only what is entered or changed from then on "
                    "is judged.",
                    **counts,
                )
            if len(test.line_ids) < test.failing_count:
                test.summary += " " + self.env._(
                    "The first %(shown)s are shown here.", shown=len(test.line_ids)
                )

    @api.depends("rule_id")
    def _compute_display_name(self):
        for test in self:
            test.display_name = test.rule_id.name

    @api.model
    def _open(self, rule):
        """Judge what is there, with the eyes of the user, and show it."""
        checked, failures = rule._test_existing()
        test = self.create(
            {
                "rule_id": rule.id,
                "checked_count": checked,
                "failing_count": len(failures),
                "failing_ids": [record.id for record, _text in failures],
                "line_ids": [
                    fields.Command.create(
                        {"record_name": record.display_name, "reason": text}
                    )
                    for record, text in failures[:_MOST_LINES]
                ],
            }
        )
        return test._get_records_action(
            name=self.env._("Who Would Fail"), target="new", context={}
        )

    def action_open_records(self):
        """The records that would fail, as a list to work on."""
        self.ensure_one()
        self.check_access("read")
        model = self.rule_id.model_name
        self.env[model].check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.rule_id.name,
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.failing_ids or [])],
        }


class CustomerValidationTestLine(models.TransientModel):
    """One record that would fail, and why."""

    _name = "customer.validation.test.line"
    _description = "Failure in a Test of a Validation Rule"

    test_id = fields.Many2one(
        "customer.validation.test", required=True, readonly=True, ondelete="cascade"
    )
    record_name = fields.Char(string="Record", readonly=True)
    reason = fields.Char(readonly=True)

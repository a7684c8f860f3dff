from odoo import fields, models


class ResCompany(models.Model):
    """How far back trade is scored, and from which change on somebody is told."""

    _inherit = "res.company"

    ar_score_months = fields.Integer(
        string="Months Scored",
        default=12,
        help="How many months of purchases recency, frequency and monetary look at.",
    )
    ar_usage_alert_percent = fields.Integer(
        string="Tell of Changes from (%)",
        default=0,
        help="Whose usage has changed by at least so much, or whose trading level has "
        "changed, becomes an activity of his salesperson. 0: nobody is told.",
    )
    ar_usage_alert_user_id = fields.Many2one(
        "res.users",
        string="Without a Salesperson",
        domain="[('share', '=', False)]",
        help="Who is told of customers that have no salesperson.",
    )

    _ar_score_months_range = models.Constraint(
        "CHECK(ar_score_months BETWEEN 1 AND 60)", "Score 1 to 60 months."
    )
    _ar_usage_alert_range = models.Constraint(
        "CHECK(ar_usage_alert_percent BETWEEN 0 AND 1000)",
        "Changes are told from 1 to 1,000 per cent on; 0 tells of none.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ar_score_months = fields.Integer(
        related="company_id.ar_score_months", readonly=False
    )
    ar_usage_alert_percent = fields.Integer(
        related="company_id.ar_usage_alert_percent", readonly=False
    )
    ar_usage_alert_user_id = fields.Many2one(
        related="company_id.ar_usage_alert_user_id", readonly=False
    )

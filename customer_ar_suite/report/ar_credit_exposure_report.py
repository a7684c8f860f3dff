from odoo import api, fields, models
from odoo.tools import SQL


def _amount(string, **values):
    return fields.Monetary(string=string, readonly=True, **values)


class ArCreditExposureReport(models.Model):
    """Exposure of every customer who has any or a limit, by component; true when asked.

    The same figures as on the credit profile (``tests/test_credit_exposure.py`` compares
    them), as rows a pivot can add up. They do not depend on who looks.
    """

    _name = "ar.credit.exposure.report"
    _description = "Credit Exposure"
    _inherit = ["ar.partner.rule.mixin"]
    _ar_is_money = True
    _auto = False
    _rec_name = "partner_id"
    _order = "exposure_amount desc, id"

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    profile_id = fields.Many2one(
        "ar.credit.profile", string="Credit Profile", readonly=True
    )
    family_id = fields.Many2one(
        "ar.credit.family", string="Customer Family", readonly=True
    )
    open_items_amount = _amount("Invoices and Entries")
    unapplied_amount = _amount("Unapplied Cash and Credits")
    bills_amount = _amount("Bills and Cheques")
    draft_invoices_amount = _amount("Draft Invoices")
    orders_amount = _amount("Orders not Invoiced")
    exposure_amount = _amount("Exposure")
    allowed_amount = _amount(
        "Allowed Exposure", help="Limit, temporary limits and cover. Empty: no limit."
    )
    headroom_amount = _amount("Headroom")
    overdue_amount = _amount("Overdue")
    oldest_due_date = fields.Date(readonly=True)
    used_percent = fields.Float(
        string="Used (%)", digits=(16, 0), readonly=True, aggregator="avg"
    )
    is_on_hold = fields.Boolean(string="On Hold", readonly=True)
    is_breached = fields.Boolean(string="Limit Exceeded", readonly=True)

    @property
    def _table_query(self):
        today = fields.Date.context_today(self)
        companies = self.env.companies
        partner_fields = self.env["res.partner"]._fields
        return SQL(
            """
            SELECT figure.*,
                   exposure_amount > allowed_amount AS is_breached,
                   allowed_amount - exposure_amount AS headroom_amount,
                   CASE WHEN allowed_amount IS NULL THEN NULL
                        WHEN exposure_amount <= 0 THEN 0
                        WHEN allowed_amount <= 0 THEN 100
                        ELSE CEIL(exposure_amount * 100 / allowed_amount) END
                       AS used_percent
              FROM (
                SELECT COALESCE(row.partner_id, profile.partner_id)::bigint * 100000
                           + company.id AS id,
                       COALESCE(row.partner_id, profile.partner_id) AS partner_id,
                       company.id AS company_id, company.currency_id,
                       customer.country_id, customer.user_id,
                       profile.id AS profile_id, profile.family_id,
                       COALESCE(profile.is_on_hold, FALSE) AS is_on_hold,
                       COALESCE(row.open_items, 0) AS open_items_amount,
                       COALESCE(row.unapplied, 0) AS unapplied_amount,
                       COALESCE(row.bills, 0) AS bills_amount,
                       COALESCE(row.draft_invoices, 0) AS draft_invoices_amount,
                       COALESCE(row.orders, 0) AS orders_amount,
                       COALESCE(row.open_items + row.unapplied + row.bills
                                + row.draft_invoices + row.orders, 0) AS exposure_amount,
                       COALESCE(row.overdue, 0) AS overdue_amount,
                       row.oldest_due AS oldest_due_date,
                       profile.allowed AS allowed_amount
                  FROM (%(exposures)s) row
                  FULL JOIN (%(profiles)s) profile
                         ON profile.partner_id = row.partner_id
                        AND profile.company_id = row.company_id
                  JOIN res_company company
                    ON company.id = COALESCE(row.company_id, profile.company_id)
                  JOIN res_partner customer
                    ON customer.id = COALESCE(row.partner_id, profile.partner_id)) figure
            """,
            exposures=self.env["ar.ledger"]._exposure_sql(
                today, company_ids=companies.ids
            ),
            profiles=self._profiles_sql(today, companies),
            to_flush=[partner_fields["country_id"], partner_fields["user_id"]],
        )

    def _profiles_sql(self, today, companies):
        """Profiles with what is allowed, in company currency."""
        profiles = self.env["ar.credit.profile"]
        names = ("partner_id", "company_id", "limit_amount", "family_id", "is_on_hold")
        return SQL(
            """
            SELECT profile.id, profile.partner_id, profile.company_id, profile.family_id,
                   profile.is_on_hold,
                   CASE WHEN profile.limit_amount > 0 THEN
                        ROUND(profile.limit_amount * rate.factor, rate.digits)
                        + ROUND(COALESCE(granted.amount, 0) * rate.factor, rate.digits)
                        + ROUND(COALESCE(cover.amount, 0) * rate.factor, rate.digits)
                   END AS allowed
              FROM ar_credit_profile profile
              JOIN (%(rates)s) rate ON rate.company_id = profile.company_id
                                   AND rate.currency_id = profile.currency_id
              LEFT JOIN (SELECT profile_id, SUM(amount) AS amount
                           FROM ar_credit_temporary_limit
                          WHERE state = 'approved' AND valid_from <= %(today)s
                            AND valid_to >= %(today)s
                          GROUP BY profile_id) granted ON granted.profile_id = profile.id
              LEFT JOIN (SELECT profile_id, SUM(covered_amount) AS amount
                           FROM ar_credit_cover
                          WHERE valid_from <= %(today)s
                            AND (valid_to IS NULL OR valid_to >= %(today)s)
                          GROUP BY profile_id) cover ON cover.profile_id = profile.id
             WHERE profile.company_id = ANY(%(companies)s)
            """,
            rates=self._rates_sql(today, companies),
            today=today,
            companies=companies.ids,
            to_flush=[
                *(profiles._fields[name] for name in (*names, "currency_id")),
                *(
                    self.env["ar.credit.temporary.limit"]._fields[name]
                    for name in (
                        "profile_id",
                        "amount",
                        "state",
                        "valid_from",
                        "valid_to",
                    )
                ),
                *(
                    self.env["ar.credit.cover"]._fields[name]
                    for name in (
                        "profile_id",
                        "covered_amount",
                        "valid_from",
                        "valid_to",
                    )
                ),
            ],
        )

    def _rates_sql(self, today, companies):
        """One factor per company and currency that limits are kept in."""
        # sudo: rates are no secret
        pairs = (
            self.env["ar.credit.profile"]
            .sudo()
            ._read_group(
                [("company_id", "in", companies.ids)], ["company_id", "currency_id"]
            )
        )
        return self.env["ar.ledger"]._factors_sql(pairs, today)

    # -- drill-down -----------------------------------------------------------------------

    def action_open_customer(self):
        """The customer's card."""
        self.check_access("read")
        self.ensure_one()
        return self.partner_id.get_formview_action()

    def action_view_open_items(self):
        """The documents behind the exposure."""
        self.check_access("read")
        self.ensure_one()
        return self.partner_id.action_view_ar_open_items()

    def action_view_profile(self):
        """The customer's credit profile, in his company."""
        self.check_access("read")
        self.ensure_one()
        partner = self.partner_id.with_company(self.company_id)
        return partner.action_view_ar_credit_profile()

    @api.depends("partner_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.partner_id.display_name

from odoo import api, fields, models
from odoo.fields import Command


class ResCompany(models.Model):
    _inherit = "res.company"

    ar_alert_digest = fields.Boolean(
        string="Daily E-Mail on Alerts",
        help="Who is told of alerts gets one e-mail a day about those that are new. It names "
        "rules, users and numbers, never values of customers.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ar_alert_digest = fields.Boolean(
        related="company_id.ar_alert_digest", readonly=False
    )


class CustomerAlert(models.Model):
    """The digest: one e-mail per person and day, where a company wants it."""

    _inherit = "customer.alert"

    def _mail_get_partners(self, introspect_fields=False):
        """Nobody outside: what is said here is for those who are told."""
        return dict.fromkeys(self.ids, self.env["res.partner"])

    @api.model
    def _cron_digest(self):
        """Mail what is new; queued in the transaction that notes it, so never twice."""
        companies = self.env["res.company"].search([("ar_alert_digest", "=", True)])
        if not companies:
            return
        fresh = self.search(
            [
                ("mailed_at", "=", False),
                ("state", "!=", "closed"),
                ("company_id", "in", [False, *companies.ids]),
            ],
            order="severity, id",
        ).try_lock_for_update()
        by_user = {}
        for alert in fresh:
            for user in alert._told().filtered("email"):
                by_user.setdefault(user, self.browse())
                by_user[user] |= alert
        for user, alerts in by_user.items():
            alerts._mail_digest(user)
        if fresh:
            fresh._set(mailed_at=fields.Datetime.now())

    def _mail_digest(self, user):
        mine = self.with_context(lang=user.lang, tz=user.tz)
        body = mine.env["ir.qweb"]._render(
            "customer_ar_suite.customer_alert_digest",
            {"alerts": mine, "user": user, "url": self[:1].get_base_url()},
        )
        # sudo: an e-mail of the system
        self.env["mail.mail"].sudo().create(
            {
                "subject": mine.env._("%(count)s alerts to look at", count=len(mine)),
                "body_html": body,
                "recipient_ids": [Command.set(user.partner_id.ids)],
                "email_from": self.env.company.email_formatted,
                "auto_delete": True,
            }
        )

from odoo import api, models


class CustomerAuditEntry(models.Model):
    """What people do about data quality and alerts, in the reader's language."""

    _inherit = "customer.audit.entry"

    @api.model
    def _event_names(self):
        return super()._event_names() | {
            "quality.take": self.env._("Finding Taken"),
            "quality.corrected": self.env._("Finding Said to Be Corrected"),
            "quality.confirm": self.env._("Customer Data Confirmed"),
            "quality.accept": self.env._("Finding Accepted for Now"),
            "quality.close": self.env._("Finding Closed"),
            "quality.reopen": self.env._("Finding Taken up Again"),
            "quality_check.write": self.env._("Check of Data Quality Changed"),
            "quality_plan.create": self.env._("Plan of Data Audits Created"),
            "quality_plan.write": self.env._("Plan of Data Audits Changed"),
            "quality_proposal.filed": self.env._("Proposal Handed In"),
            "quality_proposal.agreed": self.env._("Proposal Agreed to"),
            "quality_proposal.declined": self.env._("Proposal Declined"),
            "quality_proposal.done": self.env._("Proposal Carried Out"),
            "alert.take": self.env._("Alert Taken"),
            "alert.close": self.env._("Alert Settled"),
            "alert_rule.create": self.env._("Alert Rule Created"),
            "alert_rule.write": self.env._("Alert Rule Changed"),
            "alert_rule.unlink": self.env._("Alert Rule Deleted"),
            "login.denied": self.env._("Password or Code Refused"),
        }

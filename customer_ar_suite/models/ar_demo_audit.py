"""Sample data: an audit log in which something happened."""

from odoo import api, models

#: customer → what the clerk of its company changes
CHANGES = (
    ("nl", "C20001", {"street": "Wilhelminakade 308", "zip": "3072 AP"}),
    ("nl", "C20004", {"phone": "+31 10 555 0188", "email": "finance@c20004.example"}),
    ("nl", "C20007", {"city": "Eindhoven"}),
    ("cn", "C10004", {"phone": "+86 21 5550 1886", "street": "浦东新区张江路 368 号"}),
    ("cn", "C10006", {"email": "caiwu@c10006.example"}),
)
#: contact person the clerk enters: company, customer, name, e-mail
ENTERED = ("nl", "C20007", "Femke Dekker", "f.dekker@c20007.example")


class ArDemo(models.AbstractModel):
    """Policies switched on, changes of master data, an export."""

    _inherit = "ar.demo"

    @api.model
    def _load_audit(self):
        """In a demo database only: sample data in a real one switch nothing on."""
        if not self.env.ref(
            "customer_ar_suite.ar_demo_user_customer_clerk", raise_if_not_found=False
        ):
            return
        policies = self.env["customer.audit.policy"]
        policies.action_recommended()
        # the registry is still loading, when policies do not reach the database by themselves
        policies._record()
        for code, ref, values in CHANGES:
            customer = self._sample(f"customer_{ref}")
            self._as("clerk", "res.partner", code).browse(customer.id).write(values)
        self.env.flush_all()
        code, ref, name, email = ENTERED
        self._as("clerk", "res.partner", code).create(
            {
                "name": name,
                "email": email,
                "parent_id": self._sample(f"customer_{ref}").id,
                "company_id": self._company(code).id,
            }
        )
        self.env.flush_all()
        customers = self._sample("customer_C20001") | self._sample("customer_C20004")
        self.env["customer.audit.entry"]._ar_log_event(
            "data.export",
            "res.partner",
            {"count": len(customers), "fields": ["name", "email", "phone"]},
        )

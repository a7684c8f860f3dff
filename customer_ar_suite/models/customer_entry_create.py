from odoo import models
from odoo.exceptions import AccessError, UserError

from ..engine.paste.values import read_account
from .customer_change_policy import APPROVAL
from .customer_entry import CLERK

#: values of the entry that are values of the customer
SAME = (
    "name", "is_company", "vat", "company_registry", "street", "street2", "zip", "city",
    "phone", "email", "website", "lang",
)  # fmt: skip
LINKS = ("state_id", "country_id", "user_id")


class CustomerEntry(models.Model):
    """The customer an entry becomes, and the values on the way to it."""

    _inherit = "customer.entry"

    def action_create_customer(self):
        """Create the customer of the verified values; unapproved until it is reviewed."""
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group(CLERK):
            raise AccessError(
                self.env._("Only who enters customers takes these steps.")
            )
        self._lock_step()
        if self.state != "enter" or self.partner_id:
            raise UserError(
                self.env._("The customer is created in the step Data Entry, and once.")
            )
        if not (self.name or "").strip():
            raise UserError(self.env._("A customer needs a name."))
        # the user's own rights: he creates nothing here he could not create on the form
        partner = self.env["res.partner"].create(self._customer_values())
        # sudo: the link is written by this step alone
        self.sudo()._set(partner_id=partner.id)
        self._create_account(partner)
        self.env["customer.audit.entry"]._ar_log(
            "entry.create", self, {"customer": partner.id}
        )
        return True

    def _customer_values(self):
        vals = {name: self[name] for name in SAME if self[name]}
        vals |= {name: self[name].id for name in LINKS if self[name]}
        vals |= {"is_company": self.is_company, "customer_rank": 1, APPROVAL: "entered"}
        if self.payment_term_id:
            vals["property_payment_term_id"] = self.payment_term_id.id
        if self.contact_name:
            contact = {
                "name": self.contact_name,
                "phone": self.contact_phone,
                "email": self.contact_email,
            }
            vals["child_ids"] = [
                (0, 0, {"type": "contact", **{k: v for k, v in contact.items() if v}})
            ]
        return vals

    def _create_account(self, partner):
        if not self.bank_account:
            return
        banks = self.env["res.bank"]
        bank = self.bank_name and (
            banks.search([("name", "=", self.bank_name)], limit=1)
            or banks.create({"name": self.bank_name})
        )
        self.env["res.partner.bank"].create(
            {
                "partner_id": partner.id,
                "acc_number": read_account(self.bank_account)[0] or self.bank_account,
                "bank_id": bank and bank.id,
            }
        )

    def action_open_customer(self):
        """The customer's card."""
        self.ensure_one()
        self.check_access("read")
        return self.partner_id._get_records_action(context={})

    def action_paste(self):
        """Paste invoicing data or a signature into this entry."""
        self.ensure_one()
        self.check_access("write")
        return self.env["customer.paste"]._open(entry=self)

    # -- values and documents -------------------------------------------------------------

    def _values_changed(self, names):
        """What was ticked is not what stands there any more; compared again."""
        # sudo: ticks and comparisons follow the values the user has just written
        for entry in self.sudo():
            items = entry.item_ids.filtered(
                lambda one, e=entry: one.kind == "field"
                and e._field_of(one.field_code) in names
            )
            items._set(is_done=False, done_by_id=False, done_at=False)
            entry._compare(items)

    def _compare(self, items=None):
        """Look the values up in the texts of the documents."""
        # sudo: comparisons are written by the suite alone
        entry = self.sudo()
        items = entry.item_ids if items is None else items
        items._compare_with(entry.document_ids)

    def _forget_values(self):
        """Of somebody who does not become a customer only the name stays."""
        empty = {
            "bank_account": False,
            "bank_name": False,
            "contact_name": False,
            "contact_phone": False,
            "contact_email": False,
            "phone": False,
            "email": False,
        }
        self._set(**empty)
        self.document_ids._drop()


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_view_customer_entries(self):
        """How these customers were entered, with the documents kept at filing."""
        self.check_access("read")
        self.env["customer.entry"].check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_entry_action"
            ),
            "domain": [("partner_id", "in", self.ids)],
            "context": {"create": False},
        }

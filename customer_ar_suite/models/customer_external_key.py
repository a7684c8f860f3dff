from odoo import api, fields, models


class CustomerExternalKey(models.Model):
    """Which customer another system means by its key: unique in the database.

    Written by the API alone. Without a customer the key is that of one that was deleted; an
    administrator may remove such a key, so that it can mean a new customer.
    """

    _name = "customer.external.key"
    _description = "Key of Another System"
    _inherit = ["ar.partner.rule.mixin"]
    _order = "source, key, id"
    _rec_name = "key"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    source = fields.Char(
        string="System", required=True, readonly=True, help="The other system's name."
    )
    key = fields.Char(required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    batch_id = fields.Many2one(
        "customer.import.batch",
        string="First Sent with",
        readonly=True,
        ondelete="set null",
    )

    _key_uniq = models.Constraint(
        "UNIQUE(company_id, source, key)",
        "Another system's key means one customer.",
    )

    @api.model
    def _by_key(self, company, source, keys):
        """{key: link} of one system."""
        # sudo: whether a key is known decides; the customer is read with the user's rights
        links = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("source", "=", source),
                ("key", "in", list(keys)),
            ]
        )
        return {link.key: link for link in links}

    @api.model
    def _keys_of(self, company, source, partner_ids):
        """{customer: key} of one system."""
        # sudo: see _by_key
        links = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("source", "=", source),
                ("partner_id", "in", list(partner_ids)),
            ]
        )
        return {link.partner_id.id: link.key for link in links}

from odoo import api, models
from odoo.exceptions import UserError

#: where the contacts a merge removes are noted; no client can write there
MERGED = "customer_ar_suite.merged_partner_ids"


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _merge_bank_accounts(self, src_partners, dst_partner):
        """Guarded accounts do not change their owner by a merge."""
        self._ar_check_hashed(src_partners)
        self.env["customer.audit.policy"]._tell_actor()
        self.env["customer.change.request"]._check_merge(src_partners)
        return super()._merge_bank_accounts(src_partners, dst_partner)

    @api.model
    def _ar_check_hashed(self, src_partners):
        """A merge rewrites the partner of journal items, and so breaks core's hash chain."""
        # sudo: who may merge contacts need not see journal items; only names are told
        lines = self.env["account.move.line"].sudo()
        hashed = lines._read_group(
            [
                ("partner_id", "in", src_partners.ids),
                ("move_id.inalterable_hash", "!=", False),
            ],
            ["partner_id"],
        )
        if hashed:
            raise UserError(
                self.env._(
                    "%(names)s: has journal entries that are secured with a hash. Merging "
                    "would change them. Choose this contact as the one to keep, or archive "
                    "it instead.",
                    names=", ".join(partner.display_name for (partner,) in hashed),
                )
            )

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Move the suite's rows before core does, which deletes what collides."""
        self.env.flush_all()
        # these go because others take their place, not because somebody deletes them
        self.env.cr.precommit.data.setdefault(MERGED, set()).update(src_partners.ids)
        for name in self._ar_merge_models():
            # sudo: who may merge contacts need not have rights on what hangs on them
            self.env[name].sudo()._ar_merge_partners(src_partners.ids, dst_partner.id)
        log = self.env["customer.audit.entry"]
        log._ar_log(
            "partner.merge",
            src_partners,
            {"into": dst_partner.id, "name": dst_partner.display_name},
            {partner.id: {"merged": partner.display_name} for partner in src_partners},
        )
        log._ar_log(
            "partner.absorb",
            dst_partner,
            {"merged": src_partners.ids, "names": src_partners.mapped("display_name")},
        )
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _ar_merge_models(self):
        """Models with their own way to merge: ``_ar_merge_partners(source_ids, target_id)``.

        Needed where the partner is part of a UNIQUE, CHECK or EXCLUDE constraint; plain
        many2one columns are rewritten by core.
        """
        return sorted(
            name
            for name, model in self.env.registry.items()
            if hasattr(model, "_ar_merge_partners") and not model._abstract
        )

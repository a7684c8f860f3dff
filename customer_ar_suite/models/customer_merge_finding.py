from odoo import api, fields, models


class CustomerMerge(models.Model):
    """What the dry run found, as sentences in the reader's language."""

    _inherit = "customer.merge"

    stop_text = fields.Text(string="In the Way", compute="_compute_finding_texts")
    note_text = fields.Text(string="Good to Know", compute="_compute_finding_texts")

    @api.depends("findings")
    @api.depends_context("lang")
    def _compute_finding_texts(self):
        for merge in self:
            for name, level in (("stop_text", "stop"), ("note_text", "note")):
                merge[name] = "\n".join(
                    merge._finding_text(one["code"], one["params"])
                    for one in merge.findings or []
                    if one["level"] == level
                )

    @api.model
    def _finding_text(self, code, params):
        """The sentence of a finding, in the reader's language."""
        env, p = self.env, dict(params)
        if "field" in p:
            p["field"] = env["res.partner"]._fields[p["field"]]._description_string(env)
        texts = {
            "nobody": env._("Choose the customers to merge into the one to keep."),
            "no_access": env._("You may not change one of these customers."),
            "own_company": env._(
                "%(names)s: is one of your own companies.", **_safe(p)
            ),
            "internal_user": env._(
                "%(names)s: is a colleague with a login. Only customers are merged.",
                **_safe(p),
            ),
            "hierarchy": env._(
                "%(names)s: belongs to another one of these customers. A customer cannot be "
                "merged with its own contacts.",
                **_safe(p),
            ),
            "other_customer": env._(
                "%(names)s: contacts are merged within one customer, and customers with "
                "customers. Merge the customers first.",
                **_safe(p),
            ),
            "other_company": env._(
                "%(names)s: belongs to another company than the customer to keep. Keep one "
                "that all companies share.",
                **_safe(p),
            ),
            "closed": env._(
                "%(names)s: is closed. Reopen it, or keep another one.", **_safe(p)
            ),
            "restricted": env._(
                "%(names)s: personal data may only be stored, not used. Settle the privacy "
                "request first.",
                **_safe(p),
            ),
            "erased": env._("%(names)s: personal data was erased.", **_safe(p)),
            "merged_already": env._(
                "%(names)s: has been merged into another customer already.", **_safe(p)
            ),
            "hashed": env._(
                "%(names)s: has journal entries that are secured with a hash. They name the "
                "customer for ever: choose this one as the one to keep, or archive it.",
                **_safe(p),
            ),
            "open_change": env._(
                "%(names)s: a change request waits. Decide or withdraw it first.",
                **_safe(p),
            ),
            "open_closing": env._(
                "%(names)s: a closing request waits. Decide or withdraw it first.",
                **_safe(p),
            ),
            "open_privacy": env._(
                "%(names)s: a privacy request is not answered yet.", **_safe(p)
            ),
            "foreign_company": env._(
                "Something that belongs to these customers stands in a company you do not "
                "work in. Ask somebody who works in all of them."
            ),
            "too_many": env._(
                "There are more than %(count)s conflicts. These are hardly the same "
                "customer.",
                **_safe(p),
            ),
            "identity": env._(
                "%(field)s: they differ. Are these really the same customer?",
                **_safe(p),
            ),
            "portal_sees": env._(
                "Logins of the customer to keep will see the documents of all: "
                "%(logins)s.",
                **_safe(p),
            ),
            "guarded": env._(
                "%(count)s values are guarded: they arrive once their change request is "
                "approved.",
                **_safe(p),
            ),
            "logins": env._(
                "Merged customers have portal logins: decide under Conflicts what becomes of "
                "them."
            ),
        }
        return texts.get(code, code)


def _safe(params):
    """All sentences are made to pick one: names they do not have are empty."""
    return {
        name: params.get(name, "") for name in ("names", "field", "count", "logins")
    }

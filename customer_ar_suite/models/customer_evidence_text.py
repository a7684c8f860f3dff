"""Evidence of rules as sentences in the reader's language, with what he may see of it."""

from odoo import api, models
from odoo.tools import format_date, formatLang

SIGNS = {"at_least": "≥", "more_than": ">", "at_most": "≤", "less_than": "<"}


class CustomerEvidenceMixin(models.AbstractModel):
    """A record that keeps ``evidence`` of a rule and says it in words."""

    _name = "customer.evidence.mixin"
    _description = "Keeps Evidence of a Rule"

    @api.model
    def _evidence_text(self, evidence, may_see_money):
        """“Revenue (12 months) = 182,400.00 CNY ≥ 150,000.00 CNY; as of 22 Nov 2026”."""
        if not evidence:
            return ""
        parts = []
        if evidence.get("by_data"):
            parts.append(self.env._("his data are those the rule asks for"))
        parts += [
            self._condition_text(one, evidence, may_see_money)
            for one in evidence.get("conditions", ())
        ]
        return self.env._(
            "%(facts)s (as of %(date)s)",
            facts="; ".join(parts) or self.env._("no other rule holds"),
            date=format_date(self.env, evidence.get("as_of")),
        )

    def _condition_text(self, one, evidence, may_see_money):
        metric = self.env["customer.metric"]._metrics().get(one["metric"])
        name = self._figure_name(metric, one)
        if one["operator"] == "unknown":
            return self.env._("%(figure)s is not known", figure=name)
        hidden = metric and metric.kind == "money" and not may_see_money
        if hidden or metric is None:
            return self.env._("%(figure)s meets the rule", figure=name)
        value = self._amount(metric, one["value"], evidence)
        if one["operator"] == "known":
            return f"{name} = {value}"
        border = self._amount(metric, one["border"], evidence)
        if one["operator"] in SIGNS:
            return f"{name} = {value} {SIGNS[one['operator']]} {border}"
        share = formatLang(self.env, one["share"], digits=0)
        params = {"figure": name, "value": value, "border": border, "share": share}
        if one["operator"] == "top":
            return self.env._(
                "%(figure)s = %(value)s, among the highest %(share)s %% (from %(border)s)",
                **params,
            )
        return self.env._(
            "%(figure)s = %(value)s, among the lowest %(share)s %% (up to %(border)s)",
            **params,
        )

    def _figure_name(self, metric, one):
        name = metric.title(self.env) if metric else one["metric"]
        if one.get("product_category_id"):
            # sudo: the name of a product category
            category = self.env["product.category"].sudo()
            category = category.browse(one["product_category_id"]).exists()
            name = f"{name} {category.display_name or ''}".strip()
        if metric and metric.needs_usage_kind and one.get("usage_kind_id"):
            # sudo: the name of what is counted
            kinds = self.env["customer.usage.kind"].sudo()
            name = f"{name} {kinds.browse(one['usage_kind_id']).exists().name or ''}"
            name = name.strip()
        if one["months"]:
            return self.env._(
                "%(figure)s (%(count)s months)", figure=name, count=one["months"]
            )
        return name

    def _amount(self, metric, value, evidence):
        """A figure in its unit; nothing on record is a dash."""
        if value is None:
            return "–"
        # sudo: decimals and sign of a currency
        currency = self.env["res.currency"].sudo().browse(evidence["currency_id"])
        whole = value / metric.scale(currency)
        if metric.kind == "money":
            return formatLang(self.env, whole, currency_obj=currency)
        if metric.kind == "percent":
            return f"{formatLang(self.env, whole, digits=1)} %"
        digits = 2 if metric.kind == "quantity" and whole % 1 else 0
        return formatLang(self.env, whole, digits=digits)

    def _money_readers(self):
        """Ids of the records whose money this user may see: his companies, his customers."""
        if not self.env["account.move.line"].has_access("read"):
            return set()
        companies = set(self.env.user.company_ids.ids)
        # sudo: from which companies the figures come
        kept = self.sudo()
        open_ids = set(
            kept.partner_id.with_env(self.env)._ar_filtered_right("money").ids
        )
        return {
            record.id
            for record in kept
            if record.partner_id.id in open_ids
            and companies.issuperset((record.evidence or {}).get("company_ids", ()))
        }

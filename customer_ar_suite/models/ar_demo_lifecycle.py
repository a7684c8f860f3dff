"""Sample data: stages with a past, events of all kinds, a review to look at, playbooks."""

from datetime import timedelta

from odoo import api, fields, models

#: customer → (stage he came from, stage he is in, days he has been in it)
TRACKS = {
    "C10001": ("growth", "maturity", 260),
    "C10003": ("introduction", "growth", 120),
    "C10004": ("growth", "maturity", 200),
    "C10006": ("maturity", "decline", 40),
    "C20001": ("growth", "maturity", 300),
    "C20004": ("introduction", "growth", 90),
    "C20005": ("prospect", "introduction", 30),
    "C20007": ("maturity", "decline", 75),
}
#: customers who have a stage and no past
NEW = {"C10005": "introduction", "C10021": "prospect", "C20016": "prospect"}
#: customer, kind, days ago, what happened
EVENTS = (
    ("C10001", "visit", 35, "参观了新车间，谈明年框架合同"),
    ("C10001", "meeting", 100, "年度对账会议"),
    ("C10003", "call", 20, "询问扩产计划"),
    ("C10006", "complaint", 12, "反映两批货物延迟"),
    ("C10006", "call", 9, "就延迟道歉，答应优先发货"),
    ("C10021", "first_contact", 6, "展会上认识"),
    ("C20001", "meeting", 45, "Prices for next year agreed"),
    ("C20004", "visit", 80, "Shown the new pump series"),
    ("C20005", "call", 50, "First delivery was fine"),
    ("C20007", "complaint", 30, "Two invoices for one delivery"),
    ("C20007", "call", 25, "Credit note promised"),
)


class ArDemo(models.AbstractModel):
    """The track of a dozen customers."""

    _inherit = "ar.demo"

    @api.model
    def _load_lifecycle(self):
        """Stages first, so that events are filed under them."""
        if self._sample("lifecycle_review"):
            return
        today = fields.Date.context_today(self)
        for ref, (before, stage, days) in TRACKS.items():
            self._track(ref, before, today - timedelta(days=days + 180))
            self._track(ref, stage, today - timedelta(days=days))
        for ref, stage in NEW.items():
            self._track(ref, stage, today - timedelta(days=10))
        self._load_lifecycle_events(today)
        self._load_lifecycle_rules()

    def _lifecycle_stage(self, code):
        """The stage of that code; who deleted the suite's has none."""
        xmlid = f"customer_ar_suite.customer_lifecycle_stage_{code}"
        return self.env.ref(xmlid, raise_if_not_found=False)

    def _track(self, ref, code, day):
        """As if the customer had come into the stage on ``day``."""
        customer, stage = self._sample(f"customer_{ref}"), self._lifecycle_stage(code)
        if not customer or not stage:
            return
        held = customer.customer_stage_period_ids.filtered(lambda one: not one.valid_to)
        customer._ar_move_stage(stage, "manual")
        new = customer.customer_stage_period_ids.filtered(lambda one: not one.valid_to)
        for one in held:
            end = day - timedelta(days=1)
            one._set(valid_to=end, ended_days=(end - one.valid_from).days + 1)
        # the database refuses overlaps row by row: the old period has to end first
        self.env.flush_all()
        new._set(valid_from=day)
        customer.customer_stage_since = day

    def _load_lifecycle_events(self, today):
        for ref, code, days, summary in EVENTS:
            customer = self._sample(f"customer_{ref}")
            kind = self.env.ref(
                f"customer_ar_suite.customer_lifecycle_event_kind_{code}",
                raise_if_not_found=False,
            )
            if customer and kind:
                company = "cn" if ref.startswith("C1") else "nl"
                self._in_company("customer.lifecycle.event", company).create(
                    [
                        {
                            "partner_id": customer.id,
                            "kind_id": kind.id,
                            "happened_on": today - timedelta(days=days),
                            "summary": summary,
                        }
                    ]
                )

    def _load_lifecycle_rules(self):
        """A review with the shipped rules waits; rules and playbooks themselves stay off.

        They would move and remind real customers where somebody looks at sample data.
        """
        rules = self.env["customer.lifecycle.rule"].with_context(active_test=False)
        run = self._in_company("customer.lifecycle.run", "nl").create(
            {"rule_ids": rules.search([]).ids}
        )
        run.action_preview()
        self._keep(run, ["lifecycle_review"])
        step = self.env.ref(
            "customer_ar_suite.customer_lifecycle_step_decline_meeting",
            raise_if_not_found=False,
        )
        declining = self._sample("customer_C20007")
        if step and declining:
            today = fields.Date.context_today(self)
            step._schedule(declining, self.env.user, today)

"""Sample data: two audits of customer data, findings worked off, proposals, alerts."""

from datetime import timedelta

from odoo import api, fields, models

REVIEWER = "customer_ar_suite.ar_demo_user_customer_reviewer"
CLERK = "customer_ar_suite.ar_demo_user_customer_clerk"
#: customers whose data have got worse since they were entered
WORN = (
    ("C20005", {"message_bounce": 3}),
    ("C20009", {"phone": False, "email": False}),
    ("C10005", {"zip": False, "street": "人民路"}),
)
PROPOSALS = (
    (
        "proposal_order_form",
        "entry",
        "Ask for the tax ID on the order form",
        "We enter new customers from orders, and the tax ID is missing on half of them.",
        "A field for it on the order form, with a note why we ask.",
    ),
    (
        "proposal_postal_code",
        "rule",
        "Warn of Chinese addresses without a district",
        "Couriers call because the district is missing.",
        "A rule that warns when a Chinese address has no district.",
    ),
)
#: records looked at or exported by one user within a few minutes
MANY = 25


class ArDemo(models.AbstractModel):
    _inherit = "ar.demo"

    @api.model
    def _load_suite(self):
        result = super()._load_suite()
        if not self._sample("quality_run_nl_0"):
            self._load_quality()
            self._load_confirmation()
            self._load_proposals()
            self._load_alerts()
        return result

    # -- audits ---------------------------------------------------------------------------

    @api.model
    def _load_quality(self):
        """Two audits per company: the second closes what was corrected in between."""
        today = fields.Date.context_today(self)
        user = self.env.ref(REVIEWER, raise_if_not_found=False) or self.env.user
        worn = {
            ref: self._sample(f"customer_{ref}").with_context(tracking_disable=True)
            for ref, _values in WORN
        }
        for ref, values in WORN:
            worn[ref].write(values)
        for code in ("nl", "cn"):
            company = self._company(code)
            runs = self._in_company("customer.quality.run", code).with_user(user)
            plan = self._in_company("customer.quality.plan", code).create(
                {
                    "name": "Every customer once a quarter",
                    "company_id": company.id,
                    "interval_number": 3,
                    "next_date": today + timedelta(days=60),
                    "responsible_id": user.id,
                }
            )
            self._keep(plan, [f"quality_plan_{code}"])
            for number, days in enumerate((90, 0)):
                run = runs.create(
                    {
                        **plan._prepare_run(),
                        "as_of_date": today - timedelta(days=days),
                    }
                )
                run.action_start()
                self._keep(run, [f"quality_run_{code}_{number}"])
                if not number:
                    self._work_off(run)

    def _work_off(self, run):
        """Between the audits: one in work, one said to be corrected, one that may stay."""
        found = self.env["customer.quality.finding"].search(
            [("run_id", "=", run.id)], order="id"
        )
        bounced = found.filtered(lambda one: one.check_code == "bounced")
        bounced.partner_id.message_bounce = 0
        clerk = self.env.ref(CLERK, raise_if_not_found=False) or self.env.user
        user = run.responsible_id
        rest = (found - bounced).with_context(allowed_company_ids=run.company_id.ids)
        if len(rest) > 3:
            rest[0].with_user(clerk).action_take()
            rest[0].with_user(clerk).write(
                {
                    "cause": "not_asked",
                    "corrective_action": "The form for new customers asks for it.",
                }
            )
            rest[1].with_user(user).action_corrected()
            stays = rest[2:].filtered(lambda one: one.check_code == "correction")[:1]
            stays.with_user(user).write(
                {
                    "acceptance_reason": "The customer writes its name this way.",
                    "accepted_until": fields.Date.add(run.as_of_date, years=1),
                }
            )
            if stays:
                stays.with_user(user).action_accept()

    @api.model
    def _load_confirmation(self):
        """The clerk has called a customer and asked whether everything still holds."""
        customer = self._sample("customer_C20004")
        self._as("clerk", "res.partner", "nl").browse(
            customer.id
        ).action_ar_confirm_data()

    # -- proposals ------------------------------------------------------------------------

    @api.model
    def _load_proposals(self):
        """One awaits its answer, one will be done."""
        clerk = self.env.ref(CLERK, raise_if_not_found=False) or self.env.user
        user = self.env.ref(REVIEWER, raise_if_not_found=False) or self.env.user
        for name, area, title, problem, proposal in PROPOSALS:
            one = (
                self._in_company("customer.quality.proposal", "nl")
                .with_user(clerk)
                .create(
                    {
                        "name": title,
                        "area": area,
                        "problem": problem,
                        "proposal": proposal,
                        "company_id": self._company("nl").id,
                    }
                )
            )
            one.action_file()
            self._keep(one, [name])
        answered = self._sample("proposal_order_form").with_user(user)
        if answered.may_decide:
            answered.answer = "Sales adds the field with the next print."
            answered.action_agree()

    # -- alerts ---------------------------------------------------------------------------

    @api.model
    def _load_alerts(self):
        """In a demo database only: a clerk who exported much, one who worked at night."""
        clerk = self.env.ref(CLERK, raise_if_not_found=False)
        if not clerk:
            return
        rules = self.env["customer.alert.rule"].with_context(active_test=False)
        export = self.env.ref("customer_ar_suite.customer_alert_rule_export")
        unmask = self.env.ref("customer_ar_suite.customer_alert_rule_unmask")
        watching = rules.browse((export | unmask).ids)
        watching.active = True
        entries = self._in_company("customer.audit.entry", "nl").with_user(clerk)
        entries._ar_log_event(
            "data.export", "res.partner", {"count": 4200, "fields": ["name", "email"]}
        )
        customers = self.env["res.partner"].search(
            [("customer_rank", ">", 0)], limit=MANY
        )
        entries._ar_log("unmask", customers, {"reason": "Calling the customers"})
        found = watching._watch(rules._beyond())
        self._keep(found, [f"alert_{number}" for number in range(len(found))])

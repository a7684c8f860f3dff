from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine.lifecycle import may_follow, next_contact

USER_GROUP = "customer_ar_suite.customer_ar_suite_group_user"


class ResPartner(models.Model):
    """The lifecycle stage of a customer, when we last spoke, and when we should again."""

    _inherit = "res.partner"

    customer_stage_id = fields.Many2one(
        "customer.lifecycle.stage",
        string="Lifecycle Stage",
        index="btree_not_null",
        copy=False,
        ondelete="restrict",
        group_expand="_read_group_expand_full",
        groups=USER_GROUP,
        help="Where the relationship with this customer stands.",
    )
    customer_stage_since = fields.Date(
        string="In Stage Since", readonly=True, copy=False, groups=USER_GROUP
    )
    customer_first_contact_on = fields.Date(
        string="First Contact", readonly=True, copy=False, groups=USER_GROUP
    )
    customer_last_contact_on = fields.Date(
        string="Last Contact", readonly=True, copy=False, groups=USER_GROUP
    )
    customer_next_contact_on = fields.Date(
        string="Contact Due",
        compute="_compute_customer_next_contact_on",
        store=True,
        index="btree_not_null",
        groups=USER_GROUP,
        help="The day by which the customer should hear from us, by the interval of his "
        "stage.",
    )
    customer_stage_period_ids = fields.One2many(
        "customer.lifecycle.period", "partner_id", string="Stages", groups=USER_GROUP
    )
    customer_event_ids = fields.One2many(
        "customer.lifecycle.event", "partner_id", string="Events", groups=USER_GROUP
    )
    customer_event_count = fields.Integer(
        string="Number of Events",
        compute="_compute_customer_event_count",
        groups=USER_GROUP,
    )

    @api.depends(
        "customer_stage_id.contact_interval_days",
        "customer_stage_since",
        "customer_last_contact_on",
    )
    def _compute_customer_next_contact_on(self):
        for partner in self:
            # sudo: the interval of a stage is no secret
            partner.customer_next_contact_on = next_contact(
                partner.customer_last_contact_on or None,
                partner.customer_stage_since or None,
                partner.customer_stage_id.sudo().contact_interval_days,
            )

    def _compute_customer_event_count(self):
        counts = dict(
            self.env["customer.lifecycle.event"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.customer_event_count = counts.get(partner, 0)

    @api.constrains("customer_stage_id", "parent_id")
    def _check_customer_stage(self):
        for partner in self:
            if partner.customer_stage_id and partner.commercial_partner_id != partner:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact: the stage belongs to %(customer)s.",
                        contact=partner.display_name,
                        customer=partner.commercial_partner_id.display_name,
                    )
                )

    # -- one way in, whatever the route ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        # sudo: compares, shows nothing
        given = partners.sudo().filtered("customer_stage_id")
        if given:
            given.with_env(self.env)._ar_record_stages({}, {})
        return partners

    def write(self, vals):
        if "customer_stage_id" not in vals:
            return super().write(vals)
        # sudo: compares, shows nothing
        before = {one.id: one.customer_stage_id.id for one in self.sudo()}
        result = super().write(vals)
        self._ar_check_stage_order(before)
        self._ar_record_stages(before, {})
        return result

    def _ar_check_stage_order(self, before):
        # sudo: compares; the message names the customer the user is writing
        stages = self.env["customer.lifecycle.stage"].sudo()
        allowed = stages._next_stages()
        # sudo: see above
        for partner in self.sudo():
            old, new = before[partner.id], partner.customer_stage_id.id
            if old and new and old != new and not may_follow(old, new, allowed):
                raise UserError(
                    self.env._(
                        "%(customer)s: “%(new)s” cannot follow “%(old)s”. "
                        "Allowed are: %(allowed)s.",
                        customer=partner.display_name,
                        new=partner.customer_stage_id.name,
                        old=stages.browse(old).name,
                        allowed=", ".join(
                            stages.browse(sorted(allowed[old])).mapped("name")
                        ),
                    )
                )

    def _ar_record_stages(self, before, told, proofs=None):
        """History, mirror, since, playbook of customers whose stage was just written."""
        # sudo: follows from the stage, which the caller was allowed to write
        partners = self.sudo()
        stages = {one.id: one.customer_stage_id.id for one in partners}
        moved = partners.filtered(
            lambda one: stages[one.id] != before.get(one.id, False)
        )
        if not moved:
            return
        today = fields.Date.context_today(self)
        moved.with_context(tracking_disable=True).write({"customer_stage_since": today})
        self.env["customer.lifecycle.period"]._record(
            {one.id: stages[one.id] for one in moved}, before, told, proofs
        )
        moved._ar_run_playbooks(before, self.env.user, today)

    def _ar_run_playbooks(self, before, mover, today):
        """Drop what the stage left had planned, plan what the new one asks for."""
        self.env["mail.activity"].search(
            [
                ("res_model", "=", "res.partner"),
                ("res_id", "in", self.ids),
                ("customer_lifecycle_step_id.is_dropped", "=", True),
            ]
        ).unlink()
        for stage, partners in self.grouped("customer_stage_id").items():
            stage.step_ids._schedule(partners, mover, today)

    def _ar_move_stage(
        self,
        stage,
        source,
        reason="",
        *,
        event=None,
        rules=None,
        proofs=None,
        held=None,
    ):
        """Bring customers into a stage and say why; return those who are in it now.

        Where the stage is guarded, a change request is made instead of a user's move.

        :param stage: customer.lifecycle.stage
        :param source: ``manual``, ``event``, ``rule``, ``closing``
        :param rules: {customer id: rule id} behind the move
        :param proofs: {customer id: facts that spoke for it}
        :param held: last day on which rules leave the customers alone
        """
        customers = self.commercial_partner_id
        customers.check_access("write")
        # sudo: compares, shows nothing
        moving = customers.filtered(lambda one: one.sudo().customer_stage_id != stage)
        moving.with_context(tracking_disable=True)._ar_write_guarded(
            {"customer_stage_id": stage.id}
        )
        # sudo: see above
        done = moving.filtered(lambda one: one.sudo().customer_stage_id == stage)
        told = {
            "source": source,
            "reason": reason or False,
            "held_until": held or False,
        }
        done._ar_explain_stage({**told, "kind_id": event and event.id}, rules, proofs)
        return done

    def _ar_explain_stage(self, told, rules, proofs):
        """The period begun a moment ago says by which way and why."""
        # sudo: the caller's own change of a moment ago
        periods = (
            self.env["customer.lifecycle.period"]
            .sudo()
            .search([("partner_id", "in", self.ids), ("valid_to", "=", False)])
        )
        if not rules and not proofs:
            periods._set(**told)
            return
        for period in periods:
            id_ = period.partner_id.id
            period._set(
                **told,
                rule_id=(rules or {}).get(id_),
                proof_json=(proofs or {}).get(id_),
            )

    # -- contacts -------------------------------------------------------------------------

    def _ar_note_contacts(self):
        """First and last contact, from the events; written only where they change."""
        # sudo: two dates that follow from the events
        customers = self.sudo().commercial_partner_id
        days = {
            partner.id: (first, last)
            for partner, first, last in customers.env[
                "customer.lifecycle.event"
            ]._read_group(
                [("partner_id", "in", customers.ids), ("is_contact", "=", True)],
                ["partner_id"],
                ["happened_on:min", "happened_on:max"],
            )
        }
        wanted = {}
        for one in customers:
            first, last = days.get(one.id, (False, False))
            if (one.customer_first_contact_on, one.customer_last_contact_on) != (
                first,
                last,
            ):
                wanted.setdefault((first, last), customers.browse())
                wanted[first, last] |= one
        for (first, last), group in wanted.items():
            group.with_context(tracking_disable=True).write(
                {
                    "customer_first_contact_on": first,
                    "customer_last_contact_on": last,
                }
            )

    # -- buttons --------------------------------------------------------------------------

    def action_move_stage(self):
        """Ask for the stage, the reason, and how long rules are to leave it alone."""
        self.check_access("write")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_lifecycle_move_action"
            ),
            "context": {"default_partner_ids": self.commercial_partner_id.ids},
        }

    def action_view_lifecycle_events(self):
        """The track of this customer."""
        self.ensure_one()
        self.check_access("read")
        self.env["customer.lifecycle.event"].check_access("read")
        customer = self.commercial_partner_id
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_lifecycle_event_action"
            ),
            "domain": [("partner_id", "=", customer.id)],
            "context": {"default_partner_id": customer.id},
        }

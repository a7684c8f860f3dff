from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.privacy.redact import redact
from ..identity import ar_identity_required
from .customer_privacy_request import ADMINISTRATOR
from .customer_privacy_rules import DOCUMENTS

CHUNK = 500
#: reasons of lines about the audit log, which goes on while a preview is looked at
LOGGED = ("audit", "log")


class CustomerPrivacyErasure(models.Model):
    """The data on a person are erased, as far as no law orders to keep them.

    Preparing one writes nothing but the plan: its lines say what will happen to which
    records, what stays, why and until when. Applying works these lines off; if anything
    has changed since the person in charge looked at them, it refuses.
    """

    _name = "customer.privacy.erasure"
    _description = "Erasure of Personal Data"
    _inherit = ["ar.run.mixin", "ar.partner.rule.mixin"]
    _order = "id desc"

    _run_item_model = "customer.privacy.erasure.line"
    _run_item_field = "erasure_id"
    _run_chunk_size = 10
    #: an item is a table: all of them together are one person
    _run_interactive_limit = 500

    partner_id = fields.Many2one(
        "res.partner",
        string="Person",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    request_id = fields.Many2one(
        "customer.privacy.request", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    pseudonym = fields.Char(
        required=True, readonly=True, help="What stands where the name was."
    )
    reason = fields.Char(help="Why the data are erased. Do not name the person here.")
    planned_at = fields.Datetime(string="Preview of", required=True, readonly=True)
    erased_at = fields.Datetime(string="Erased on", readonly=True)
    kept_until = fields.Date(
        string="Rest Kept until", compute="_compute_kept_until", store=True
    )
    line_ids = fields.One2many(
        "customer.privacy.erasure.line", "erasure_id", string="What Happens"
    )
    erased_count = fields.Integer(string="Records Erased", compute="_compute_sums")
    redacted_count = fields.Integer(string="Records Redacted", compute="_compute_sums")
    kept_count = fields.Integer(string="Records Kept", compute="_compute_sums")

    @api.depends("line_ids.keep_until")
    def _compute_kept_until(self):
        for erasure in self:
            days = [day for day in erasure.line_ids.mapped("keep_until") if day]
            erasure.kept_until = max(days, default=False)

    @api.depends("line_ids.count")
    def _compute_sums(self):
        for erasure in self:
            sums = {"keep": 0, "redact": 0}
            for line in erasure.line_ids:
                sums[line.treatment] = sums.get(line.treatment, 0) + line.count
            erasure.kept_count, erasure.redacted_count = sums["keep"], sums["redact"]
            erasure.erased_count = sum(sums.values()) - sums["keep"] - sums["redact"]

    @api.depends("request_id.number", "pseudonym")
    def _compute_display_name(self):
        for erasure in self:
            erasure.display_name = f"{erasure.request_id.number} · {erasure.pseudonym}"

    def write(self, vals):
        """People give the reason, before it is done; the rest is the run's."""
        if not self.env.su:
            if vals.keys() - {"reason"}:
                raise AccessError(self.env._("Only the reason can be entered here."))
            if any(erasure.run_state != "draft" for erasure in self):
                raise UserError(self.env._("This erasure has begun already."))
        return super().write(vals)

    def _check_run_access(self):
        if not self.env.user.has_group(ADMINISTRATOR):
            raise AccessError(
                self.env._("Personal data are erased by administrators of the suite.")
            )
        self.check_access("write")

    # -- preview --------------------------------------------------------------------------

    @api.model
    def _prepare(self, request):
        """A preview of the erasure that ``request`` asks for."""
        if not self.env.user.has_group(ADMINISTRATOR):
            self._check_run_access()
        running = self.search(
            [
                ("partner_id", "=", request.partner_id.id),
                ("run_state", "!=", "cancelled"),
            ]
        )
        if running:
            running[:1]._check_may_be_erased(running[:1]._find())
            return running[:1]
        # sudo: erasures are made by this method alone; the right was checked above
        erasure = self.sudo().create(
            {
                "partner_id": request.partner_id.id,
                "request_id": request.id,
                "company_id": request.company_id.id,
                "pseudonym": self.env._("Erased person %s", request.partner_id.id),
                "planned_at": fields.Datetime.now(),
            }
        )
        erasure = erasure.with_env(self.env)
        found = erasure._find()
        erasure._check_may_be_erased(found)
        erasure._write_plan(found)
        return erasure

    def _find(self):
        """Everything on the person: what an erasure asks more than one question about."""
        return self.env["customer.privacy.sweep"]._find(self.partner_id)

    def _steps(self, found):
        today = fields.Date.context_today(self)
        # sudo: the plan is complete, whatever its reader may see; callers checked the right
        return (
            self.env["customer.privacy.plan"]
            .sudo()
            ._plan(self.partner_id.sudo(), today, found)
        )

    def _write_plan(self, found):
        # sudo: lines are written by the plan alone
        lines = self.sudo().line_ids
        lines.unlink()
        lines.create(
            [
                {
                    "erasure_id": self.id,
                    "treatment": step.treatment,
                    "res_model": step.model,
                    "res_ids": list(step.ids[start : start + CHUNK]),
                    "own_ids": sorted(
                        step.own.intersection(step.ids[start : start + CHUNK])
                    ),
                    "why": step.why,
                    "purpose_id": step.purpose_id,
                    "keep_until": step.until,
                }
                for step in self._steps(found)
                for start in range(0, len(step.ids), CHUNK)
            ]
        )
        # sudo: as above
        self.sudo().planned_at = fields.Datetime.now()

    def _is_outdated(self, found):
        """Would the erasure do something else now than its lines say?"""
        shown, now = {}, {}
        for line in self.line_ids.filtered(lambda one: one.why not in LOGGED):
            shown.setdefault(line._what(), set()).update(line.res_ids)
        for step in self._steps(found):
            if step.why in LOGGED:
                continue  # what is logged meanwhile stays untouched anyway
            key = (
                step.treatment,
                step.model,
                step.why,
                step.purpose_id,
                step.until or False,
            )
            now.setdefault(key, set()).update(step.ids)
        return shown != now

    # -- what stands against it -----------------------------------------------------------

    def _check_may_be_erased(self, found):
        """Raise with everything that has to be settled first."""
        reasons = [reason for reason in self._obstacles(found) if reason]
        if reasons:
            raise UserError(
                self.env._(
                    "These data cannot be erased yet:\n%(reasons)s",
                    reasons="\n".join(reasons),
                )
            )

    def _obstacles(self, found):
        env, partner = self.env, self.partner_id
        # sudo: whether there is an obstacle, of whatever company, is all that is told
        users = partner.sudo().with_context(active_test=False).user_ids
        if partner.is_company:
            yield env._("A company is no person. Choose the contact who asks.")
        if users.filtered(lambda user: not user.share):
            yield env._(
                "The person is a user of this system: end the employment first."
            )
        if self._has_open_items(partner):
            yield env._(
                "There are open items. Settle them first, or restrict the processing until "
                "they are settled."
            )
        # sudo: as above
        requests = env["customer.change.request"].sudo()
        if requests.search_count(
            [("partner_id", "=", partner.id), ("state", "=", "pending")], limit=1
        ):
            yield env._(
                "Changes of this contact wait for approval: decide on them first."
            )
        foreign = env["customer.privacy.sweep"]._foreign_companies(found)
        if foreign:
            yield env._(
                "%(companies)s also have records on this person: somebody who works for all "
                "of them has to do it.",
                companies=", ".join(foreign.mapped("name")),
            )
        yield from self._missing_rules(env.user.company_ids)

    def _has_open_items(self, partner):
        if partner.commercial_partner_id != partner:
            return False  # what is open there is owed by the company
        return bool(
            self.env["ar.ledger"]._open_items(
                fields.Date.context_today(self),
                partner_ids=partner.ids,
                company_ids=self.env.user.company_ids.ids,
            )
        )

    def _missing_rules(self, companies):
        """What nobody has said how long to keep would be lost for good."""
        kinds = {kind for kind, _day, _final in DOCUMENTS.values()}
        labels = dict(
            self.env["customer.privacy.purpose"]
            ._fields["kept_kind"]
            ._description_selection(self.env)
        )
        for company in companies:
            for kind in sorted(kinds):
                if not self.env["customer.privacy.plan"]._rule(kind, company):
                    yield self.env._(
                        "The register does not say how long %(company)s keeps: %(kind)s.",
                        company=company.name,
                        kind=labels[kind],
                    )

    # -- buttons --------------------------------------------------------------------------

    def action_refresh(self):
        """Look again at what would be erased."""
        self.ensure_one()
        self._check_run_access()
        if self.run_state != "draft":
            raise UserError(self.env._("This erasure has begun already."))
        self._write_plan(self._find())

    @ar_identity_required("privacy", "company_id")
    def action_erase(self):
        """Do what the lines say; there is no way back."""
        self.ensure_one()
        self._erase()

    def _erase(self):
        self._check_run_access()
        if self.run_state != "draft":
            raise UserError(self.env._("This erasure has begun already."))
        self.request_id._check_open()
        self.request_id._check_identity()
        if not (self.reason or "").strip():
            raise UserError(
                self.env._("Give the reason first: it stays in the audit log.")
            )
        everything = self._find()
        self._check_may_be_erased(everything)
        if self._is_outdated(everything):
            raise UserError(
                self.env._(
                    "Something has changed since this preview. Refresh it and look at it "
                    "again."
                )
            )
        # sudo: reads what is about to be erased; the right was checked above
        found = (
            self.env["customer.privacy.apply"].sudo()._pattern(self.partner_id.sudo())
        )
        if found:
            # sudo: the run's own field; a name in the reason would outlive the person
            self.sudo().reason = redact(self.reason, found, self.pseudonym)
        self._log("privacy.erase", {"reason": self.reason})
        self._start_run()

    def action_view_legal_copies(self):
        """To whom the kept invoices were addressed."""
        self.ensure_one()
        copies = self.env["customer.privacy.legal.copy"]
        copies.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_privacy_legal_copy_action"
            ),
            "domain": [("partner_id", "=", self.partner_id.id)],
        }

    def _open(self):
        return self._get_records_action(context={})

    # -- the run --------------------------------------------------------------------------

    def _apply_items(self, items):
        self.ensure_one()
        # sudo: an erasure is complete; who may start it was checked
        work = self.env["customer.privacy.apply"].sudo()
        newest = work._newest_entry()
        for line in items.sorted("id"):
            if line.treatment == "pseudonymise" and self._is_unfinished(items):
                raise UserError(
                    self.env._("Everything else comes first: resume the erasure.")
                )
            work._apply(self.sudo(), line.sudo())  # sudo: as above
        work._forget_entries([("id", ">", newest)], self)

    def _is_unfinished(self, items):
        """Is there a line that still needs to know who the person was?"""
        return bool(
            self.line_ids.filtered(
                lambda line: line.treatment != "pseudonymise"
                and line.run_state in ("todo", "error")
                and line not in items
            )
        )

    def _on_run_finished(self):
        if self.error_count:
            return  # the person is still there: resume
        # sudo: results are written by the run alone
        self.sudo().erased_at = fields.Datetime.now()
        self.partner_id._ar_withdraw_proposals()
        self._log(
            "privacy.erased",
            {
                "erased": self.erased_count,
                "redacted": self.redacted_count,
                "kept": self.kept_count,
                "kept until": fields.Date.to_string(self.kept_until),
            },
        )

    def _log(self, event, values):
        self.env["customer.audit.entry"]._ar_log(
            event,
            self.partner_id,
            {"request": self.request_id.number, "pseudonym": self.pseudonym, **values},
        )

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .customer_entry_checklist import KEY_FIELDS, STEPS

ORDER = [code for code, _label in STEPS]
#: what people fill in, until the customer is created of it
DRAFT = {
    "name", "is_company", "vat", "company_registry", "street", "street2", "zip", "city",
    "state_id", "country_id", "phone", "email", "website", "lang", "bank_name",
    "bank_account", "contact_name", "contact_phone", "contact_email",
    "payment_term_id", "user_id", "note",
}  # fmt: skip
#: what may be said besides, as long as the entry is open
FREE = {"responsible_id", "message_follower_ids", "activity_ids", "message_ids"}
#: by these a customer is found that may be the same
LIKE = (
    "name", "vat", "company_registry", "phone", "email", "street", "street2", "city", "zip",
)  # fmt: skip
CLERK = "customer_ar_suite.customer_ar_suite_group_customer_clerk"
REVIEWER = "customer_ar_suite.customer_ar_suite_group_customer_reviewer"


class CustomerEntry(models.Model):
    """A new customer on its way: prepared, verified, entered, reviewed, filed.

    The entry owns the values until the customer is created of them; from then on the
    customer's card is the truth, and what was verified stays here as evidence. Steps are
    left by ``action_next`` and its like alone: nobody writes the state, not even the
    superuser.
    """

    _name = "customer.entry"
    _description = "New Customer"
    _inherit = ["ar.partner.rule.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _mail_post_access = "read"

    name = fields.Char(string="Legal Name", tracking=True)
    is_company = fields.Boolean(string="Is a Company", default=True)
    vat = fields.Char(string="Tax Number")
    company_registry = fields.Char(string="Registry Number")
    street = fields.Char(string="Street Address")
    street2 = fields.Char(string="Address, Second Line")
    zip = fields.Char(string="Postal Code")
    city = fields.Char()
    state_id = fields.Many2one(
        "res.country.state",
        string="Province or State",
        domain="[('country_id', '=?', country_id)]",
    )
    country_id = fields.Many2one(
        "res.country", default=lambda self: self.env.company.country_id
    )
    phone = fields.Char(string="Telephone")
    email = fields.Char(string="E-Mail Address")
    website = fields.Char()
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        default=lambda self: self.env.lang,
    )
    bank_name = fields.Char(string="Bank of the Customer")
    bank_account = fields.Char(string="Account Number of the Customer")
    contact_name = fields.Char(string="Contact Person")
    contact_phone = fields.Char(string="Telephone of the Contact Person")
    contact_email = fields.Char(string="E-Mail of the Contact Person")
    payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Payment Terms",
        domain="[('company_id', 'in', (company_id, False))]",
    )
    user_id = fields.Many2one(
        "res.users", string="Salesperson", domain="[('share', '=', False)]"
    )
    note = fields.Text(string="Remark")

    state = fields.Selection(
        [*STEPS, ("done", "Filed"), ("cancelled", "Given Up")],
        string="Entry Step",
        default="prepare",
        required=True,
        readonly=True,
        index=True,
        copy=False,
        group_expand="_expand_states",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    maker_id = fields.Many2one(
        "res.users",
        string="Begun by",
        required=True,
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    responsible_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False)]",
        default=lambda self: self.env.user,
    )
    checklist_id = fields.Many2one(
        "customer.entry.checklist", readonly=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index=True,
        ondelete="set null",
        copy=False,
    )
    customer_number = fields.Char(related="partner_id.ref", string="Customer No.")
    request_id = fields.Many2one(
        "customer.change.request",
        string="Review Request",
        readonly=True,
        index=True,
        ondelete="restrict",
        copy=False,
    )
    item_ids = fields.One2many(
        "customer.entry.item",
        "entry_id",
        string="Checklist of the Entry",
        domain=[("is_dropped", "=", False)],
        readonly=True,
    )
    task_ids = fields.One2many(
        "customer.entry.item",
        "entry_id",
        string="To Do in This Step",
        compute="_compute_shown_items",
    )
    field_ids = fields.One2many(
        "customer.entry.item",
        "entry_id",
        string="Fields to Verify",
        compute="_compute_shown_items",
    )
    document_ids = fields.One2many(
        "customer.entry.document",
        "entry_id",
        string="Source Documents",
        domain=[("is_dropped", "=", False)],
        readonly=True,
    )
    step_ids = fields.One2many(
        "customer.entry.step", "entry_id", string="Steps Taken", readonly=True
    )
    step_since = fields.Datetime(string="In This Step Since", readonly=True, copy=False)
    step_days = fields.Integer(string="Days in This Step", compute="_compute_step_days")
    filed_at = fields.Datetime(string="Filed on", readonly=True, copy=False)
    filed_by_id = fields.Many2one(
        "res.users", string="Filed by", readonly=True, ondelete="restrict", copy=False
    )
    missing_text = fields.Text(compute="_compute_missing_text", string="Still Missing")
    warning_text = fields.Text(compute="_compute_warning_text", string="Look at This")
    may_work = fields.Boolean(compute="_compute_may")
    may_skip = fields.Boolean(compute="_compute_may")
    is_draft = fields.Boolean(compute="_compute_may")
    twin_ids = fields.Many2many(
        "res.partner",
        string="Already There",
        compute="_compute_twin_ids",
        help="Customers with the same tax number, registry number or name.",
    )
    twin_text = fields.Html(
        string="Who May Be the Same",
        compute="_compute_twin_ids",
        sanitize=False,
        exportable=False,
    )

    # -- what is shown --------------------------------------------------------------------

    @api.model
    def _expand_states(self, states, domain):
        return ORDER

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for entry in self:
            entry.display_name = entry.name or self.env._("New Customer")

    @api.depends("state", "item_ids.is_done")
    def _compute_shown_items(self):
        for entry in self:
            items = entry.item_ids
            entry.task_ids = items.filtered(
                lambda one, step=entry.state: one.kind == "task" and one.step == step
            )
            entry.field_ids = items.filtered(lambda one: one.kind == "field")

    @api.depends("step_since")
    def _compute_step_days(self):
        now = fields.Datetime.now()
        for entry in self:
            since = entry.step_since
            done = entry.state in ("done", "cancelled")
            entry.step_days = 0 if done or not since else (now - since).days

    @api.depends("state", "partner_id")
    @api.depends_context("uid")
    def _compute_may(self):
        clerk = self.env.user.has_group(CLERK)
        for entry in self:
            is_open = entry.state in ORDER
            entry.is_draft = not entry.partner_id and entry.state in ORDER[:3]
            entry.may_work = clerk and is_open and entry.state != "review"
            entry.may_skip = is_open and bool(entry.id) and entry._skips(self.env.user)

    def _skips(self, user):
        """May this user skip the step at hand?"""
        # sudo: the group of the checklist is asked, not shown
        group = self.sudo().checklist_id.skip_group_id
        must = self.state == "file" or (
            self.state == "review"
            and self.company_id.id in self.env["res.company"]._ar_approving()
        )
        return not must and bool(group) and group in user.all_group_ids

    @api.depends(*LIKE, "bank_account", "state_id", "country_id", "is_draft")
    @api.depends_context("uid", "lang")
    def _compute_twin_ids(self):
        partners = self.env["res.partner"]
        for entry in self:
            matches = entry._find_twins() if entry.is_draft else []
            entry.twin_ids = partners.browse(
                m.partner_id for m in matches if m.partner_id
            )
            entry.twin_text = partners._ar_show_matches(matches)

    def _find_twins(self):
        """Customers this one may be, best first, as the search for duplicates finds them."""
        values = {name: self[name] for name in LIKE if self[name]}
        if not values:
            return []
        finder = self.env["customer.duplicate.finder"]
        row = finder._customer(
            1,
            values
            | {
                "accounts": [self.bank_account] if self.bank_account else [],
                "state": self.state_id.code,
                "country": self.country_id.code,
            },
        )
        return finder._find([row], self.company_id or self.env.company).get(1, [])

    # -- who writes what ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # defaults of a client's context do not reach the steps
        for vals in vals_list:
            if (
                vals.keys()
                - DRAFT
                - FREE
                - {"company_id", "message_main_attachment_id"}
            ):
                self._refuse()
        now = fields.Datetime.now()
        entries = self.with_env(self.env(context=self._plain_context()))
        entries = entries._insert(
            [
                {
                    **vals,
                    "state": "prepare",
                    "maker_id": self.env.uid,
                    "step_since": now,
                    "company_id": vals.get("company_id") or self.env.company.id,
                }
                for vals in vals_list
            ]
        ).with_env(self.env)
        entries._begin()
        return entries

    def _plain_context(self):
        return {
            key: value
            for key, value in self.env.context.items()
            if not key.startswith("default_") or key.removeprefix("default_") in DRAFT
        }

    def write(self, vals):
        """Clerks fill in values until the customer is created; the steps write the rest."""
        if vals.keys() - DRAFT - FREE - {"message_main_attachment_id"}:
            self._refuse()
        self.check_access("write")
        if vals.keys() & DRAFT and any(
            entry.partner_id or entry.state not in ORDER[:3] for entry in self
        ):
            raise UserError(
                self.env._(
                    "The customer has been created: change it on its own card, or go back."
                )
            )
        result = self._set(**vals)
        if vals.keys() & set(KEY_FIELDS.values()):
            self._values_changed(vals.keys())
        if vals.keys() & {"is_company", "country_id"}:
            self._choose_checklist()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Entries are kept. Give this one up instead of deleting it.")
        )

    def _refuse(self):
        raise AccessError(
            self.env._(
                "The steps of a new customer are taken one by one, by their buttons."
            )
        )

    def _insert(self, vals_list):
        # below the locked door
        return super().create(vals_list)  # pylint: disable=super-method-mismatch

    def _set(self, **vals):
        # below the locked door
        return super().write(vals)  # pylint: disable=super-method-mismatch

    # -- beginning ------------------------------------------------------------------------

    def _begin(self):
        self._choose_checklist()
        # sudo: steps are noted by the suite alone
        self.env["customer.entry.step"].sudo()._start(self)
        self.env["customer.audit.entry"]._ar_log("entry.begin", self)

    def _choose_checklist(self):
        """The checklist that fits, with its items; what was ticked already stays."""
        checklists = self.env["customer.entry.checklist"]
        for entry in self.filtered(lambda one: one.state in ORDER[:2]):
            checklist = checklists._for(
                entry.company_id, entry.is_company, entry.country_id
            )
            if checklist != entry.checklist_id:
                # sudo: which checklist applies is not for the user to write
                entry.sudo()._set(checklist_id=checklist.id)
                # sudo: items are made of the checklist
                self.env["customer.entry.item"].sudo()._make(entry)

    @api.model
    def _field_of(self, code):
        return KEY_FIELDS[code]

    def _value_of(self, code):
        return self[KEY_FIELDS[code]] or ""

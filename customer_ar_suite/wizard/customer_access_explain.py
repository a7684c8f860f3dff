from odoo import Command, api, fields, models

#: right → operation on contacts it needs
OPERATIONS = {"see": "read", "edit": "write", "money": "read", "export": "read"}
EXPORTERS = "base.group_allow_export"


class CustomerAccessExplain(models.TransientModel):
    """Why can somebody (not) see, edit or export a customer, or see his money?

    The verdict is what the system does; the lines below name every grant, record rule and
    access right that has a say in it. Without a user: who may do what with the customer.
    """

    _name = "customer.access.explain"
    _description = "Explain Access"

    partner_id = fields.Many2one("res.partner", string="Customer", required=True)
    user_id = fields.Many2one("res.users", domain=[("share", "=", False)])
    right = fields.Selection(
        [
            ("see", "See"),
            ("edit", "Edit"),
            ("money", "See Money"),
            ("export", "Export"),
        ],
        required=True,
        default="see",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    verdict = fields.Selection(
        [("allowed", "Allowed"), ("refused", "Refused")], compute="_compute_line_ids"
    )
    line_ids = fields.One2many(
        "customer.access.explain.line", "wizard_id", compute="_compute_line_ids"
    )
    person_ids = fields.One2many(
        "customer.access.explain.person", "wizard_id", compute="_compute_person_ids"
    )

    @api.depends("partner_id", "user_id", "right", "company_id")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.verdict, wizard.line_ids = False, False
            if wizard.partner_id and wizard.user_id and wizard.company_id:
                wizard.verdict = (
                    "allowed" if wizard._is_allowed(wizard.right) else "refused"
                )
                wizard.line_ids = [
                    Command.create(values)
                    for values in (
                        *wizard._explain_access_rights(),
                        *wizard._explain_grants(),
                        *wizard._explain_rules(),
                    )
                ]

    @api.depends("partner_id", "user_id", "company_id")
    def _compute_person_ids(self):
        for wizard in self:
            wizard.person_ids = False
            if wizard.partner_id and not wizard.user_id and wizard.company_id:
                wizard.person_ids = [
                    Command.create(values) for values in wizard._explain_persons()
                ]

    # -- the verdict -------------------------------------------------------------------

    def _as_user(self, user):
        """The customer as the user would have it in the company."""
        return self.partner_id._origin.with_user(user).with_context(
            allowed_company_ids=self.company_id.ids
        )

    def _works_here(self, user):
        # sudo: the administrator need not work in all the companies the user works in
        return self.company_id in user.sudo().company_ids

    def _is_allowed(self, right, user=None):
        user = user or self.user_id._origin
        if not self._works_here(user):
            return False
        partner = self._as_user(user)
        if not partner.has_access(OPERATIONS[right]):
            return False
        if right == "money" and not partner.env["account.move"].has_access("read"):
            return False
        if right == "export" and not (
            user.has_group(EXPORTERS) or partner.env.is_admin()
        ):
            return False
        return bool(partner._ar_filtered_right(right))

    # -- what has a say in it ----------------------------------------------------------

    def _explain_access_rights(self):
        """Membership in the company, and the rights of groups."""
        user = self.user_id._origin
        if not self._works_here(user):
            yield self._line(
                "right",
                False,
                self.company_id.name,
                self.env._("The user does not work in this company."),
            )
        models_ = [("res.partner", OPERATIONS[self.right])]
        if self.right == "money":
            models_.append(("account.move", "read"))
        for model, operation in models_:
            is_open = self.env[model].with_user(user).has_access(operation)
            yield self._line(
                "right",
                is_open,
                self.env["ir.model"]._get(model).name,
                self.env._("The user's groups give the access right.")
                if is_open
                else self.env._(
                    "None of the user's groups gives the access right. These would: "
                    "%(groups)s.",
                    groups=", ".join(
                        self.env["ir.model.access"].group_names_with_access(
                            model, operation
                        )
                    ),
                ),
            )
        if self.right == "export":
            is_open = user.has_group(EXPORTERS)
            yield self._line(
                "right",
                is_open,
                self.env.ref(EXPORTERS).name,
                self.env._("The user may export.")
                if is_open
                else self.env._("The user lacks Odoo's right to export data."),
            )

    def _explain_grants(self):
        """What the grants say, one line per dimension that restricts."""
        grants = self.env["customer.category.grant"]
        user = self.user_id._origin
        reasons = grants._explain(
            user.id, self.partner_id._origin, self.right, self.company_id.id
        )
        if not reasons:
            yield self._line(
                "grant",
                True,
                self.env._("Category grants"),
                self.env._("No grant restricts this user in this company."),
            )
        elif self._is_exempt():
            yield self._line(
                "grant",
                True,
                self.partner_id.display_name,
                self.env._(
                    "Colleagues and our own companies are open to all employees."
                ),
            )
            return
        for reason in reasons:
            dimension = self.env["customer.dimension"].browse(reason.dimension_id)
            yield {
                **self._line(
                    "grant",
                    reason.is_open,
                    dimension.name,
                    self._reason_text(reason, dimension),
                ),
                "grant_ids": [Command.set(reason.grant_ids)],
            }

    def _is_exempt(self):
        partner = self.partner_id._origin
        return (
            not partner.partner_share
            or partner.commercial_partner_id.id
            in self.env["customer.category.grant"]._houses()
        )

    def _reason_text(self, reason, dimension):
        category = self.partner_id.commercial_partner_id[dimension._column_name()]
        names = {"category": category.display_name or ""}
        return {
            "granted": lambda: self.env._(
                "“%(category)s” is granted for this.", **names
            )
            if category
            else self.env._("Customers without a category are granted for this."),
            "elsewhere": lambda: self.env._(
                "The customer is in “%(category)s”; the user's grants open other categories "
                "only.",
                **names,
            ),
            "uncategorized": lambda: self.env._(
                "The customer has no category, and no grant of the user opens such customers."
            ),
            "right": lambda: self.env._(
                "The user has a grant for this customer, but not with this right."
            ),
            "period": lambda: self.env._(
                "The grant that opens this customer is not valid today."
            ),
        }[reason.code]()

    def _explain_rules(self):
        """Odoo's other record rules on contacts: all global ones, one of those of groups."""
        partner = self._as_user(self.user_id._origin)
        operation = OPERATIONS[self.right]
        rules = partner.env["ir.rule"]
        failing = rules._get_failing(partner, mode=operation)
        # sudo: rules are read for administrators
        for rule in rules._get_rules("res.partner", mode=operation).sudo():
            if rule._is_of_grants():
                continue
            if rule.groups and not rule.groups & self.user_id._origin.all_group_ids:
                continue
            is_open = rule not in failing
            yield {
                **self._line(
                    "rule", is_open, rule.name, self._rule_text(rule, is_open)
                ),
                "rule_id": rule.id,
            }

    def _rule_text(self, rule, is_open):
        if rule.groups:
            return (
                self.env._(
                    "One of the record rules of the user's groups opens the customer."
                )
                if is_open
                else self.env._(
                    "None of the record rules of the user's groups opens the customer."
                )
            )
        return (
            self.env._("Record rule for everybody: the customer meets it.")
            if is_open
            else self.env._("Record rule for everybody: the customer fails it.")
        )

    def _line(self, kind, is_open, name, text):
        return {"kind": kind, "is_open": is_open, "name": name, "explanation": text}

    # -- who ---------------------------------------------------------------------------

    def _explain_persons(self):
        users = self.env["res.users"].search(
            [("share", "=", False), ("company_ids", "in", self.company_id.ids)],
            order="name",
        )
        for user in users:
            yield {
                "user_id": user.id,
                "is_restricted": bool(
                    self.env["customer.category.grant"]._load_grants(user.id)
                ),
                **{
                    f"can_{right}": self._is_allowed(right, user)
                    for right in OPERATIONS
                },
            }


class CustomerAccessExplainLine(models.TransientModel):
    """One thing that has a say: an access right, a grant, a record rule."""

    _name = "customer.access.explain.line"
    _description = "Reason for Access"

    wizard_id = fields.Many2one("customer.access.explain", ondelete="cascade")
    kind = fields.Selection(
        [
            ("right", "Access Right"),
            ("grant", "Category Grant"),
            ("rule", "Record Rule"),
        ],
        readonly=True,
    )
    is_open = fields.Boolean(string="Allows", readonly=True)
    name = fields.Char(readonly=True)
    explanation = fields.Char(readonly=True)
    grant_ids = fields.Many2many(
        "customer.category.grant",
        "customer_access_explain_line_grant_rel",
        string="Grants",
        readonly=True,
    )
    rule_id = fields.Many2one("ir.rule", readonly=True, ondelete="cascade")


class CustomerAccessExplainPerson(models.TransientModel):
    """What one person may do with the customer."""

    _name = "customer.access.explain.person"
    _description = "Person with Access"

    wizard_id = fields.Many2one("customer.access.explain", ondelete="cascade")
    user_id = fields.Many2one("res.users", readonly=True, ondelete="cascade")
    is_restricted = fields.Boolean(
        string="By Grants", readonly=True, help="Grants restrict this user."
    )
    can_see = fields.Boolean(string="Sees", readonly=True)
    can_edit = fields.Boolean(string="Edits", readonly=True)
    can_money = fields.Boolean(string="Sees Money", readonly=True)
    can_export = fields.Boolean(string="Exports", readonly=True)
